"""One file being restored from its chunks, which come in any order and from several threads."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import threading
from collections.abc import Callable
from io import FileIO

from holdfast.backupsets.entries import Entry
from holdfast.backupsets.errors import RestoreNotWritten
from holdfast.backupsets.fetched import Outcome, Tally
from holdfast.backupsets.layout import CHUNK_BYTES
from holdfast.backupsets.reading import Read

PERMISSIONS = 0o777
"""What is restored of a mode. Not set-user-id, set-group-id and sticky: a restore gives nobody more rights."""

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_REOPEN = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_FATAL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})


class RestoredFile:
    """Created by its first chunk, checked as a whole after its last one, removed if anything is wrong with it.

    Args:
        entry: what it should be.
        path: where.
        tally: told what became of it.
        done: called when it is restored or given up.
    """

    def __init__(self, entry: Entry, path: bytes, tally: Tally, done: Callable[[RestoredFile], None]) -> None:
        self.entry, self._path, self._tally, self._done = entry, path, tally, done
        self._lock = threading.Lock()
        self._left = max(1, len(entry.chunks))
        self._is_created = self._is_over = False
        self._oddities: list[str] = []

    def write(self, number: int, read: Read) -> None:
        """Put chunk `number` (from 0) in its place; after the last one the file is checked and finished.

        Raises:
            RestoreNotWritten: the disk is full or fails.
        """
        try:
            with self._lock:
                if self._is_over:
                    return
                descriptor = os.open(self._path, _REOPEN if self._is_created else _CREATE, 0o600)
                self._is_created = True
            try:
                _write_all(descriptor, read.data, number * CHUNK_BYTES)
                if self._is_last(read.oddity):
                    self._finish(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise_if_fatal(error, self._path)
            self.fail(error.strerror or str(error))

    def fail(self, because: str) -> None:
        """Give the file up and remove what is written of it, whatever is still to come."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            if self._is_created:
                with contextlib.suppress(OSError):
                    os.unlink(self._path)  # noqa: PTH108  # names are bytes
        self._done(self)
        self._tally.note(self.entry, Outcome.FAILED, because)

    def _is_last(self, oddity: str | None) -> bool:
        with self._lock:
            if oddity and oddity not in self._oddities:
                self._oddities.append(str(oddity))
            self._left -= 1
            return self._left == 0

    def _finish(self, descriptor: int) -> None:
        """Check the whole, and give it its permissions and time."""
        problem = self._wrong_with(descriptor)
        if problem is not None:
            self.fail(problem)
            return
        os.fchmod(descriptor, self.entry.mode & PERMISSIONS)
        os.utime(descriptor, ns=(self.entry.mtime_ns, self.entry.mtime_ns))
        self._is_over = True
        self._done(self)
        outcome = Outcome.RESTORED_WITH_WARNING if self._oddities else Outcome.RESTORED
        self._tally.note(self.entry, outcome, "; ".join(self._oddities) or None)

    def _wrong_with(self, descriptor: int) -> str | None:
        """A file of one chunk is that chunk; a larger one is read back from disk and hashed as a whole."""
        size = os.fstat(descriptor).st_size
        if size != self.entry.size:
            return f"{size} bytes where {self.entry.size} were backed up"
        if len(self.entry.chunks) > 1:
            with FileIO(descriptor, "rb", closefd=False) as file:
                file.seek(0)
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != self.entry.digest:
                return f"SHA-256 {found} where {self.entry.digest} was backed up"
        return None


def raise_if_fatal(error: OSError, path: bytes) -> None:
    """Stop the restore when no other file could be written either.

    Raises:
        RestoreNotWritten: the disk is full or fails.
    """
    if error.errno in _FATAL:
        shown = path.decode("utf-8", "backslashreplace")
        raise RestoreNotWritten(path=shown, reason=error.strerror or str(error)) from error


def _write_all(file: int, data: bytes | memoryview, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written
