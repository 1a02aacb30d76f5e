"""Making a base backup: the rows are counted, then Barman copies the data folder into the locked bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.postgres.archive import ArchiveReader
from holdfast.postgres.barman import barman
from holdfast.postgres.base_backups import BaseBackup, base_backups
from holdfast.postgres.connection import connected
from holdfast.postgres.errors import BarmanFailed
from holdfast.postgres.layout import Archive
from holdfast.postgres.row_counts import RowCounts, count_rows


@dataclass(frozen=True)
class Made:
    """A base backup that was made, and what the tables held before it."""

    backup: BaseBackup
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
) -> Made:
    """Make a base backup of a running server and keep the row counts beside it.

    Args:
        archive: which dataset's archive.
        sessions: writes the counts and finds the new backup.
        conninfo: libpq's connection string to the database that is counted.
        superuser_conninfo: the one Barman connects with, when it is another one.
        barman_environment: the AWS settings Barman uses.
        role: role of the environment that reads and writes the archive; the caller itself when left out.
        jobs: uploads at a time.

    Raises:
        QueryFailed: the server cannot be asked.
        BarmanNotFound, BarmanFailed: the backup was not made.
        ServiceError: S3 refuses or does not answer.
    """
    region = sessions.environment.regions.primary
    bucket = sessions.names.vault_bucket
    s3 = sessions.client("s3", region, role=role)
    reader = ArchiveReader(s3, bucket, archive)
    before = {each.id for each in base_backups(reader)[0]}
    with connected(conninfo, timeout=archive.settings.statement_timeout, what="the row counts") as connection:
        counts = count_rows(connection)
    style = ("--addressing-style", "path") if sessions.endpoints.default else ()
    barman(
        "barman-cloud-backup",
        *style,
        "--jobs",
        str(jobs),
        "--immediate-checkpoint",
        "--dbname",
        superuser_conninfo or conninfo,
        archive.url(bucket),
        archive.settings.server,
        environment=barman_environment,
    )
    made = [each for each in base_backups(reader)[0] if each.id not in before]
    if not made:
        raise BarmanFailed(program="barman-cloud-backup", problem="it reported success, and no new backup is there")
    with translated("keep the row counts"):
        s3.put_object(Bucket=bucket, Key=archive.counts(made[-1].id), Body=counts.document())
    return Made(made[-1], counts)
