"""One database server of an instance: TLS and passwords for everybody else, a socket for the service."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdfast.postgres.connection import connected
from holdfast.postgres.errors import QueryFailed, ServerNotStarted
from holdfast.postgres.server import Server
from holdfast.sandbox.ports import LOOPBACK, free_port
from holdfast.sandbox.rds_service.engine.ground import ADMIN, Ground

if TYPE_CHECKING:
    import psycopg

START_SECONDS = 120.0
_ATTEMPTS = 5
_MINUTE = timedelta(minutes=1)
_HBA = f"""local all {ADMIN} peer map=holdfast
local replication {ADMIN} peer map=holdfast
hostssl all {ADMIN} all reject
hostssl all all {LOOPBACK}/32 scram-sha-256
"""
_SETTINGS = {
    "archive_mode": "on",
    "autovacuum": "off",
    "bgwriter_delay": "10s",
    "fsync": "off",
    "hot_standby": "off",
    "jit": "off",
    "log_min_error_statement": "panic",
    "log_min_messages": "warning",
    "max_connections": "30",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "4",
    "max_wal_size": "64MB",
    "min_wal_size": "4MB",
    "password_encryption": "scram-sha-256",
    "recovery_target_timeline": "latest",
    "shared_buffers": "16MB",
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2",
    "track_commit_timestamp": "on",
    "wal_level": "replica",
    "wal_writer_delay": "1s",
}


@dataclass
class Cluster:
    """A server and where it is reached.

    Args:
        ground: where it lives.
        server: the server.
        port: where it listens on loopback; 0 before it was started.
        log: the folder finished segments of its log go to.
    """

    ground: Ground
    server: Server
    log: Path
    port: int = 0

    @classmethod
    def at(cls, ground: Ground) -> Cluster:
        """A new place for a server, with nothing in it."""
        folder = ground.place("s")
        log = folder / "wal"
        log.mkdir(mode=0o700)
        ground.user.own(log)
        return cls(ground, ground.server(folder), log)

    def initialize(self) -> None:
        """Make an empty cluster: small segments, for they are shipped often."""
        self.server.run(
            "initdb",
            *("-D", str(self.server.data), "--data-checksums", "--encoding=UTF8", "--locale=C", "--no-sync"),
            *("--wal-segsize=1", f"--username={ADMIN}", "--auth=reject"),
        )

    def start(self, more: Mapping[str, str] | None = None) -> None:
        """Start it on a free port and return once it takes connections: after recovery, if there is one.

        Args:
            more: further settings.

        Raises:
            ServerNotStarted: it does not come up.
        """
        for attempt in range(_ATTEMPTS):
            self.port = free_port()
            self._configure(more or {})
            try:
                self.server.start(self.ground.clock, seconds=START_SECONDS)
            except ServerNotStarted as error:
                if "could not bind" not in str(error) or attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def stop(self) -> None:
        """End it at once."""
        self.server.stop(at_once=True)

    def remove(self) -> None:
        """End it and remove its files."""
        self.stop()
        self.ground.remove(self.server.folder)

    @contextmanager
    def asked(self, database: str, *, read_only: bool = False) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection as the superuser, committed at its end; a server that is slow to let one in is asked again."""
        with ExitStack() as stack:
            connection = self._enter(stack, database, read_only=read_only)
            yield connection
            if not read_only:
                connection.commit()

    def _enter(self, stack: ExitStack, database: str, *, read_only: bool) -> psycopg.Connection[tuple[Any, ...]]:
        from psycopg.conninfo import make_conninfo

        conninfo = make_conninfo(host=str(self.server.socket), port=self.port, user=ADMIN, dbname=database)
        for _ in range(_ATTEMPTS - 1):
            try:
                return stack.enter_context(connected(conninfo, timeout=_MINUTE, read_only=read_only, what=database))
            except QueryFailed:
                if self.server.status() != "ready":
                    raise
        return stack.enter_context(connected(conninfo, timeout=_MINUTE, read_only=read_only, what=database))

    def _configure(self, more: Mapping[str, str]) -> None:
        user, folder = self.ground.user, self.server.folder
        for source, name in ((self.ground.certificate, "server.crt"), (self.ground.key, "server.key")):
            shutil.copyfile(source, folder / name)
            (folder / name).chmod(0o600)
            user.own(folder / name)
        command = f"cp %p {self.log}/.%f && mv {self.log}/.%f {self.log}/%f"
        files = {"ssl_cert_file": str(folder / "server.crt"), "ssl_key_file": str(folder / "server.key")}
        self.server.configure({**_SETTINGS, **files, "archive_command": command, **more})
        with (folder / "server.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"listen_addresses = '{LOOPBACK}'\nport = {self.port}\n")  # the last one counts
        (folder / "hba.conf").write_text(_HBA, encoding="utf-8")
