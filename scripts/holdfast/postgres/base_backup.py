"""Making a base backup: the rows are counted, then Barman copies the data folder into the locked bucket.

Nothing is read back: names and sizes are listed, so the role databases archive with, which reads no object, can do all
of it. Barman ends a base backup only once the server has archived its log up to there, and waits for that without
end; so it is not begun while the server says that archiving fails, and given up after a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.postgres.archive import ArchiveReader, Kept
from holdfast.postgres.barman import barman
from holdfast.postgres.base_backups import INFO
from holdfast.postgres.connection import connected
from holdfast.postgres.errors import ArchivingFails, BarmanFailed
from holdfast.postgres.layout import Archive
from holdfast.postgres.row_counts import RowCounts, count_rows

PATIENCE = timedelta(minutes=15)
"""How long the server may take for one step of a base backup, such as archiving the end of its log."""
_FAILING = """
    select last_failed_wal, last_failed_time from pg_stat_archiver
    where last_failed_time > coalesce(last_archived_time, '-infinity')
"""


@dataclass(frozen=True)
class NewBackup:
    """A base backup that was just made.

    Args:
        id: Barman's name for it, the time it began.
        ended_at: server time at which S3 had the last of it.
        bytes: size of its archives.
    """

    id: str
    ended_at: datetime
    bytes: int


@dataclass(frozen=True)
class Made:
    """A base backup that was made, and what the tables held before it."""

    backup: NewBackup
    counts: RowCounts


def make_base_backup(
    archive: Archive,
    sessions: Sessions,
    conninfo: str,
    *,
    superuser_conninfo: str | None = None,
    barman_environment: Mapping[str, str],
    role: str | None = None,
    jobs: int = 2,
    patience: timedelta = PATIENCE,
) -> Made:
    """Make a base backup of a running server and keep the row counts beside it.

    Args:
        archive: which dataset's archive.
        sessions: writes the counts and lists the new backup.
        conninfo: libpq's connection string to the database that is counted.
        superuser_conninfo: the one Barman connects with, when it is another one.
        barman_environment: the AWS settings Barman uses.
        role: role of the environment that lists and writes the archive; the caller itself when left out.
        jobs: uploads at a time.
        patience: how long the server may take for one step of it.

    Raises:
        QueryFailed: the server cannot be asked.
        ArchivingFails: the server does not get rid of its log, so the backup would never end.
        BarmanNotFound, BarmanFailed: the backup was not made.
        ServiceError: S3 refuses or does not answer.
    """
    region = sessions.environment.regions.primary
    bucket = sessions.names.vault_bucket
    s3 = sessions.client("s3", region, role=role)
    reader = ArchiveReader(s3, bucket, archive)
    before = set(_finished(reader))
    asked = superuser_conninfo or conninfo
    _require_archiving(asked)
    with connected(conninfo, timeout=archive.settings.statement_timeout, what="the row counts") as connection:
        counts = count_rows(connection)
    style = ("--addressing-style", "path") if sessions.endpoints.default else ()
    try:
        barman(
            "barman-cloud-backup",
            *style,
            "--jobs",
            str(jobs),
            "--immediate-checkpoint",
            "--dbname",
            _within(patience, asked),
            archive.url(bucket),
            archive.settings.server,
            environment=barman_environment,
        )
    except BarmanFailed:
        _require_archiving(asked)  # the more likely cause, and in the server's own words
        raise
    made = [backup for name, backup in _finished(reader).items() if name not in before]
    if not made:
        raise BarmanFailed(program="barman-cloud-backup", problem="it reported success, and no new backup is there")
    with translated("keep the row counts"):
        s3.put_object(Bucket=bucket, Key=archive.counts(made[-1].id), Body=counts.document())
    return Made(made[-1], counts)


def _require_archiving(conninfo: str) -> None:
    with connected(conninfo, timeout=timedelta(minutes=1), what="whether it archives") as connection:
        failing = connection.execute(_FAILING).fetchone()
    if failing:
        raise ArchivingFails(segment=failing[0], since=failing[1])


def _finished(reader: ArchiveReader) -> dict[str, NewBackup]:
    """The base backups that are there with all they need, by name, oldest first; told by names and sizes alone."""
    by_name: dict[str, list[Kept]] = {}
    for kept in reader.under(reader.archive.base):
        by_name.setdefault(kept.key.removeprefix(reader.archive.base).partition("/")[0], []).append(kept)
    return {
        name: NewBackup(name, info.stored_at, sum(each.size for each in files if each is not info))
        for name, files in sorted(by_name.items())
        for info in files
        if info.name == INFO and len(files) > 1
    }


def _within(patience: timedelta, conninfo: str) -> str:
    """The connection string, for sessions that give up a statement after a while."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    limit = f"-c statement_timeout={int(patience.total_seconds() * 1000)}"
    return make_conninfo(conninfo, options=f"{conninfo_to_dict(conninfo).get('options', '')} {limit}".strip())
