"""Ending source servers: of one dataset, or all there are, whoever started them and whether that one still runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdfast.clock import Clock
from holdfast.locking import file_lock
from holdfast.sandbox.postgres.source_record import read_source, record_path, records_folder
from holdfast.sandbox.postgres.supervise import end_server
from holdfast.sandbox.processes import end

_LOCK_SECONDS = 120.0


def stop_source(environment: str, dataset: str, home: Path, clock: Clock) -> bool:
    """Stop a source server and remove its files; what it archived stays.

    Returns:
        Whether one was recorded.

    Raises:
        InvalidSourceRecord: the record is damaged.
        PostgresFailed, FolderNotUsable: it cannot be done.
    """
    with sources_locked(home, clock):
        return stop_recorded(record_path(home, environment, dataset), clock)


def end_sources(home: Path, clock: Clock) -> None:
    """Stop every source server: without the sandbox they have nowhere to archive to.

    Each ends by itself when the sandbox does, unless its supervisor was killed.

    Raises:
        InvalidSourceRecord: a record is damaged.
        PostgresFailed, FolderNotUsable: it cannot be done.
    """
    if not records_folder(home).is_dir():
        return
    with sources_locked(home, clock):
        for path in sorted(records_folder(home).glob("*.json")):
            stop_recorded(path, clock)


def stop_recorded(path: Path, clock: Clock) -> bool:
    """Stop what a record tells of, without the lock."""
    record = read_source(path)
    if record is None:
        return False
    end(record.process, clock)
    end_server(record)
    path.unlink(missing_ok=True)
    return True


@contextmanager
def sources_locked(home: Path, clock: Clock) -> Iterator[None]:
    """Hold the lock of the source servers while the block runs."""
    doing = "starting or stopping a source server"
    with file_lock(records_folder(home) / "lock", clock, doing=doing, patience=_LOCK_SECONDS):
        yield
