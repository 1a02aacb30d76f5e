"""Asking the scratch server whether it is what was backed up, in one read-only transaction with a limit on time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from holdfast.drills.checks import Check, CheckKind, compare, failed, passed
from holdfast.drills.context import Drill
from holdfast.drills.errors import TargetGone
from holdfast.drills.interface import Restored, Selection, Verified
from holdfast.drills.postgres.application import application_checks
from holdfast.drills.postgres.choosing import reader_for, region_of, target_time
from holdfast.drills.postgres.counted import counted_checks
from holdfast.drills.postgres.heartbeat import newest_beat
from holdfast.drills.postgres.locks import archive_locks
from holdfast.drills.postgres.restoring import MOST_SECONDS, REPLAYED
from holdfast.drills.postgres.scratch import scratch_server
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import connected, conninfo_of
from holdfast.postgres.errors import QueryFailed
from holdfast.postgres.log_end import early_end
from holdfast.postgres.server import Server
from holdfast.postgres.timelines import Branch, read_history
from holdfast.postgres.wal_names import Segment, write_lsn

if TYPE_CHECKING:
    import psycopg


def verify(drill: Drill, selection: Selection, restored: Restored) -> Verified:
    """Check the log, the replay, the tables, the heartbeat, and what the application asks of its data.

    Raises:
        TargetGone: the server that was restored is not there any more.
        QueryFailed: it cannot be asked.
    """
    told, reader = replay_of(drill), reader_for(drill)
    settings = reader.archive.settings
    server = running_server(drill, told, settings.superuser)
    from_log = _log_checks(told, restored)
    conninfo = conninfo_of(server, settings.database)
    with connected(conninfo, timeout=settings.statement_timeout, what="whether it is the right one") as connection:
        replay = _replay_checks(connection, server, told, latest=target_time(drill) is None)
        counted = counted_checks(connection, reader, selection)
    with connected(conninfo, timeout=settings.statement_timeout, what="the heartbeat") as connection:
        newest = newest_beat(connection, settings.heartbeat.table, settings.heartbeat.column)
    first, backup = Segment(told["first"], told["first_timeline"]), selection.point.id if selection.point else ""
    locks = archive_locks(drill, reader, region_of(drill), backup, first, told["segment_bytes"])
    checks = (
        *from_log,
        *replay,
        *counted,
        newest if isinstance(newest, Check) else passed("heartbeat", CheckKind.INTEGRITY, expected="a committed row"),
        *application_checks(conninfo, settings),
        *locks,
    )
    return Verified(checks=checks, newest_committed=newest if isinstance(newest, datetime) else None)


def replay_of(drill: Drill) -> dict[str, Any]:
    """What the restore journalled of its replay.

    Raises:
        TargetGone: nothing.
    """
    done = [step.outcome for step in drill.steps(REPLAYED) if step.outcome]
    if not done:
        raise TargetGone(path=drill.target)
    return done[-1]


def running_server(drill: Drill, told: dict[str, Any], superuser: str) -> Server:
    """The scratch server, started again where it was restored by a process that was killed since.

    Raises:
        TargetGone: its folder is not there any more.
    """
    server = scratch_server(drill, find_binaries(told["major"]), superuser)
    if not (server.data / "PG_VERSION").is_file():
        raise TargetGone(path=server.folder)
    if server.status() != "ready":
        server.stop(at_once=True)
        server.start(drill.clock, seconds=MOST_SECONDS)
    return server


def _log_checks(told: dict[str, Any], restored: Restored) -> tuple[Check, ...]:
    broken, damaged = told["broken"], told["damaged"]
    return (
        compare("log-sequence", CheckKind.INTEGRITY, expected=0, observed=len(broken), because="; ".join(broken)),
        compare(
            "log-segments", CheckKind.INTEGRITY, expected=0, observed=restored.failures, because="; ".join(damaged)
        ),
    )


def _replay_checks(
    connection: psycopg.Connection[tuple[Any, ...]], server: Server, told: dict[str, Any], *, latest: bool
) -> tuple[Check, ...]:
    system = str(_scalar(connection, "select system_identifier from pg_control_system()"))
    file = str(_scalar(connection, "select pg_walfile_name(pg_current_wal_lsn())"))
    history = read_history(str(_scalar(connection, "select pg_read_file(%s)", f"pg_wal/{file[:8]}.history")))
    ended = history[-1] if history else Branch(0, 0)
    timeline = compare("timeline", CheckKind.SCOPE, expected=told["timeline"], observed=ended.timeline)
    return (
        compare("cluster", CheckKind.SCOPE, expected=told["system"], observed=system),
        timeline,
        _end_check(server, told, ended) if latest else passed("replayed-to-the-time", CheckKind.INTEGRITY),
    )


def _end_check(server: Server, told: dict[str, Any], ended: Branch) -> Check:
    size, last = told["segment_bytes"], Segment(told["last"], told["last_timeline"])
    path = server.folder / "log" / last.name(size)
    problem = early_end(ended.lsn, last, path.read_bytes() if path.is_file() else b"", size)
    observed = write_lsn(ended.lsn)
    name = "replayed-to-the-end"
    if problem:
        return failed(name, CheckKind.INTEGRITY, problem, expected=last.name(size), observed=observed)
    return passed(name, CheckKind.INTEGRITY, expected=last.name(size), observed=observed)


def _scalar(connection: psycopg.Connection[tuple[Any, ...]], query: str, *parameters: object) -> object:
    row = connection.execute(query.encode(), parameters or None).fetchone()
    if row is None:
        raise QueryFailed(what="one value", problem="it answers with no row")
    return row[0]
