"""One command at a time starts or stops a sandbox."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdfast.clock import Clock
from holdfast.sandbox.errors import SandboxBusy, SandboxNotWritable
from holdfast.sandbox.record import folder_of

_PATIENCE_SECONDS = 90.0


@contextmanager
def locked(home: Path, clock: Clock, patience: float = _PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the sandbox's lock; the system lets go of it when the process ends, however it ends.

    Args:
        home: Holdfast's folder.
        clock: time.
        patience: how many seconds to wait for another command.

    Raises:
        SandboxBusy: when another command holds it for longer.
        SandboxNotWritable: when the lock file cannot be made.
    """
    folder = folder_of(home)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SandboxNotWritable(path=folder, reason=error.strerror or error) from error
    try:
        deadline = clock.monotonic() + patience
        while not _try(descriptor):
            if clock.monotonic() >= deadline:
                raise SandboxBusy(folder=folder, seconds=patience)
            clock.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
