"""What a drill did, one fsynced JSON line a step: written before it acts and after, so that a killed drill can go on.

Each line carries the digest of the line before it. A last line that was torn by a crash is dropped (what it announced
had not begun); any other change makes the journal unusable, with one error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from holdfast.clock import Clock
from holdfast.drills.errors import JournalError, JournalNotWritten
from holdfast.errors import Source


class Entry(BaseModel):
    """One line.

    `run` counts the processes that worked on the drill, from 0. `monotonic` is comparable within one run only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    run: int
    at: datetime
    monotonic: float
    event: str
    phase: str | None = None
    data: dict[str, Any] = {}


@dataclass(frozen=True)
class _Written:
    """What is on the disk. Replaced in one assignment, so that a signal finds either the old or the new state."""

    entries: tuple[Entry, ...] = ()
    digest: str = "0" * 16
    length: int = 0


class Journal:
    """An append-only file of entries. Use `create` or `open`, and `close` when done."""

    def __init__(self, path: Path, clock: Clock, descriptor: int, written: _Written) -> None:
        self.path = path
        self.run = written.entries[-1].run + 1 if written.entries else 0
        self._clock = clock
        self._descriptor = descriptor
        self._written = written

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything written so far, earlier runs included."""
        return self._written.entries

    @classmethod
    def create(cls, path: Path, clock: Clock) -> Journal:
        """Start the journal of a new drill; the folder must exist and the file must not.

        Raises:
            JournalNotWritten: when the file cannot be created.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            _sync_folder(path.parent)
        except OSError as error:
            raise JournalNotWritten(path=path, problem=error.strerror) from error
        return cls(path, clock, descriptor, _Written())

    @classmethod
    def open(cls, path: Path, clock: Clock) -> Journal:
        """Go on with a journal; what a crash tore off the end is removed first.

        Raises:
            JournalError: when it was changed, or holds nothing.
            JournalNotWritten: when it cannot be opened for writing.
        """
        written = _read(path)
        try:
            descriptor = os.open(path, os.O_WRONLY)
            _cut(descriptor, written.length)
        except OSError as error:
            raise JournalNotWritten(path=path, problem=error.strerror) from error
        return cls(path, clock, descriptor, written)

    def append(self, event: str, phase: str | None = None, /, **data: Any) -> Entry:
        """Write one entry and wait until it is on the disk.

        Raises:
            JournalNotWritten: when that fails; the file then ends with the entry before.
        """
        before = self._written
        entry = Entry(
            number=len(before.entries),
            run=self.run,
            at=self._clock.now(),
            monotonic=self._clock.monotonic(),
            event=event,
            phase=phase,
            data=data,
        )
        line, digest = _line(entry, before.digest)
        try:
            _cut(self._descriptor, before.length)
            _write_all(self._descriptor, line)
            os.fsync(self._descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                _cut(self._descriptor, before.length)
            raise JournalNotWritten(path=self.path, problem=error.strerror or error) from error
        self._written = _Written((*before.entries, entry), digest, before.length + len(line))
        return entry

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def read_entries(path: Path) -> tuple[Entry, ...]:
    """The entries of a journal, without touching it.

    Raises:
        JournalError: as `Journal.open`.
    """
    return _read(path).entries


def _read(path: Path) -> _Written:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JournalError(source=Source(path), problem=error.strerror) from error
    entries: list[Entry] = []
    digest, length = _Written.digest, 0
    for number, line in enumerate(content.split(b"\n")[:-1]):
        entry = _parse(path, number, line, digest)
        digest = _line(entry, digest)[1]
        entries.append(entry)
        length += len(line) + 1
    if not entries:
        raise JournalError(source=Source(path), problem="it holds no complete entry")
    return _Written(tuple(entries), digest, length)


def _parse(path: Path, number: int, line: bytes, digest: str) -> Entry:
    where = Source(path, number + 1)
    try:
        document = json.loads(line)
        written = document.pop("digest")
        entry = Entry.model_validate(document)
        again, expected = _line(entry, digest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError):
        raise JournalError(source=where, problem="this is not an entry") from None
    if written != expected or again.rstrip(b"\n") != line or entry.number != number:
        raise JournalError(source=where, problem="the entry was changed, moved or removed")
    return entry


def _line(entry: Entry, before: str) -> tuple[bytes, str]:
    body = entry.model_dump(mode="json")
    body["at"] = entry.at.astimezone(UTC).isoformat()
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    digest = hashlib.sha256(f"{before}{text}".encode()).hexdigest()[:16]
    return json.dumps({**body, "digest": digest}, sort_keys=True, separators=(",", ":")).encode() + b"\n", digest


def _cut(descriptor: int, length: int) -> None:
    """Let the file end after the last whole entry: a failed or interrupted write may have left a piece behind."""
    os.ftruncate(descriptor, length)
    os.lseek(descriptor, length, os.SEEK_SET)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
