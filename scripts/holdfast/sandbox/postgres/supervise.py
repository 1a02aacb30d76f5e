"""The process beside a source server in the sandbox: hands its log to Barman, writes its heartbeat, ends it in time.

    python -m holdfast.sandbox.postgres.supervise RECORD HOME

It ends, and the server and its files with it, on SIGTERM, or when the sandbox it archives into is stopped.
"""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType

from holdfast.aws.endpoints import Endpoints, read_endpoints
from holdfast.errors import HoldfastError
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import connected, conninfo_of
from holdfast.postgres.private_folder import belongs_to, remove_folder
from holdfast.postgres.server import Server
from holdfast.postgres.server_user import server_user
from holdfast.sandbox.postgres.archiver import archiver_of
from holdfast.sandbox.postgres.resident import ResidentBarman
from holdfast.sandbox.postgres.shipping import Shipping
from holdfast.sandbox.postgres.source_record import SourceRecord, read_source

_TICK = 0.1
_BEAT = 1.0


def server_of(record: SourceRecord) -> Server:
    """The server a record tells of."""
    return Server(Path(record.folder), find_binaries(), server_user(), record.superuser)


def end_server(record: SourceRecord) -> None:
    """Stop a source server and remove its files. Nothing happens when they are gone.

    Raises:
        PostgresFailed, FolderNotUsable: it cannot be done.
    """
    folder = Path(record.folder)
    if belongs_to(folder, record.owner):
        server_of(record).stop(at_once=True)
        remove_folder(folder)


@dataclass(frozen=True)
class Supervisor:
    """One source server, watched over.

    Args:
        record: the server.
        home: Holdfast's folder, which says whether the sandbox still runs.
        stopped: set when it is time to end.
    """

    record: SourceRecord
    home: Path
    stopped: threading.Event

    def run(self, endpoints: Endpoints) -> None:
        """Work until told to end; then end the server."""
        threading.Thread(target=self._beat, daemon=True).start()
        record = self.record
        archiver = archiver_of(record, endpoints, "us-east-1")
        with ResidentBarman(archiver.environment) as barman:
            spool = Path(record.folder) / "spool"
            shipping = Shipping(spool, record.destination, record.server, archiver.options, barman)
            while not self.stopped.wait(_TICK) and self._sandbox_runs() and Path(record.folder).is_dir():
                shipping.ship()
        self.stopped.set()
        end_server(record)

    def _sandbox_runs(self) -> bool:
        try:
            endpoints = read_endpoints(self.home)
        except HoldfastError:
            return False
        return endpoints is not None and endpoints.run == self.record.run

    def _beat(self) -> None:
        """Write the time into the heartbeat table every second; a server that does not answer is asked again."""
        from psycopg import sql

        table, column = self.record.heartbeat
        statement = sql.SQL("insert into {} ({}) values (clock_timestamp())").format(
            sql.Identifier(*table.split(".")), sql.Identifier(column)
        )
        conninfo = conninfo_of(server_of(self.record), self.record.database)
        while not self.stopped.wait(_BEAT):
            try:
                with connected(conninfo, timeout=timedelta(seconds=5), read_only=False, what="heartbeat") as connection:
                    while not self.stopped.wait(_BEAT):
                        connection.execute(statement)
                        connection.commit()
            except HoldfastError as error:
                print(error.message, file=sys.stderr, flush=True)  # noqa: T201  # its log


def main(arguments: list[str]) -> int:
    """Supervise the server of one record."""
    record_file, home = Path(arguments[0]), Path(arguments[1])
    record, endpoints = read_source(record_file), read_endpoints(home)
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    if record is None or endpoints is None:
        return 1
    Supervisor(record, home, stopped).run(endpoints)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
