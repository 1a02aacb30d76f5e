"""Choosing what to restore: the newest base backup that ended before the failure, and the log that follows it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.drills.context import Drill
from holdfast.drills.interface import Nothing, RecoveryPoint, Selection
from holdfast.drills.lock_reading import read_lock
from holdfast.drills.sampling import draw
from holdfast.environments.model import Scenario
from holdfast.postgres.archive import ArchiveReader, Kept, stored
from holdfast.postgres.base_backups import BaseBackup, base_backups
from holdfast.postgres.layout import archive_of
from holdfast.postgres.wal_sequence import LogSequence, Need, follow

_SECOND = timedelta(seconds=1)
"""Server times are good to a second, so what is of the second of the failure is from before it."""


@dataclass(frozen=True)
class Log:
    """The log to replay.

    Args:
        files: what lies in the archive, as the drill may take it to be there.
        sequence: what of it leads from the base backup to the end.
    """

    files: tuple[Kept, ...]
    sequence: LogSequence


def region_of(drill: Drill) -> str:
    """The recovery Region, or the primary one where only data was corrupted."""
    regions = drill.environment.regions
    return regions.recovery if drill.spec.scenario is Scenario.REGION_LOSS else regions.primary


def reader_for(drill: Drill) -> ArchiveReader:
    """Reads the archive as the drill runner, in the Region the scenario leaves."""
    region = region_of(drill)
    archive = archive_of(drill.environment, str(drill.spec.dataset))
    return ArchiveReader(drill.sessions.client("s3", region, role=ROLE), drill.names.bucket_in(region), archive)


def target_time(drill: Drill) -> datetime | None:
    """The moment to go back to (`--to`); None to replay everything that was there when the drill was declared."""
    return drill.spec.failed_at


def choose(drill: Drill) -> Selection | Nothing:
    """The base backup that was named, or the newest from before the failure."""
    reader = reader_for(drill)
    usable, unusable = base_backups(reader)
    fit = [each for each in usable if each.ended_at <= drill.failed_at + _SECOND and _stored(each, drill)]
    if drill.spec.set_id:
        fit = [each for each in fit if each.id == drill.spec.set_id]
    if not fit:
        return Nothing(reason=_why_none(drill, reader, [each.id for each in usable], unusable_words(unusable)))
    return _selection(drill, reader, fit[-1])


def backup_of(reader: ArchiveReader, point: RecoveryPoint) -> BaseBackup | None:
    """The base backup that was selected, read again; None when it is not what it was."""
    found = next((each for each in base_backups(reader)[0] if each.id == point.id), None)
    return found if found and hashlib.sha256(reader.small(found.info)).hexdigest() == point.digest else None


def log_of(drill: Drill, reader: ArchiveReader, backup: BaseBackup) -> Log:
    """The log as it was in the archive when the disaster happened.

    Raises:
        ArchiveUnreadable: a timeline history is damaged.
        ServiceError: S3 refuses or does not answer.
    """
    files = [each for each in reader.log_files(backup.first, backup.segment_bytes) if _there(each, drill)]
    need = Need(backup.first, backup.consistent, backup.segment_bytes)
    return Log(tuple(files), follow(stored(files), reader.histories(files), need))


def unusable_words(unusable: object) -> str:
    """Base backups that are of no use, in words."""
    each_of = unusable if isinstance(unusable, list) else []
    return "; ".join(f"{each.id}: {each.because}" for each in each_of[:3])


def _there(kept: Kept, drill: Drill) -> bool:
    return target_time(drill) is not None or kept.stored_at <= drill.failed_at + _SECOND


def _stored(backup: BaseBackup, drill: Drill) -> bool:
    return all(_there(each, drill) for each in backup.files)


def _why_none(drill: Drill, reader: ArchiveReader, usable: list[str], unusable: str) -> str:
    where = f"{drill.spec.dataset} in {region_of(drill)}"
    if drill.spec.set_id:
        there = ", ".join(usable) or "none"
        return f"no base backup {drill.spec.set_id} of {where} from before the failure (there are: {there})"
    if usable:
        return f"every base backup of {where} is younger than the failure"
    if unusable:
        return f"no base backup of {where} counts: {unusable}"
    return f"no base backup of {where} is in s3://{reader.bucket}/{reader.archive.base}"


def _selection(drill: Drill, reader: ArchiveReader, backup: BaseBackup) -> Selection:
    region, accounts = region_of(drill), drill.environment.accounts
    log = log_of(drill, reader, backup)
    with translated("read the lock of the base backup"):
        lock = read_lock(drill, region, backup.info.key)
    count = len(backup.files) + len(log.sequence.segments)
    size = backup.bytes + len(log.sequence.segments) * backup.segment_bytes
    point = RecoveryPoint(
        id=backup.id,
        resource=f"s3://{reader.bucket}/{reader.archive.base}{backup.id}/",
        region=region,
        account=accounts.workload if region == drill.environment.regions.primary else accounts.backup,
        captured_at=backup.began_at,
        committed_at=backup.ended_at,
        files=count,
        bytes=size,
        digest=hashlib.sha256(reader.small(backup.info)).hexdigest(),
        subject=backup.info.key,
        type="base backup and log",
        lock_mode=lock.mode if lock else None,
        locked_until=lock.until if lock else None,
        lock_read_at=drill.clock.now() if lock else None,
    )
    return Selection(point=point, sampling=draw(count, None, drill.spec.seed), restore_bytes=size)
