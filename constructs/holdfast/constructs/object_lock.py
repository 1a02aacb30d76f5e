"""The Object Lock of a bucket: its mode, its shortest and its longest retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from holdfast.constructs.limits import require, whole_days

_REFERENCE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-overview.html"
_CENTURY = 36_500


class LockMode(StrEnum):
    """S3 Object Lock modes."""

    COMPLIANCE = "COMPLIANCE"
    """Nobody can delete a locked version or shorten its lock, the account's root user included."""

    GOVERNANCE = "GOVERNANCE"
    """Whoever holds `s3:BypassGovernanceRetention` can. Not immutable; only for trying things out."""


@dataclass(frozen=True)
class ObjectLock:
    """How long objects are locked.

    Args:
        minimum: the shortest lock a write may carry, and what a write gets that names none. Whole days, 1 to 36500.
            S3 compares whole remaining days: a writer that wants exactly this much adds an hour.
        maximum: the longest lock a write may carry; a mistyped year must not lock for a century. Whole days.
        mode: COMPLIANCE unless said otherwise.

    Raises:
        OutsideLimit: a duration is no whole number of days in the limits of S3, or `maximum` is under `minimum`.
    """

    minimum: timedelta
    maximum: timedelta
    mode: LockMode = LockMode.COMPLIANCE

    def __post_init__(self) -> None:
        for field in ("minimum", "maximum"):
            whole_days(
                getattr(self, field), least=1, most=_CENTURY, construct="ObjectLock", field=field, reference=_REFERENCE
            )
        require(
            self.minimum <= self.maximum,
            construct="ObjectLock",
            field="maximum",
            value=f"{self.maximum.days} days",
            allowed=f"at least the minimum, {self.minimum.days} days",
            reference=_REFERENCE,
        )

    @classmethod
    def days(cls, days: int, *, up_to: int | None = None) -> ObjectLock:
        """A COMPLIANCE lock of `days`; a write may ask for up to `up_to` days (by default ten times as many)."""
        return cls(timedelta(days=days), timedelta(days=up_to or min(days * 10, _CENTURY)))

    @classmethod
    def years(cls, years: int) -> ObjectLock:
        """A COMPLIANCE lock of exactly so many years of 365 days, for archives and evidence."""
        return cls(timedelta(days=365 * years), timedelta(days=365 * years))
