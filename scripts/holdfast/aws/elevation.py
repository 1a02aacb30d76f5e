"""Taking on a role that asks for a second factor, for one tenant, narrowed to one task.

A one-time code counts once. So for one role the code goes to `AssumeRole` itself; for more, to `GetSessionToken`, and
the roles are taken on from that session
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.credentials import TemporaryCredentials
from holdfast.aws.errors import SecondFactorRefused
from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.errors import InputError

SECONDS = 3600
"""An hour: the longest session of the roles of an environment."""
MFA_SECONDS = 900
"""The shortest `GetSessionToken` gives."""

_SERIAL = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:mfa/[\w+=/,.@-]{1,200}|[A-Z0-9]{9,64}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


class BadSecondFactor(InputError):
    """The device or the code cannot be one."""

    template = "{what} {got!r} cannot be used; allowed: {allowed}"
    hint = "text messages are not an option; use a virtual or hardware TOTP device"


@dataclass(frozen=True)
class SecondFactor:
    """A TOTP device of an IAM user and the code it shows now.

    Args:
        serial: ARN of the virtual device, or the serial number of a hardware one.
        code: six digits. Never printed by `repr`.

    Raises:
        BadSecondFactor: it cannot be one.
    """

    serial: str
    code: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _SERIAL.fullmatch(self.serial):
            allowed = "arn:aws:iam::<account>:mfa/<name>, or the serial number of a hardware token"
            raise BadSecondFactor(what="the MFA device", got=self.serial, allowed=allowed)
        if not _CODE.fullmatch(self.code):
            raise BadSecondFactor(what="an MFA code of", got=f"{len(self.code)} characters", allowed="six digits")

    def arguments(self) -> dict[str, str]:
        """As STS takes it."""
        return {"SerialNumber": self.serial, "TokenCode": self.code}


@dataclass(frozen=True)
class Task:
    """What a role is taken on for.

    Args:
        purpose: of the role, such as `restore-operator`.
        tags: session tags, such as `tenant`.
        policy: what the session may do at most, besides what the role may; None for all of that.
    """

    purpose: str
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, Any] | None = None


def elevate(
    sessions: Sessions, tasks: list[Task], *, region: str, factor: SecondFactor | None, name: str
) -> list[Sessions]:
    """Sessions for each task, in their order, good for an hour and not renewed.

    Args:
        sessions: of the person.
        tasks: what for.
        region: whose STS is asked, so that no other Region is needed.
        factor: the second factor; None leaves it to STS to refuse.
        name: the session's name in the trail.

    Raises:
        SecondFactorRefused: the code is wrong, was used before, or no code was given and the role asks for one.
        ServiceError: STS refuses for another reason, or does not answer.
    """
    if factor is not None and len(tasks) > 1:
        with translated("ask for the second factor"):
            reply = _ask(sessions, region, "get_session_token", DurationSeconds=MFA_SECONDS, **factor.arguments())
        sessions, factor = sessions.held_by(TemporaryCredentials.of(reply)), None
    return [sessions.held_by(_assume(sessions, task, region, factor, name)) for task in tasks]


def _assume(
    sessions: Sessions, task: Task, region: str, factor: SecondFactor | None, name: str
) -> TemporaryCredentials:
    arguments: dict[str, Any] = {
        "RoleArn": sessions.names.role_arn(task.purpose),
        "RoleSessionName": name[:64],
        "DurationSeconds": SECONDS,
        **(factor.arguments() if factor else {}),
    }
    if task.tags:
        arguments["Tags"] = [{"Key": key, "Value": value} for key, value in task.tags.items()]
    if task.policy is not None:
        arguments["Policy"] = json.dumps(task.policy, separators=(",", ":"))
    with translated(f"take on the role {sessions.names.role(task.purpose)}"):
        return TemporaryCredentials.of(_ask(sessions, region, "assume_role", **arguments))


def _ask(sessions: Sessions, region: str, call: str, **arguments: Any) -> dict[str, Any]:
    try:
        reply: dict[str, Any] = getattr(sessions.client("sts", region), call)(**arguments)
    except ClientError as error:
        text = str(error.response.get("Error", {}).get("Message", ""))
        if "MultiFactorAuthentication" in text or "MFA" in text:
            raise SecondFactorRefused(text=text) from error
        raise
    return reply
