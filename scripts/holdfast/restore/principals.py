"""When two ARNs are one person."""

from __future__ import annotations

import fnmatch
import re

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated

_SESSION = re.compile(r"arn:(?P<partition>aws[a-z-]*):sts::(?P<account>[0-9]{12}):assumed-role/(?P<role>[^/]+)/.+")
_SINGLE_SIGN_ON = "AWSReservedSSO_"


def caller(sessions: Sessions, region: str) -> str:
    """ARN of who calls, asked in one Region.

    Raises:
        ServiceError: STS does not answer.
    """
    with translated("ask who is calling"):
        return str(sessions.client("sts", region).get_caller_identity()["Arn"])


def person(arn: str) -> str:
    """What two sessions of one person have in common.

    Whoever may take on a role chooses the name of the session, so all sessions of a role are one person. The
    exception is IAM Identity Center, which names the session after who signed in.
    """
    match = _SESSION.fullmatch(arn)
    if match is None or match["role"].startswith(_SINGLE_SIGN_ON):
        return arn
    return f"arn:{match['partition']}:iam::{match['account']}:role/{match['role']}"


def is_one_of(arn: str, pattern: str) -> bool:
    """Whether a caller is the principal an environment file names (`*` after the account)."""
    match = _SESSION.fullmatch(arn)
    candidates = [arn]
    if match is not None:
        candidates.append(f"arn:{match['partition']}:iam::{match['account']}:role/{match['role']}")
    plain = re.sub(r"([\[\]?])", r"[\1]", pattern)
    return any(fnmatch.fnmatchcase(each, plain) for each in candidates)
