"""Made-up people for a sandbox, where everybody is the account's root: without a second person nothing is approved.

They are IAM users of the emulator, known by its STS under their own names. What they do is done by root: the sandbox's
roles trust it and no user.
"""

from __future__ import annotations

import re
from dataclasses import replace

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.errors import InputError
from holdfast.restore.principals import caller

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
_PATH = "/made-up/"


class OnlyInSandbox(InputError):
    """Somebody wants to be somebody else in an environment that is real."""

    template = "--as {name} works in a sandbox only; {environment} is none"
    hint = "sign in as the person you are"


class BadPersonName(InputError):
    """A name no IAM user of the sandbox gets."""

    template = "{name!r} is no name for a made-up person; allowed: a letter, then letters, digits and -, up to 31"


def made_up_person(sessions: Sessions, region: str, name: str) -> str:
    """ARN of a made-up person, as the sandbox's STS says it; the user is made where there is none.

    Raises:
        OnlyInSandbox: the environment is real.
        BadPersonName: the name is none.
        ServiceError: the emulator refuses or does not answer.
    """
    if not sessions.environment.sandbox:
        raise OnlyInSandbox(name=name, environment=sessions.environment.environment)
    if not _NAME.fullmatch(name):
        raise BadPersonName(name=name)
    iam = sessions.client("iam", region)
    with translated(f"become {name}"):
        try:
            iam.create_user(UserName=name, Path=_PATH)
        except ClientError as error:
            if code_of(error) != "EntityAlreadyExists":
                raise
        key = iam.create_access_key(UserName=name)["AccessKey"]
        try:
            endpoints = replace(sessions.endpoints, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
            return caller(Sessions(sessions.environment, endpoints), region)
        finally:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
