"""The directory a set is restored into: empty at first, written once, and never left.

Files are created, never opened over something; symlinks are made only after every file is written, so that no entry
can be led through another one; directories get their permissions last, the deepest first.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from holdfast.backupsets.entries import Entry, Kind, parse_entry
from holdfast.backupsets.errors import TargetNotUsable
from holdfast.backupsets.fetched import Outcome, Tally
from holdfast.backupsets.restored_file import PERMISSIONS, RestoredFile, raise_if_fatal


class Target:
    """An empty directory to restore into.

    Args:
        path: made (0700) if it does not exist.
        database: keeps symlinks and directories until the files are written.
        tally: told what becomes of every entry.

    Raises:
        TargetNotUsable: it is not empty, not a directory or not writable.
    """

    def __init__(self, path: Path, database: sqlite3.Connection, tally: Tally) -> None:
        self._root, self._database, self._tally = _prepared(path), database, tally
        self._made = b""
        self._open: set[RestoredFile] = set()
        database.execute("CREATE TABLE later (number INTEGER PRIMARY KEY, line BLOB)")

    def files(self, entries: Iterator[Entry]) -> Iterator[RestoredFile]:
        """Make room for entries and give those that have content; the others are kept for `finish`.

        Raises:
            RestoreNotWritten: the disk is full or fails.
        """
        for entry in entries:
            if not self._has_folder(entry):
                continue
            if entry.kind is Kind.FILE:
                file = RestoredFile(entry, self._path(entry.path), self._tally, self._open.discard)
                self._open.add(file)
                yield file
            else:
                self._database.execute("INSERT INTO later (line) VALUES (?)", (entry.line(),))

    def finish(self) -> None:
        """Make the symlinks, then give the directories their permissions and times."""
        for entry in self._later("ASC"):
            if entry.kind is Kind.SYMLINK:
                self._make_link(entry)
            elif entry.kind is Kind.SPECIAL:
                self._tally.note(entry, Outcome.SKIPPED, "sockets, FIFOs and devices hold no data")
        for entry in self._later("DESC"):
            if entry.kind is Kind.DIRECTORY:
                self._settle_directory(entry)

    def abandon(self, because: str) -> None:
        """Remove every file that is not whole, each as a failure."""
        for file in tuple(self._open):
            file.fail(because)

    def _has_folder(self, entry: Entry) -> bool:
        """Whether the directory an entry needs is there now; without it the entry is noted as failed."""
        folder = entry.path if entry.kind is Kind.DIRECTORY else entry.path.rpartition(b"/")[0]
        if folder in (b"", self._made):
            return True
        try:
            os.makedirs(self._path(folder), mode=0o700, exist_ok=True)  # noqa: PTH103  # names are bytes
        except OSError as error:
            self._failed(entry, error)
            return False
        self._made = folder
        return True

    def _make_link(self, entry: Entry) -> None:
        path = self._path(entry.path)
        try:
            os.symlink(entry.target, path)  # noqa: PTH211  # names are bytes
            os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns), follow_symlinks=False)
        except OSError as error:
            self._failed(entry, error)
        else:
            self._tally.note(entry, Outcome.RESTORED)

    def _settle_directory(self, entry: Entry) -> None:
        path = self._path(entry.path)
        try:
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                os.utime(folder, ns=(entry.mtime_ns, entry.mtime_ns))
                os.fchmod(folder, entry.mode & PERMISSIONS)
            finally:
                os.close(folder)
        except OSError as error:
            self._failed(entry, error)
        else:
            self._tally.note(entry, Outcome.RESTORED)

    def _failed(self, entry: Entry, error: OSError) -> None:
        raise_if_fatal(error, self._path(entry.path))
        self._tally.note(entry, Outcome.FAILED, error.strerror or str(error))

    def _later(self, order: str) -> Iterator[Entry]:
        rows = self._database.execute(f"SELECT line FROM later ORDER BY number {order}")  # noqa: S608  # our own word
        return (parse_entry(line) for (line,) in rows)

    def _path(self, path: bytes) -> bytes:
        return self._root + b"/" + path


def _prepared(path: Path) -> bytes:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.scandir(path) as listing:
            is_empty = next(listing, None) is None
    except (OSError, ValueError) as error:
        raise TargetNotUsable(path=path, problem=getattr(error, "strerror", None) or error) from error
    if not is_empty:
        raise TargetNotUsable(path=path, problem="it is not empty")
    return os.fsencode(path.resolve())
