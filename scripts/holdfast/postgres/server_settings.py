"""What to write into a source server's configuration, with the environment's own names."""

from __future__ import annotations

from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.postgres.layout import Archive

_TEXT = """# postgresql.conf of the source server of dataset {dataset}, environment {environment}
wal_level = replica
archive_mode = on
archive_timeout = {timeout}s
archive_command = 'AWS_REGION={region} barman-cloud-wal-archive {url} {server} %p'

# crontab of the user postgres: a base backup a day, with its row counts (holdfast), in the quiet hours
# 0 2 * * * AWS_REGION={region} holdfast postgres base-backup {environment} {dataset} --dsn 'service={server}'

# once, as the superuser {superuser}, in database {database}: the heartbeat that tells how much a disaster would lose
# create table {table} ({column} timestamptz not null default clock_timestamp());
# and every few seconds (pg_cron, the application, or a timer):
# insert into {table} default values; delete from {table} where {column} < now() - interval '1 day';
"""


def server_settings(environment: Environment, archive: Archive) -> str:
    """The lines of `postgresql.conf`, of the crontab and of SQL that make a server archive as the environment declares.

    Encryption and lock are left to the bucket's defaults, which below `streams/` are what the environment declares.
    """
    settings = archive.settings
    return _TEXT.format(
        dataset=archive.dataset,
        environment=environment.environment,
        timeout=int(settings.archive_timeout.total_seconds()),
        region=environment.regions.primary,
        url=archive.url(Names(environment).vault_bucket),
        server=settings.server,
        superuser=settings.superuser,
        database=settings.database,
        table=settings.heartbeat.table,
        column=settings.heartbeat.column,
    )
