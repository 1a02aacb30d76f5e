"""What must be refused on a locked version, by whom, and how each attempt is made.

Each is made on a canary: as the drill's own role, which should have no right to it, and as the caller, who in most
places is an administrator and has every right, so that the lock itself has to refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import is_unheard
from holdfast.drills.canary import ROLE, Canary
from holdfast.drills.refusals import ACCEPTED, Refusal, RefusedBy, refusal_of, told_by


class Attacker(StrEnum):
    """Who tries."""

    DRILL_RUNNER = "drill-runner"
    ADMINISTRATOR = "administrator"

    @property
    def role(self) -> str | None:
        """The role to call with; the administrator is the caller."""
        return ROLE if self is Attacker.DRILL_RUNNER else None


@dataclass(frozen=True)
class Attack:
    """One attempt.

    Args:
        name: what it is called in a record, after the attacker.
        call: the API call, in words of S3.
        action: the IAM action that allows it.
        expected: who may refuse it; `nobody` where it is harmless and only the version matters.
        control: the same call without its harm, to tell the lock from IAM when the answer does not; None if there is
            no such call.
    """

    name: str
    attacker: Attacker
    call: str
    action: str
    expected: frozenset[RefusedBy]
    make: Callable[[Any, Canary], Refusal]
    control: Callable[[Any, Canary], Refusal] | None = None

    def asks_iam_as(self, other: Attack) -> bool:
        """Whether IAM has to decide both alike."""
        return (self.attacker, self.action) == (other.attacker, other.action)

    @property
    def id(self) -> str:
        """Attacker and attempt."""
        return f"{self.attacker.value}-{self.name}"


def made(call: Callable[..., Any], **arguments: Any) -> Refusal:
    """Make a call and say how it was answered.

    Raises:
        ClientError: the answer is neither yes nor no (a fault, throttling, a missing bucket).
    """
    try:
        call(**arguments)
    except ClientError as error:
        refusal = refusal_of(error)
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if is_unheard(error) or (refusal.by is RefusedBy.UNKNOWN and status not in (400, 403, 405, 409)):
            raise
        return refusal
    return ACCEPTED


def _delete(s3: Any, canary: Canary) -> Refusal:
    return made(s3.delete_object, Bucket=canary.bucket, Key=canary.key, VersionId=canary.version_id)


def _delete_with_bypass(s3: Any, canary: Canary) -> Refusal:
    return made(
        s3.delete_object,
        Bucket=canary.bucket,
        Key=canary.key,
        VersionId=canary.version_id,
        BypassGovernanceRetention=True,
    )


def _delete_in_batch(s3: Any, canary: Canary) -> Refusal:
    """DeleteObjects answers 200 and refuses inside."""
    answers: list[dict[str, Any]] = []
    objects = [{"Key": canary.key, "VersionId": canary.version_id}]
    refusal = made(
        lambda **arguments: answers.append(s3.delete_objects(**arguments)),
        Bucket=canary.bucket,
        Delete={"Objects": objects, "Quiet": False},
    )
    errors = answers[0].get("Errors") if answers else None
    if errors:
        return told_by(str(errors[0].get("Code", "")), str(errors[0].get("Message", "")))
    return refusal


def _shorten(s3: Any, canary: Canary) -> Refusal:
    """By an hour: still long enough for the bucket's policy, so that the lock has to refuse."""
    earlier = {"Mode": canary.mode, "RetainUntilDate": canary.retain_until - timedelta(hours=1)}
    return _retention(s3, canary, earlier)


def _weaken_mode(s3: Any, canary: Canary) -> Refusal:
    return _retention(s3, canary, {"Mode": "GOVERNANCE", "RetainUntilDate": canary.retain_until})


def _keep(s3: Any, canary: Canary) -> Refusal:
    """Set the lock to what it is. S3 accepts that from whoever may set locks at all."""
    return _retention(s3, canary, {"Mode": canary.mode, "RetainUntilDate": canary.retain_until})


def _retention(s3: Any, canary: Canary, retention: dict[str, Any]) -> Refusal:
    return made(
        s3.put_object_retention,
        Bucket=canary.bucket,
        Key=canary.key,
        VersionId=canary.version_id,
        Retention=retention,
        ChecksumAlgorithm="SHA256",
    )


def _hide(s3: Any, canary: Canary) -> Refusal:
    """A DELETE without a version adds a delete marker. The version must stay."""
    return made(s3.delete_object, Bucket=canary.bucket, Key=canary.key)


_LOCK, _IAM = frozenset({RefusedBy.LOCK}), frozenset({RefusedBy.IAM})
_WAYS = (
    # name, call, action, refused to the drill runner by, refused to an administrator by
    ("delete-version", "DeleteObject(VersionId)", "s3:DeleteObjectVersion", _IAM, _LOCK, _delete),
    ("delete-batch", "DeleteObjects(VersionId)", "s3:DeleteObjectVersion", _IAM, _LOCK, _delete_in_batch),
    (
        "bypass-governance",
        "DeleteObject(VersionId, BypassGovernanceRetention)",
        "s3:BypassGovernanceRetention",
        _IAM,
        _LOCK,
        _delete_with_bypass,
    ),
    # The drill runner may lengthen the lock of a canary, so IAM lets these two pass and the lock has to refuse them.
    ("shorten", "PutObjectRetention(earlier date)", "s3:PutObjectRetention", _LOCK, _LOCK, _shorten),
    ("weaken-mode", "PutObjectRetention(GOVERNANCE)", "s3:PutObjectRetention", _LOCK, _LOCK, _weaken_mode),
    (
        "hide",
        "DeleteObject without a version",
        "s3:DeleteObject",
        _IAM,
        frozenset({RefusedBy.NOBODY, RefusedBy.IAM}),
        _hide,
    ),
)

ATTACKS = tuple(
    Attack(name, attacker, call, action, expected, make, _keep if action == "s3:PutObjectRetention" else None)
    for attacker in Attacker
    for name, call, action, by_role, by_administrator, make in _WAYS
    for expected in [by_role if attacker is Attacker.DRILL_RUNNER else by_administrator]
)
"""Every attempt on a version, the drill runner's first; `hide` comes last for each."""
