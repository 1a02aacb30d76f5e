"""Restoring: Barman writes the base backup, the log is fetched beside it, and a scratch server replays it."""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.aws.second_pass import Patience, run_all
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.drills.context import Drill
from holdfast.drills.errors import BudgetExceeded
from holdfast.drills.interface import Restored, Selection
from holdfast.drills.postgres.choosing import Log, backup_of, log_of, reader_for, region_of, target_time
from holdfast.drills.postgres.scratch import make_scratch_server
from holdfast.postgres.archive import ArchiveReader, Kept
from holdfast.postgres.barman import barman
from holdfast.postgres.base_backups import BaseBackup
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.errors import ArchiveUnreadable, FolderNotUsable
from holdfast.postgres.server import Server
from holdfast.postgres.wal_names import HistoryFile, Segment, bare_name, read_name
from holdfast.postgres.wal_segment import HEADER_BYTES, problem_with

REPLAYED = "replay"
"""The journal's step that keeps what was replayed, for the checks."""
MOST_SECONDS = 6 * 3600.0
_NAMED = 20
_WORKERS = 4
_PREPARED = re.compile(r"max_prepared_xacts setting:\s*([0-9]+)")


def restore(drill: Drill, selection: Selection) -> Restored:
    """Restore into a scratch server and have it replay the log; it runs when this returns.

    Raises:
        BarmanFailed, ArchiveUnreadable, ServerNotStarted: the backup cannot be restored.
        NotInstalled, StorageError, ServiceError: this machine or the service did not let it.
    """
    reader, point = reader_for(drill), selection.point
    backup = backup_of(reader, point) if point else None
    if backup is None:
        raise ArchiveUnreadable(what="the base backup", problem="it is no longer the one that was selected")
    log = log_of(drill, reader, backup)
    server = make_scratch_server(drill, find_binaries(backup.major), reader.archive.settings.superuser)
    _check_room(server.folder, selection.restore_bytes)
    with drill.step(REPLAYED, backup=backup.id) as step:
        drill.say("restore the base backup")
        _base_backup(drill, reader, backup, server)
        drill.say(f"fetch {len(log.sequence.segments)} segments of the log")
        problems = _fetch_log(drill, reader, backup, log, server)
        drill.say("replay the log")
        _configure(server, log, target_time(drill))
        server.start(drill.clock, seconds=MOST_SECONDS)
        step.done(**_told(backup, log, problems))
    odd = [each.words for each in log.sequence.odd] + [
        f"{each.name}: hidden behind a delete marker" for each in log.files if each.hidden
    ]
    return Restored(
        files=selection.point.files if selection.point else 0,
        bytes=selection.restore_bytes,
        failures=len(problems),
        failed=tuple(problems[:_NAMED]),
        warned=len(odd),
        warnings=tuple(odd[:_NAMED]),
        location=f"PostgreSQL {backup.major} in {server.folder}",
        isolation=(
            "a server of this drill's own, new, in a private folder, stopped and removed after it",
            "it listens on a socket in that folder and on no network address, for the drill's role alone",
            "it archives nothing, replicates nothing, loads none of the source's libraries and settings",
        ),
    )


def _base_backup(drill: Drill, reader: ArchiveReader, backup: BaseBackup, server: Server) -> None:
    """Barman writes to the places a backup names, so every tablespace gets one in the server's folder."""
    region = region_of(drill)
    style = ("--addressing-style", "path") if drill.sessions.endpoints.default else ()
    places = [f"{name}:{server.folder / 'tablespaces' / name}" for name in backup.tablespaces]
    _make(server.data)
    for name in backup.tablespaces:
        _make(server.folder / "tablespaces" / name)
    barman(
        "barman-cloud-restore",
        *style,
        *(word for place in places for word in ("--tablespace", place)),
        reader.archive.url(reader.bucket),
        reader.archive.settings.server,
        backup.id,
        str(server.data),
        environment=drill.sessions.variables(region, role=ROLE),
    )


