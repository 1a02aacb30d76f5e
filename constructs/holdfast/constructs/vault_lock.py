"""The lock of a backup vault: its mode, spelled out, and the retentions it lets in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from holdfast.constructs.limits import require, whole_days

_REFERENCE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"
_CENTURY = 36_500
ACKNOWLEDGEMENT = "nobody can delete before expiry"
"""What whoever asks for a compliance lock has to write."""


@dataclass(frozen=True)
class Governance:
    """A lock that whoever holds `backup:DeleteBackupVaultLockConfiguration` can take off. Not immutable.

    Args:
        minimum: the shortest retention a backup or copy may ask for; whole days, 1 to 36500.
        maximum: the longest one. By default there is none.

    Raises:
        OutsideLimit: a duration is outside the limits of AWS Backup, or `maximum` is under `minimum`.
    """

    minimum: timedelta
    maximum: timedelta | None = None
    changeable_for: ClassVar[None] = None
    """Nothing: to AWS Backup a lock without a grace is one in governance mode."""

    def __post_init__(self) -> None:
        _check_range(self, "Governance")


@dataclass(frozen=True)
class Compliance:
    """A lock that nobody can take off once its grace has passed, root and AWS included.

    AWS Backup has no argument for the mode: a grace *is* compliance mode. So the mode is a type here.

    Args:
        minimum: the shortest retention a backup or copy may ask for; whole days, 1 to 36500.
        maximum: the longest one; finite, because what is locked for ever is paid for for ever.
        acknowledge: the sentence `nobody can delete before expiry`.
        changeable_for: how long the lock can still be changed or taken off; whole days, 3 or more. By default 3.

    Raises:
        OutsideLimit: a duration is outside the limits of AWS Backup, or the lock is not acknowledged.
    """

    minimum: timedelta
    maximum: timedelta
    acknowledge: str
    changeable_for: timedelta = timedelta(days=3)

    def __post_init__(self) -> None:
        require(
            self.acknowledge == ACKNOWLEDGEMENT,
            construct="Compliance",
            field="acknowledge",
            value=self.acknowledge,
            allowed=f'"{ACKNOWLEDGEMENT}"',
            reference=_REFERENCE,
        )
        _check_range(self, "Compliance")
        whole_days(
            self.changeable_for,
            least=3,
            most=_CENTURY,
            construct="Compliance",
            field="changeable_for",
            reference=_REFERENCE,
        )


VaultLock = Governance | Compliance
"""How a backup vault is locked."""


def check_retention(lock: VaultLock | None, kept: timedelta, *, construct: str, field: str) -> None:
    """Refuse a retention that a locked vault would refuse: AWS Backup fails such a job, and only then says so.

    Raises:
        OutsideLimit: `kept` is under the shortest or over the longest retention of the lock.
    """
    if lock is None:
        return
    most = f"to {lock.maximum.days} days" if lock.maximum else "days or more"
    require(
        lock.minimum <= kept and (lock.maximum is None or kept <= lock.maximum),
        construct=construct,
        field=field,
        value=f"{kept.days} days",
        allowed=f"what the vault's lock lets in, {lock.minimum.days} {most}",
        reference=_REFERENCE,
    )


def _check_range(lock: VaultLock, construct: str) -> None:
    for field in ("minimum", "maximum"):
        value = getattr(lock, field)
        if value is not None:
            whole_days(value, least=1, most=_CENTURY, construct=construct, field=field, reference=_REFERENCE)
    require(
        lock.maximum is None or lock.minimum <= lock.maximum,
        construct=construct,
        field="maximum",
        value=f"{lock.maximum.days} days" if lock.maximum else "none",
        allowed=f"at least the minimum, {lock.minimum.days} days",
        reference=_REFERENCE,
    )
