"""What a point in time is restored from: a base backup, and the log since, as far as it was shipped."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from holdfast.postgres.errors import ServerNotStarted
from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.copies import cluster_from, copied, copy_of
from holdfast.sandbox.rds_service.engine.ground import ADMIN, Ground

_ARCHIVED_SECONDS = 30.0
_POLL_SECONDS = 0.02
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_BEAT = """
create table if not exists rds_heartbeat2 (id int primary key, value timestamptz);
insert into rds_heartbeat2 values (1, clock_timestamp()) on conflict (id) do update set value = clock_timestamp();
"""


@dataclass
class History:
    """The automated backups of one instance, in one Region.

    Args:
        ground: where it lives.
        base: the base backup.
        log: the folder of the segments since.
        earliest: the first moment that can be gone back to.
        latest: the last one: everything committed before it has been shipped.
    """

    ground: Ground
    base: Path
    log: Path
    earliest: datetime
    latest: datetime
    _seen: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(cls, cluster: Cluster) -> History:
        """A base backup of a running server; its log goes on from there."""
        base = copy_of(cluster)
        with cluster.asked("postgres", read_only=True) as connection:
            ended = _moment(connection.execute("select clock_timestamp()").fetchone())
        history = cls(cluster.ground, base, cluster.log, ended, ended)
        history.ship(cluster)
        return history

    def ship(self, cluster: Cluster) -> None:
        """Ship what was committed until now; nothing is written when nothing was committed since.

        Raises:
            QueryFailed: the server does not answer.
        """
        with self._lock:
            with cluster.asked(ADMIN, read_only=True) as connection:
                row = connection.execute("select clock_timestamp(), (pg_last_committed_xact()).xid::text").fetchone()
            now, newest = _moment(row), row[1] if row else None
            if newest != self._seen or newest is None:
                self._seen = self._switch(cluster)
            self.latest = now

    def copy_to(self, other: History) -> None:
        """Bring another Region's copy of this history up to date."""
        for path in sorted(self.log.iterdir()):
            target = other.log / path.name
            if not path.name.startswith(".") and not target.exists():
                shutil.copyfile(path, target.with_name(f".{path.name}"))
                target.with_name(f".{path.name}").rename(target)
                self.ground.user.own(target)
        other.earliest, other.latest = self.earliest, self.latest

    def replicated(self) -> History:
        """A copy of it, as another Region keeps it."""
        base = copied(self.ground, self.base)
        log = base / "wal"
        log.mkdir(mode=0o700)
        self.ground.user.own(log)
        other = History(self.ground, base, log, self.earliest, self.latest)
        self.copy_to(other)
        return other

    def kept(self) -> History:
        """A copy of it that outlives its instance."""
        return self.replicated()

    def restore(self, moment: datetime) -> Cluster:
        """A running server as it was at a moment.

        Raises:
            ServerNotStarted, PostgresFailed: it cannot be recovered.
        """
        try:
            return self._recover({"recovery_target_time": moment.isoformat(), "recovery_target_action": "promote"})
        except ServerNotStarted as error:
            if _NOT_REACHED not in str(error):
                raise
        return self._recover({})  # nothing was committed since: the end of the log is that moment

    def remove(self) -> None:
        """Remove its files; the log beside a server goes with the server."""
        self.ground.remove(self.base)

    def _recover(self, target: dict[str, str]) -> Cluster:
        cluster = cluster_from(self.ground, self.base)
        signal = cluster.server.data / "recovery.signal"
        signal.touch()
        self.ground.user.own(signal)
        try:
            cluster.start({"restore_command": f'cp {self.log}/%f "%p"', **target})
        except BaseException:
            cluster.remove()
            raise
        return cluster

    def _switch(self, cluster: Cluster) -> str | None:
        """Commit something, so that recovery has a moment to stop after; have the segment archived."""
        with cluster.asked(ADMIN) as connection:
            connection.execute(_BEAT)
        with cluster.asked(ADMIN) as connection:
            row = connection.execute("select (pg_last_committed_xact()).xid::text").fetchone()
            name = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        clock = self.ground.clock
        deadline = clock.monotonic() + _ARCHIVED_SECONDS
        while name and not (cluster.log / str(name[0])).exists() and clock.monotonic() < deadline:
            clock.sleep(_POLL_SECONDS)
        return str(row[0]) if row else None


def _moment(row: tuple[object, ...] | None) -> datetime:
    if row is None or not isinstance(row[0], datetime):
        raise TypeError("the server does not say its time")
    return row[0].astimezone(UTC)
