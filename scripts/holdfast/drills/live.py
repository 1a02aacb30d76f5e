"""One drill at a time on one target, and no sweep under a living drill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from holdfast.clock import Clock
from holdfast.drills.errors import DrillRunning, ScratchNotUsable
from holdfast.drills.folders import Folders
from holdfast.locking import AnotherCommandRuns, file_lock


@contextmanager
def claimed(folders: Folders, target: str, clock: Clock) -> Iterator[None]:
    """Hold a drill and its target for this process.

    Raises:
        DrillRunning: when a living process holds either.
        StorageError: when the lock files cannot be written.
    """
    path = target_lock(folders, target)
    with _held(path, target, clock):
        try:
            path.write_text(folders.drill_id, encoding="utf-8")
        except OSError as error:
            raise ScratchNotUsable(path=path, problem=error.strerror) from error
        with held(folders, clock):
            yield


@contextmanager
def held(folders: Folders, clock: Clock) -> Iterator[None]:
    """Hold a drill, not its target: for sweeping what a dead one left.

    Raises:
        DrillRunning: when it is not dead.
        StorageError: when the lock file cannot be written.
    """
    with _held(folders.drill / "lock", folders.drill_id, clock):
        yield


def is_live(folders: Folders, clock: Clock) -> bool:
    """Whether a process works on the drill right now."""
    try:
        with held(folders, clock):
            return False
    except DrillRunning:
        return True


def target_lock(folders: Folders, target: str) -> Path:
    """The lock of a target; it holds the id of the drill that took it last."""
    return folders.drill.parent / "targets" / f"{target}.lock"


@contextmanager
def _held(path: Path, target: str, clock: Clock) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(path, clock, doing=f"working on {target}", patience=0))
        except AnotherCommandRuns:
            holder = path.read_text(encoding="utf-8", errors="replace") or path.parent.name
            raise DrillRunning(drill_id=holder, target=target) from None
        yield
