"""When AWS Backup makes a recovery point, how long it is kept, and where it is copied to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from holdfast.constructs.limits import known, matches, require, whole_days
from holdfast.constructs.vault_lock import VaultLock, check_retention

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html"
_LIFECYCLE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"
_CONTINUOUS = "https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html"
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_COLD_DAYS, _CONTINUOUS_DAYS, _CENTURY = 90, 35, 36_500
_COPIES = 5
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html, "Copy actions per backup rule"."""
NIGHTLY = "cron(0 2 * * ? *)"
"""The schedule of a rule that names none: 02:00 every day."""


@dataclass(frozen=True)
class CopyTo:
    """A copy of every recovery point of a rule, in another Region, another account, or both.

    Args:
        vault_arn: the vault the copy goes to; in another account its policy has to let this one in.
        delete_after: how long the copy is kept; whole days.
        cold_storage_after: age at which the copy moves to cold storage. By default it never does.
        lock: the lock of that vault, so that a retention it would refuse is refused now. By default not checked.

    Raises:
        OutsideLimit: no ARN of a vault, or a lifecycle AWS Backup or the lock would refuse.
    """

    vault_arn: str
    delete_after: timedelta
    cold_storage_after: timedelta | None = None
    lock: VaultLock | None = None

    def __post_init__(self) -> None:
        matches(
            self.vault_arn,
            r"arn:aws[a-z-]*:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:[a-zA-Z0-9_-]{2,50}",
            construct="CopyTo",
            field="vault_arn",
            allowed="the ARN of a backup vault",
            reference="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CopyAction.html",
        )
        _check_lifecycle(self.delete_after, self.cold_storage_after, construct="CopyTo")
        check_retention(self.lock, self.delete_after, construct="CopyTo", field="delete_after")


