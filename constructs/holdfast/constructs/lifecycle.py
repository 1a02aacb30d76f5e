"""What becomes of objects as they age: cheaper storage, and their end once no lock holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from holdfast.constructs.limits import require, whole_days
from holdfast.constructs.object_lock import ObjectLock

_REFERENCE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
_EXPIRY = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html"
_DAY = timedelta(days=1)
_INFREQUENT_ACCESS_AFTER = timedelta(days=30)


class StorageClass(StrEnum):
    """Where S3 keeps an object, warmest first. One Zone classes are left out: one data centre is no backup."""

    STANDARD_IA = "STANDARD_IA"
    """Read at once, dearer per read."""

    INTELLIGENT_TIERING = "INTELLIGENT_TIERING"
    """S3 moves objects by how often they are read."""

    GLACIER_IR = "GLACIER_IR"
    """Read at once, meant to be read once a quarter."""

    GLACIER = "GLACIER"
    """Restored in minutes to hours before it can be read: count it in the recovery time."""

    DEEP_ARCHIVE = "DEEP_ARCHIVE"
    """Restored in 12 to 48 hours before it can be read: count it in the recovery time."""


_COLDNESS = list(StorageClass)


@dataclass(frozen=True)
class Transition:
    """Move objects to `to` once they are `after` old. Whole days; to STANDARD_IA at the earliest after 30."""

    to: StorageClass
    after: timedelta

    def __post_init__(self) -> None:
        least = 30 if self.to is StorageClass.STANDARD_IA else 0
        whole_days(
            self.after,
            least=least,
            most=36_500,
            construct="Transition",
            field=f"after, to {self.to.value},",
            reference=_REFERENCE,
        )


@dataclass(frozen=True)
class Lifecycle:
    """How objects age in a locked bucket.

    Args:
        transitions: moves to colder storage, in order. By default objects stay in S3 Standard.
        expire_after: when an object gets a delete marker and so leaves the listing. By default never. At least the
            longest lock: S3 puts a delete marker on a locked object too, and a backup behind one looks gone.
        noncurrent_expire_after: when a version that was replaced, or marked deleted, is removed. By default never. At
            least the shortest lock; S3 itself keeps each version until that version's own lock has ended.
        abort_uploads_after: when the parts of an unfinished multipart upload are removed. By default after 7 days.

    Raises:
        OutsideLimit: transitions out of order or too close, or an expiry before the last of them.
    """

    transitions: tuple[Transition, ...] = ()
    expire_after: timedelta | None = None
    noncurrent_expire_after: timedelta | None = None
    abort_uploads_after: timedelta = timedelta(days=7)

    def __post_init__(self) -> None:
        for field in ("expire_after", "noncurrent_expire_after", "abort_uploads_after"):
            value = getattr(self, field)
            if value is not None:
                whole_days(value, least=1, most=40_000, construct="Lifecycle", field=field, reference=_REFERENCE)
        for warmer, colder in pairwise(self.transitions):
            _check_order(warmer, colder)
        if self.transitions and self.expire_after is not None:
            last = self.transitions[-1]
            require(
                self.expire_after > last.after,
                construct="Lifecycle",
                field="expire_after",
                value=f"{self.expire_after.days} days",
                allowed=f"more than {last.after.days} days, when objects move to {last.to.value}",
                reference=_REFERENCE,
            )

    @classmethod
    def within(cls, lock: ObjectLock) -> Lifecycle:
        """Tiers that are still read at once, and expiry a day after the longest lock has ended.

        Objects move to STANDARD_IA after 30 days and to GLACIER_IR after 90, each only where they will stay at least as
        long as AWS charges for (30 and 90 days).
        """
        expire_after = lock.maximum + _DAY
        steps = (
            (Transition(StorageClass.STANDARD_IA, timedelta(days=30)), timedelta(days=30)),
            (Transition(StorageClass.GLACIER_IR, timedelta(days=90)), timedelta(days=90)),
        )
        return cls(
            transitions=tuple(step for step, charged in steps if step.after + charged <= expire_after),
            expire_after=expire_after,
            noncurrent_expire_after=lock.minimum + _DAY,
        )

    def check(self, lock: ObjectLock, *, construct: str) -> None:
        """Refuse a lifecycle that undercuts the lock.

        Raises:
            OutsideLimit: an expiry comes before the lock ends.
        """
        for field, end, which in (
            ("expire_after", lock.maximum, "longest"),
            ("noncurrent_expire_after", lock.minimum, "shortest"),
        ):
            value = getattr(self, field)
            require(
                value is None or value >= end,
                construct=construct,
                field=f"lifecycle.{field}",
                value=f"{value.days} days" if value else "none",
                allowed=f"at least {end.days} days, the {which} lock of the bucket, or none",
                reference=_EXPIRY,
            )


def _check_order(warmer: Transition, colder: Transition) -> None:
    require(
        _COLDNESS.index(warmer.to) < _COLDNESS.index(colder.to),
        construct="Lifecycle",
        field="transitions",
        value=f"{warmer.to.value}, then {colder.to.value}",
        allowed="each class colder than the one before: " + ", ".join(_COLDNESS),
        reference=_REFERENCE,
    )
    wait = _INFREQUENT_ACCESS_AFTER if warmer.to is StorageClass.STANDARD_IA else _DAY
    require(
        colder.after >= warmer.after + wait,
        construct="Lifecycle",
        field="transitions",
        value=f"{colder.to.value} after {colder.after.days} days",
        allowed=f"at least {(warmer.after + wait).days} days, after {warmer.to.value}",
        reference=_REFERENCE,
    )
