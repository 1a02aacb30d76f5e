"""Made-up people for a sandbox, where everybody is the account's root: without a second person nothing is approved.

They are IAM users of the emulator, below `/holdfast-<env>/restorers/`, so the restore role trusts them as it trusts
such users anywhere, with a second factor. What they do besides is done by root, which the other roles trust.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.errors import InputError
from holdfast.restore.principals import caller

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
_POLICY = "restores"


class OnlyInSandbox(InputError):
    """Somebody wants to be somebody else in an environment that is real."""

    template = "--as {name} works in a sandbox only; {environment} is none"
    hint = "sign in as the person you are"


class BadPersonName(InputError):
    """A name no IAM user of the sandbox gets."""

    template = "{name!r} is no name for a made-up person; allowed: a letter, then letters, digits and -, up to 31"


def make_person(sessions: Sessions, region: str, name: str) -> None:
    """Make the IAM user of a made-up person where there is none; they may take on the restore role and nothing else.

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
            iam.create_user(UserName=name, Path=f"/{sessions.names.prefix}/restorers/")
        except ClientError as error:
            if code_of(error) != "EntityAlreadyExists":
                raise
        iam.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=json.dumps(_policy(sessions)))


@contextmanager
def acting_as(sessions: Sessions, region: str, name: str) -> Iterator[Sessions]:
    """Sessions of a made-up person, with an access key that is good for as long as this lasts.

    Raises:
        OnlyInSandbox, BadPersonName, ServiceError: as `make_person`.
    """
    make_person(sessions, region, name)
    iam = sessions.client("iam", region)
    with translated(f"become {name}"):
        key = iam.create_access_key(UserName=name)["AccessKey"]
    try:
        endpoints = replace(sessions.endpoints, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
        yield Sessions(sessions.environment, endpoints)
    finally:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])


def made_up_person(sessions: Sessions, region: str, name: str) -> str:
    """ARN of a made-up person, as the sandbox's STS says it; the user is made where there is none.

    Raises:
        OnlyInSandbox, BadPersonName, ServiceError: as `make_person`.
    """
    with acting_as(sessions, region, name) as theirs:
        return caller(theirs, region)


def _policy(sessions: Sessions) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Resource": sessions.names.role_arn("restore-operator"),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