@dataclass(frozen=True)
class BackupRule:
    """One rule of a `BackupPlan`. Everything expires: nothing is kept, and paid for, for ever.

    Args:
        name: name of the rule, 1 to 50 letters, digits, - _ and . ; unique in its plan.
        delete_after: how long a recovery point is kept; whole days, at most 35 for a continuous rule.
        schedule: an AWS `cron(…)` expression of six fields; AWS Backup takes no `rate(…)`. By default 02:00 every day.
        timezone: IANA time zone of the schedule. By default UTC.
        start_window: a job not begun so long after its time is given up; 60 minutes or more. By default 60 minutes.
        completion_window: a job not done so long after its time is cancelled; at least 60 minutes more. By default 3 h.
        continuous: point-in-time recovery, for what AWS Backup offers it for (RDS, Aurora, S3); what it does not gets a
            recovery point on schedule.
        cold_storage_after: age at which a recovery point moves to cold storage. By default it never does.
        archive_snapshots: whether EBS snapshots move to the archive tier at that age as well. By default they stay.
        copies: where each recovery point is copied to. By default nowhere.
        tags: tags of each recovery point, at most 50. By default those of the plan's vault only.

    Raises:
        OutsideLimit: a value is outside a limit of AWS Backup.
    """

    name: str
    delete_after: timedelta
    schedule: str = NIGHTLY
    timezone: str = "Etc/UTC"
    start_window: timedelta = _HOUR
    completion_window: timedelta = 3 * _HOUR
    continuous: bool = False
    cold_storage_after: timedelta | None = None
    archive_snapshots: bool = False
    copies: tuple[CopyTo, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        matches(
            self.name,
            r"[a-zA-Z0-9_.-]{1,50}",
            construct="BackupRule",
            field="name",
            allowed="1 to 50 letters, digits, - _ and .",
            reference=_API,
        )
        check_cron(self.schedule, construct="BackupRule", field="schedule", reference=_API)
        self._check_windows()
        _check_lifecycle(self.delete_after, self.cold_storage_after, construct="BackupRule")
        if self.continuous:
            self._check_continuous()
        self._check(len(self.tags) <= 50, "tags", f"{len(self.tags)} tags", "at most 50")
        self._check(len(self.copies) <= _COPIES, "copies", f"{len(self.copies)} copies", f"at most {_COPIES}")

    @classmethod
    def daily(
        cls, name: str = "daily", *, keep: timedelta = timedelta(days=35), copies: Sequence[CopyTo] = ()
    ) -> BackupRule:
        """Every night at 02:00 UTC, kept for 35 days."""
        return cls(name, keep, copies=tuple(copies))

    @classmethod
    def weekly(cls, name: str = "weekly", *, weeks: int = 12, copies: Sequence[CopyTo] = ()) -> BackupRule:
        """Every Sunday at 02:00 UTC, kept for twelve weeks."""
        return cls(name, timedelta(weeks=weeks), schedule="cron(0 2 ? * SUN *)", copies=tuple(copies))

    @classmethod
    def monthly(
        cls, name: str = "monthly", *, years: int = 1, cold: bool = False, copies: Sequence[CopyTo] = ()
    ) -> BackupRule:
        """The first of every month at 02:00 UTC, kept for years of 365 days; with `cold` in cold storage after 30."""
        return cls(
            name,
            timedelta(days=365 * years),
            schedule="cron(0 2 1 * ? *)",
            cold_storage_after=timedelta(days=30) if cold else None,
            copies=tuple(copies),
        )

    @classmethod
    def point_in_time(
        cls, name: str = "continuous", *, keep: timedelta = timedelta(days=_CONTINUOUS_DAYS)
    ) -> BackupRule:
        """Any moment of the last 35 days."""
        return cls(name, keep, continuous=True)

    def check_lock(self, lock: VaultLock) -> None:
        """Refuse a retention that the vault's lock would refuse, job after job.

        Raises:
            OutsideLimit: the lock does not let the rule's retention in.
        """
        check_retention(lock, self.delete_after, construct="BackupRule", field=f"delete_after of {self.name}")

    def _check_windows(self) -> None:
        for name in ("start_window", "completion_window"):
            value = getattr(self, name)
            self._check(value % _MINUTE == timedelta(0), name, value, "whole minutes")
        self._check(self.start_window >= _HOUR, "start_window", self.start_window, "60 minutes or more")
        least = self.start_window + _HOUR
        allowed = f"at least 60 minutes more than start_window, {least}"
        self._check(self.completion_window >= least, "completion_window", self.completion_window, allowed)

    def _check_continuous(self) -> None:
        days = self.delete_after.days
        self._check(days <= _CONTINUOUS_DAYS, "delete_after", f"{days} days", "1 to 35 days of continuous backup")
        cold = self.cold_storage_after
        self._check(cold is None, "cold_storage_after", cold, "none: continuous backup has no cold storage")

    def _check(self, condition: bool, what: str, value: object, allowed: str) -> None:
        reference = _CONTINUOUS if self.continuous else _API
        require(condition, construct="BackupRule", field=what, value=str(value), allowed=allowed, reference=reference)


def check_cron(schedule: str, *, construct: str, field: str, reference: str) -> None:
    """Refuse a schedule that is known and no cron expression of six fields."""
    require(
        not known(schedule) or re.fullmatch(r"cron\(\S+( \S+){5}\)", schedule) is not None,
        construct=construct,
        field=field,
        value=schedule,
        allowed="cron(minutes hours day-of-month month day-of-week year)",
        reference=reference,
    )


def _check_lifecycle(delete_after: timedelta, cold: timedelta | None, *, construct: str) -> None:
    days = whole_days(
        delete_after, least=1, most=_CENTURY, construct=construct, field="delete_after", reference=_LIFECYCLE
    )
    if cold is not None:
        whole_days(cold, least=1, most=_CENTURY, construct=construct, field="cold_storage_after", reference=_LIFECYCLE)
        require(
            days >= cold.days + _COLD_DAYS,
            construct=construct,
            field="cold_storage_after",
            value=f"{cold.days} days",
            allowed=f"at most {days - _COLD_DAYS} days: what is cold stays so for {_COLD_DAYS} days or more",
            reference=_LIFECYCLE,
        )
