"""A source server for a dataset in the sandbox: a real PostgreSQL that archives into the sandbox's locked bucket."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.environments.names import STREAM_WRITER
from holdfast.environments.postgres import Postgres
from holdfast.postgres.base_backup import Made, make_base_backup
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import connected, conninfo_of
from holdfast.postgres.errors import NoSource, SourceOnlyInSandbox
from holdfast.postgres.layout import Archive, archive_of
from holdfast.postgres.private_folder import folder_for, make_folder
from holdfast.postgres.server import SUPERUSER, Server
from holdfast.postgres.server_user import server_user
from holdfast.sandbox.postgres.ending import sources_locked, stop_recorded
from holdfast.sandbox.postgres.shipping import archive_command
from holdfast.sandbox.postgres.source_record import SourceRecord, read_source, record_path, write_source
from holdfast.sandbox.postgres.supervise import server_of
from holdfast.sandbox.processes import is_alive, spawn

START_SECONDS = 60.0
_DATA = Path(__file__).with_name("data.sql")


@dataclass(frozen=True)
class Source:
    """A running source server.

    Args:
        record: what is kept of it.
        server: the server.
        archive: where it archives.
    """

    record: SourceRecord
    server: Server
    archive: Archive

    @property
    def conninfo(self) -> str:
        """How to connect to its database."""
        return conninfo_of(self.server, self.record.database)

    def base_backup(self, sessions: Sessions) -> Made:
        """Make a base backup of it into the sandbox's vault bucket, as the role databases archive with."""
        region = sessions.environment.regions.primary
        return make_base_backup(
            self.archive,
            sessions,
            self.conninfo,
            barman_environment=sessions.variables(region, role=STREAM_WRITER),
            role=STREAM_WRITER,
        )


def start_source(
    sessions: Sessions, dataset: str, home: Path, clock: Clock, *, settings: Mapping[str, str] | None = None
) -> tuple[Source, bool]:
    """Start the source server of a dataset, filled with some data, or find it running.

    Args:
        sessions: of the sandbox environment.
        dataset: a dataset of kind postgres.
        home: Holdfast's folder.
        clock: time.
        settings: further settings of the server.

    Returns:
        The server, and whether it ran already.

    Raises:
        SourceOnlyInSandbox, NotAPostgresDataset: there is nothing to start.
        PostgresNotFound, ServerUserMissing, ServerNotStarted: it cannot be started here.
        ServiceError: the role databases archive with cannot be taken on; apply the environment first.
    """
    environment = sessions.environment
    if not environment.sandbox:
        raise SourceOnlyInSandbox(environment=environment.environment)
    archive = archive_of(environment, dataset)
    with sources_locked(home, clock):
        running = find_source(sessions, dataset, home)
        if running is not None:
            return running, True
        stop_recorded(record_path(home, environment.environment, dataset), clock)
        return _start_new(sessions, archive, home, clock, settings or {}), False


def find_source(sessions: Sessions, dataset: str, home: Path) -> Source | None:
    """The running source server of a dataset, if there is one."""
    archive = archive_of(sessions.environment, dataset)
    record = read_source(record_path(home, sessions.environment.environment, dataset))
    if record is None or record.run != sessions.endpoints.run or not is_alive(record.process):
        return None
    server = server_of(record)
    return Source(record, server, archive) if server.status() == "ready" else None


def require_source(sessions: Sessions, dataset: str, home: Path) -> Source:
    """The running source server of a dataset.

    Raises:
        NoSource: none runs.
    """
    source = find_source(sessions, dataset, home)
    if source is None:
        raise NoSource(dataset=dataset, environment=sessions.environment.environment)
    return source


def _start_new(sessions: Sessions, archive: Archive, home: Path, clock: Clock, settings: Mapping[str, str]) -> Source:
    sessions.caller_arn(STREAM_WRITER)  # without it nothing would be archived, and a base backup wait for that for ever
    user, owner = server_user(), f"source-{secrets.token_hex(6)}"
    folder = folder_for(owner, user)
    server = Server(folder, find_binaries(), user, archive.settings.superuser or SUPERUSER)
    record = _record(owner, folder, sessions, archive)
    path = write_source(home, record)
    try:
        make_folder(folder, owner, user)
        (folder / "spool").mkdir(mode=0o700)
        user.own(folder / "spool")
        server.initialize()
        server.configure({**_settings(archive.settings, folder / "spool"), **settings})
        server.start(clock, seconds=START_SECONDS)
        _fill(server, archive.settings)
        process = spawn(
            [sys.executable, "-m", "holdfast.sandbox.postgres.supervise", str(path), str(home)],
            environment=os.environ,
            folder=path.parent,
            log=path.with_suffix(".log"),
            record=lambda process: write_source(home, record.supervised_by(process)),
        )
    except BaseException:
        stop_recorded(path, clock)
        raise
    return Source(record.supervised_by(process), server, archive)


def _record(owner: str, folder: Path, sessions: Sessions, archive: Archive) -> SourceRecord:
    settings = archive.settings
    return SourceRecord(
        owner=owner,
        folder=str(folder),
        environment=sessions.environment.environment,
        dataset=archive.dataset,
        run=sessions.endpoints.run,
        destination=archive.url(sessions.names.vault_bucket),
        server=settings.server,
        database=settings.database,
        heartbeat=(settings.heartbeat.table, settings.heartbeat.column),
        superuser=settings.superuser,
        archiver=sessions.names.role_arn(STREAM_WRITER),
    )


def _settings(settings: Postgres, spool: Path) -> dict[str, str]:
    return {
        "archive_mode": "on",
        "archive_command": archive_command(spool),
        "archive_timeout": f"{int(settings.archive_timeout.total_seconds())}s",
        "log_min_messages": "warning",
        "max_wal_size": "256MB",
    }


def _fill(server: Server, settings: Postgres) -> None:
    from psycopg import sql

    minute = timedelta(minutes=1)
    if settings.database != SUPERUSER:
        server.run("createdb", "-h", str(server.socket), "-U", server.superuser, settings.database)
    table, column = sql.Identifier(*settings.heartbeat.table.split(".")), sql.Identifier(settings.heartbeat.column)
    with connected(conninfo_of(server, settings.database), timeout=minute, read_only=False, what="data") as connection:
        schema = sql.Identifier(settings.heartbeat.table.partition(".")[0])
        connection.execute(sql.SQL("create schema if not exists {}").format(schema))
        connection.execute(sql.SQL("create table {} ({} timestamptz not null)").format(table, column))
        connection.execute(sql.SQL("insert into {} values (clock_timestamp())").format(table))
        connection.execute(_DATA.read_bytes())
        connection.commit()