def _fetch_log(drill: Drill, reader: ArchiveReader, backup: BaseBackup, log: Log, server: Server) -> list[str]:
    """Fetch what replay needs, in parallel; what a segment is has to agree with its name.

    A segment that does not is left out: PostgreSQL would end at it without a word, and so it ends before it.
    """
    folder = server.folder / "log"
    _make(folder)
    wanted = set(log.sequence.segments)
    problems: list[str] = []
    lock = threading.Lock()

    def fetch(kept: Kept) -> None:
        problem = _problem(reader, kept, folder, backup)
        if problem:
            with lock:
                problems.append(problem)

    jobs = [each for each in log.files if _is_needed(each.name, backup.segment_bytes, wanted)]
    patience = Patience(drill.clock, random.Random())  # noqa: S311  # spreads waits, no secret
    with translated("fetch the log"):
        run_all(jobs, fetch, doing="fetch the log", name=lambda kept: kept.key, patience=patience, workers=_WORKERS)
    return sorted(problems)


def _problem(reader: ArchiveReader, kept: Kept, folder: Path, backup: BaseBackup) -> str | None:
    try:
        path = reader.fetch(kept, folder)
    except ArchiveUnreadable as error:
        return error.message
    segment = read_name(kept.name, backup.segment_bytes)
    if not isinstance(segment, Segment):
        return None
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    size = path.stat().st_size
    problem = problem_with(head, size, segment, segment_bytes=backup.segment_bytes, system=backup.system)
    if problem:
        path.unlink()
    return f"{bare_name(kept.name)}: {problem}" if problem else None


def _is_needed(name: str, segment_bytes: int, wanted: set[Segment]) -> bool:
    what = read_name(name, segment_bytes)
    return isinstance(what, HistoryFile) or (isinstance(what, Segment) and what in wanted)


def _configure(server: Server, log: Log, target: datetime | None) -> None:
    """Make the restored folder a server of ours: none of the source's settings, nothing leaves it."""
    try:
        (server.data / "standby.signal").unlink(missing_ok=True)
        (server.data / "postgresql.auto.conf").write_text("", encoding="utf-8")
        (server.data / "recovery.signal").touch()
    except OSError as error:
        raise FolderNotUsable(path=server.data, problem=error.strerror) from error
    server.data.chmod(0o700)
    server.user.own_tree(server.folder)
    prepared = _PREPARED.search(server.run("pg_controldata", "-D", str(server.data)))
    folder = shlex.quote(str(server.folder / "log")).replace("%", "%%")
    point = {"recovery_target_time": target.isoformat(), "recovery_target_action": "promote"} if target else {}
    server.configure(
        {
            "restore_command": f'cp {folder}/%f "%p"',
            "recovery_target_timeline": str(log.sequence.lineage.timeline),
            **point,
            "hot_standby": "off",
            "archive_mode": "off",
            "shared_preload_libraries": "",
            "max_prepared_transactions": prepared[1] if prepared else "0",
            "max_logical_replication_workers": "0",
            "max_wal_senders": "0",
            "synchronous_standby_names": "",
            "autovacuum": "off",
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
        }
    )


def _told(backup: BaseBackup, log: Log, problems: Sequence[str]) -> dict[str, Any]:
    """What verification has to know of the replay: names and numbers, no data."""
    sequence = log.sequence
    last = sequence.segments[-1] if sequence.segments else backup.consistent
    return {
        "broken": [f"{each.trouble.value}: {each.words}" for each in sequence.broken],
        "damaged": list(problems[:_NAMED]),
        "segments": len(sequence.segments),
        "first": backup.first.number,
        "first_timeline": backup.first.timeline,
        "last": last.number,
        "last_timeline": last.timeline,
        "timeline": sequence.lineage.timeline,
        "system": str(backup.system),
        "segment_bytes": backup.segment_bytes,
        "checksums": backup.checksums,
        "major": backup.major,
    }


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FolderNotUsable(path=folder, problem=error.strerror) from error


def _check_room(folder: Path, needed: int) -> None:
    try:
        free = shutil.disk_usage(os.path.realpath(folder)).free
    except OSError as error:
        raise FolderNotUsable(path=folder, problem=error.strerror) from error
    if needed > free:
        raise BudgetExceeded(needed=needed, what=f"free space of {folder.parent}", limit=free)
