"""One drill at a time on one target, and no sweep under a living drill.

The system lets go of a lock when its process ends, however it ends: there are no stale locks to judge.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdfast.drills.errors import DrillRunning, ScratchNotUsable
from holdfast.drills.folders import Folders


@contextmanager
def claimed(folders: Folders, target: str) -> Iterator[None]:
    """Hold a drill and its target for this process.

    Raises:
        DrillRunning: when a living process holds either.
        ScratchNotUsable: when the lock files cannot be made.
    """
    with _held(target_lock(folders, target), folders.drill_id, target), _held(_own_lock(folders), None, target):
        yield


@contextmanager
def held(folders: Folders) -> Iterator[None]:
    """Hold a drill, not its target: for sweeping what a dead one left.

    Raises:
        DrillRunning: when it is not dead.
    """
    with _held(_own_lock(folders), None, folders.drill_id):
        yield


def is_live(folders: Folders) -> bool:
    """Whether a process works on the drill right now."""
    try:
        descriptor = os.open(_own_lock(folders), os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try(descriptor)
    finally:
        os.close(descriptor)


def target_lock(folders: Folders, target: str) -> Path:
    """The lock of a target; it holds the id of the drill that took it last."""
    return folders.drill.parent / "targets" / f"{target}.lock"


def _own_lock(folders: Folders) -> Path:
    return folders.drill / "lock"


@contextmanager
def _held(path: Path, note: str | None, target: str) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ScratchNotUsable(path=path, problem=error.strerror) from error
    try:
        if not _try(descriptor):
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace") or path.parent.name
            raise DrillRunning(drill_id=holder, target=target)
        if note is not None:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, note.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
