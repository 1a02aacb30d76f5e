"""One command at a time: a lock on a file, which the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdfast.clock import Clock
from holdfast.errors import StorageError, ToolError

_POLL_SECONDS = 0.05


class AnotherCommandRuns(ToolError):
    """Another Holdfast command holds the lock."""

    template = "another command is {doing}, for more than {seconds:.0f} s (lock: {path})"
    hint = "wait for it to end; the lock goes with it"


class LockNotWritable(StorageError):
    """The lock file cannot be made."""

    template = "cannot write {path}: {reason}"
    hint = "free some space or choose another folder with HOLDFAST_HOME"


@contextmanager
def file_lock(path: Path, clock: Clock, *, doing: str, patience: float) -> Iterator[None]:
    """Hold a lock while the block runs.

    Args:
        path: the lock file; made, with its folder, for its owner only, and never removed.
        clock: time.
        doing: what the holder does, for the message: "applying prod".
        patience: how many seconds to wait for another holder.

    Raises:
        AnotherCommandRuns: when another process holds it for longer.
        LockNotWritable: when the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LockNotWritable(path=path, reason=error.strerror or error) from error
    try:
        deadline = clock.monotonic() + patience
        while not _take(descriptor):
            if clock.monotonic() >= deadline:
                raise AnotherCommandRuns(doing=doing, seconds=patience, path=path)
            clock.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
