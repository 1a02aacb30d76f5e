"""The archive of a server, checked without a restore: which base backup counts, and whether its log is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.postgres.archive import ArchiveReader, stored
from holdfast.postgres.base_backups import BaseBackup, Unusable, base_backups
from holdfast.postgres.connection import connected
from holdfast.postgres.errors import QueryFailed
from holdfast.postgres.layout import Archive, archive_of
from holdfast.postgres.wal_names import Segment, read_name
from holdfast.postgres.wal_sequence import LogSequence, Need, follow

SCHEMA = "holdfast.postgres-check/1"


@dataclass(frozen=True)
class ArchiveCheck:
    """What an archive looks like in one Region.

    Args:
        region: the Region.
        backup: the newest base backup that counts; None when there is none.
        unusable: base backups that do not.
        sequence: the log from it on; None without a base backup.
        newest_stored: when the newest segment was stored, by S3's clock.
    """

    region: str
    backup: BaseBackup | None
    unusable: tuple[Unusable, ...]
    sequence: LogSequence | None
    newest_stored: datetime | None

    @property
    def exit_code(self) -> int:
        """0 when all is whole, 2 when something committed cannot be restored, 3 when there is no base backup."""
        if self.sequence is None:
            return 3
        return 2 if self.sequence.broken else 0

    def document(self) -> dict[str, Any]:
        """The check as plain JSON values."""
        backup, sequence = self.backup, self.sequence
        size = backup.segment_bytes if backup else 0
        return {
            "region": self.region,
            "backup": backup and {"id": backup.id, "ended_at": backup.ended_at, "bytes": backup.bytes},
            "unusable": [{"id": each.id, "because": each.because} for each in self.unusable],
            "timeline": sequence.lineage.timeline if sequence else None,
            "segments": len(sequence.segments) if sequence else 0,
            "first": sequence.segments[0].name(size) if sequence and sequence.segments else None,
            "last": sequence.segments[-1].name(size) if sequence and sequence.segments else None,
            "newest_stored": self.newest_stored,
            "anomalies": [
                {"trouble": each.trouble, "breaks": each.trouble.breaks, "names": list(each.names), "words": each.words}
                for each in (sequence.anomalies if sequence else ())
            ],
        }


def check_archive(
    sessions: Sessions, dataset: str, region: str, *, role: str | None, conninfo: str | None = None
) -> ArchiveCheck:
    """Check the archive of a dataset as one Region's bucket holds it.

    Args:
        sessions: of the environment.
        dataset: a dataset of kind postgres.
        region: which Region's bucket.
        role: who reads; the caller itself when None.
        conninfo: how to ask the source how far it has written, to find what it has not archived yet.

    Raises:
        NotAPostgresDataset: the dataset has no such archive.
        ArchiveUnreadable: a timeline history is damaged.
        QueryFailed: the source cannot be asked.
        ServiceError: S3 refuses or does not answer.
    """
    archive = archive_of(sessions.environment, dataset)
    reader = ArchiveReader(sessions.client("s3", region, role=role), sessions.names.bucket_in(region), archive)
    usable, unusable = base_backups(reader)
    if not usable:
        return ArchiveCheck(region, None, tuple(unusable), None, None)
    backup = usable[-1]
    written = _written(archive, conninfo, backup.segment_bytes) if conninfo else None
    files = reader.log_files(backup.first, backup.segment_bytes)
    need = Need(backup.first, backup.consistent, backup.segment_bytes, written)
    sequence = follow(stored(files), reader.histories(files), need)
    newest = max((each.stored_at for each in files), default=None)
    return ArchiveCheck(region, backup, tuple(unusable), sequence, newest)


def _written(archive: Archive, conninfo: str, segment_bytes: int) -> Segment:
    """The segment the source writes to."""
    query = "select pg_walfile_name(pg_current_wal_lsn())"
    with connected(conninfo, timeout=archive.settings.statement_timeout, what="how far it has written") as connection:
        row = connection.execute(query).fetchone()
    segment = read_name(str(row[0]), segment_bytes) if row else None
    if not isinstance(segment, Segment):
        raise QueryFailed(what="how far it has written", problem=f"it answers {row}")
    return segment
