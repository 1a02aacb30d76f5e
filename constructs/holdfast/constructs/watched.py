"""What `BackupAlarms` and `AccessAlarms` are told to expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from holdfast.constructs.limits import require

_MONITORING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudwatch-monitoring.html"


class JobKind(StrEnum):
    """Jobs of AWS Backup that are expected to come regularly."""

    BACKUP = "Backup"
    COPY = "Copy"
    ARRIVAL = "Arrival"
    """Recovery points that come into a vault, by whatever job: what a vault of copies can tell of them."""


@dataclass(frozen=True)
class ExpectedJobs:
    """Jobs that must complete in a vault at least once in so long a time.

    Args:
        vault_name: the vault jobs write to.
        every: the longest time without a completed job: whole hours up to 7 days, or 5 minutes times a number.
        kind: backups, copies, or recovery points that come into the vault. By default backups.
    """

    vault_name: str
    every: timedelta
    kind: JobKind = JobKind.BACKUP

    @property
    def metric(self) -> str:
        """AWS Backup's name for their number."""
        if self.kind is JobKind.ARRIVAL:
            return "NumberOfRecoveryPointsCompleted"
        return f"NumberOf{self.kind.value}JobsCompleted"


@dataclass(frozen=True)
class WatchedAge:
    """A dataset whose newest recovery point must not grow older than its objective.

    Args:
        environment: the environment it is in.
        dataset: its name.
        limit: its recovery point objective.
    """

    environment: str
    dataset: str
    limit: timedelta


@dataclass(frozen=True)
class ExpectedSets:
    """Backup sets that must be committed for a dataset at least once in so long a time: its recovery point objective.

    Args:
        dataset: name of the dataset; sets lie under `sets/<dataset>/`.
        every: the longest time without one: whole hours up to 7 days, or 5 minutes times a number.
    """

    dataset: str
    every: timedelta


@dataclass(frozen=True)
class WatchedReplication:
    """A replication rule whose lag and failures alarm.

    Args:
        source_bucket: name of the bucket copied from.
        destination_bucket: name of the bucket copied to.
        rule_id: id of the rule; `BucketReplication` calls the one of `streams/` `copy-streams`.
        lag: how far behind it may be. By default 15 minutes, what replication time control promises.
    """

    source_bucket: str
    destination_bucket: str
    rule_id: str = "copy-streams"
    lag: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class StorageLimit:
    """How large a bucket may get before somebody has to know.

    Args:
        bucket_name: the bucket.
        gibibytes: its limit, in GiB, over the current and all kept versions of its Standard storage.
        at: the share of the limit that alarms. By default 80 %.
    """

    bucket_name: str
    gibibytes: int
    at: float = 0.8

    def __post_init__(self) -> None:
        require(
            self.gibibytes > 0 and 0 < self.at <= 1,
            construct="StorageLimit",
            field="gibibytes, at",
            value=f"{self.gibibytes}, {self.at}",
            allowed="a limit of 1 GiB or more, and a share over 0 and up to 1",
            reference=_MONITORING,
        )


@dataclass(frozen=True)
class ExpiringKey:
    """A key with imported material that expires.

    Args:
        key_id: id of the key.
        ahead: how long before the day an alarm is due. By default 30 days.
    """

    key_id: str
    ahead: timedelta = timedelta(days=30)
