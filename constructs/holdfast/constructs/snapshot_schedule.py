"""When Data Lifecycle Manager makes a snapshot, how long it is kept, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from holdfast.constructs.limits import known, matches, require, whole_days

_GUIDE = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-ami-policy.html"
_API = "https://docs.aws.amazon.com/dlm/latest/APIReference/API_Schedule.html"
_CENTURY = 36_500
_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class RegionalCopy:
    """A copy of every snapshot in another Region of the same account, under a key of that Region.

    Args:
        region: the other Region.
        key_arn: the key of that Region; the key itself, because Data Lifecycle Manager takes no alias.
        keep: how long the copy is kept; whole days.

    Raises:
        OutsideLimit: no Region, no ARN of a key of that Region, or no whole number of days.
    """

    region: str
    key_arn: str
    keep: timedelta

    def __post_init__(self) -> None:
        matches(
            self.region,
            r"([a-z]+-){2,3}\d",
            construct="RegionalCopy",
            field="region",
            allowed="an AWS Region",
            reference="https://docs.aws.amazon.com/dlm/latest/APIReference/API_CrossRegionCopyRule.html",
        )
        where = re.escape(self.region) if known(self.region) else r"[a-z0-9-]+"
        matches(
            self.key_arn,
            rf"arn:aws[a-z-]*:kms:{where}:\d{{12}}:key/.+",
            construct="RegionalCopy",
            field="key_arn",
            allowed=f"the ARN of a KMS key (no alias) of {self.region}",
            reference="https://docs.aws.amazon.com/dlm/latest/APIReference/API_CrossRegionCopyRule.html",
        )
        whole_days(self.keep, least=1, most=_CENTURY, construct="RegionalCopy", field="keep", reference=_API)


@dataclass(frozen=True)
class SnapshotSchedule:
    """One schedule of a `SnapshotPolicy`: by `every` or by `cron`, kept by age or by number.

    Args:
        name: name of the schedule, up to 120 letters, digits, spaces, - and _.
        every: 1, 2, 3, 4, 6, 8, 12 or 24 hours. By default 24.
        at: when the first of the day begins, `HH:MM` UTC. By default 02:00.
        cron: a `cron(…)` expression instead of `every` and `at`. By default none.
        keep: how long a snapshot is kept; whole days. By default 7.
        count: how many are kept instead, 1 to 1000, whatever their age. By default they are kept by age.
        copies: at most three other Regions. By default none.
        fast_restore: availability zones in which a volume made of a snapshot is fast at once, at most ten; AWS charges
            for each by the hour. By default none.
        fast_restore_for: how long, in whole days up to `keep`; with `count` that many stay fast. By default as long as
            the snapshot is kept.
        copy_tags: whether snapshots carry the tags of their volume. By default they do.
        tags: more tags of each snapshot, at most 45. By default none.

    Raises:
        OutsideLimit: a value is outside a limit of Data Lifecycle Manager.
    """

    name: str
    every: timedelta = timedelta(hours=24)
    at: str = "02:00"
    cron: str | None = None
    keep: timedelta = timedelta(days=7)
    count: int | None = None
    copies: tuple[RegionalCopy, ...] = ()
    fast_restore: Sequence[str] = ()
    fast_restore_for: timedelta | None = None
    copy_tags: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        matches(
            self.name,
            r"[0-9A-Za-z _-]{1,120}",
            construct="SnapshotSchedule",
            field="name",
            allowed="1 to 120 letters, digits, spaces, - and _",
            reference=_API,
        )
        self._check_times()
        self._check_kept()
        for what, number, most in (
            ("copies", len(self.copies), 3),
            ("fast_restore", len(self.fast_restore), 10),
            ("tags", len(self.tags), 45),
        ):
            self._check(number <= most, what, number, f"at most {most}")

    @property
    def hours(self) -> int:
        """How many hours lie between two snapshots, where there is no cron expression."""
        return self.every // _HOUR

    def _check_times(self) -> None:
        fits = self.every % _HOUR == timedelta(0) and self.hours in _HOURS
        self._check(fits, "every", self.every, "hours: " + ", ".join(map(str, _HOURS)))
        self._check(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.at) is not None, "at", self.at, "HH:MM, UTC")
        if self.cron is not None:
            fits = re.fullmatch(r"cron\(\S+( \S+){5}\)", self.cron) is not None and 17 <= len(self.cron) <= 106
            self._check(fits, "cron", self.cron, "cron(…) of six fields, 17 to 106 characters")

    def _check_kept(self) -> None:
        days = whole_days(self.keep, least=1, most=_CENTURY, construct="SnapshotSchedule", field="keep", reference=_API)
        count, fast = self.count, self.fast_restore_for
        self._check(count is None or 1 <= count <= 1000, "count", count, "1 to 1000")
        if fast is not None:
            whole_days(fast, least=1, most=days, construct="SnapshotSchedule", field="fast_restore_for", reference=_API)
            self._check(count is None, "fast_restore_for", fast, "none where snapshots are kept by number")

    def _check(self, condition: bool, what: str, value: object, allowed: str) -> None:
        require(
            condition, construct="SnapshotSchedule", field=what, value=str(value), allowed=allowed, reference=_GUIDE
        )
