"""A file that is only ever added to: JSON lines, each with the digest of the one before, on the disk before it counts.

A line a crash tore off is dropped by the next writer. A changed, moved or removed line shows; lines cut off the end do
not, so the head belongs somewhere else as well (in signed evidence).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.audit.errors import LogDamaged, LogNotPrivate, LogNotWritten, LogUnreadable
from holdfast.errors import Source

START = "0" * 64
"""What the first line follows."""
MAX_LINE = 64 * 1024
_OWN = ("number", "follows", "digest")


@dataclass(frozen=True)
class Line:
    """One line: its number from 1, the digest of the line it follows, its own, and what it says."""

    number: int
    follows: str
    digest: str
    body: dict[str, Any]


class ChainedLog:
    """A log in one file, 0600.

    Args:
        path: the file; made with its folder by the first `append`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, body: Mapping[str, Any] | Callable[[Line | None], Mapping[str, Any]]) -> Line:
        """Add a line and wait until it is on the disk.

        Args:
            body: plain JSON values; or what makes them from the newest line, while nobody else adds one.

        Raises:
            LogNotWritten: it could not be; the log is as it was.
            LogNotPrivate: the file is open to others.
            LogDamaged: its end is not a line of the log.
        """
        with self._opened() as descriptor:
            last, length = self._last(descriptor)
            said = body(last) if callable(body) else body
            line = _line(last.number + 1 if last else 1, last.digest if last else START, said)
            try:
                os.ftruncate(descriptor, length)
                os.lseek(descriptor, length, os.SEEK_SET)
                _write_all(descriptor, _bytes(line))
                os.fsync(descriptor)
            except OSError as error:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, length)
                raise LogNotWritten(path=self.path, reason=error.strerror or error) from error
            return line

    def lines(self) -> Iterator[Line]:
        """Every line, oldest first, each checked against the one before. Nothing when there is no log.

        Raises:
            LogDamaged: naming the line.
            LogUnreadable: the system refuses.
        """
        previous, number = START, 0
        try:
            with self.path.open("rb") as file:
                for raw in file:
                    if not raw.endswith(b"\n"):
                        return
                    number += 1
                    line = _parse(raw, Source(self.path, number))
                    if (line.number, line.follows) != (number, previous):
                        problem = f"line {number} says it is number {line.number} after {line.follows[:12]}"
                        raise LogDamaged(problem=problem, source=Source(self.path, number))
                    previous = line.digest
                    yield line
        except FileNotFoundError:
            return
        except OSError as error:
            raise LogUnreadable(path=self.path, reason=error.strerror or error) from error

    def head(self) -> Line | None:
        """The newest line, the whole log checked on the way.

        Raises:
            LogDamaged, LogUnreadable: as `lines`.
        """
        last = None
        for last in self.lines():  # noqa: B007  # the last one is what is wanted
            pass
        return last

    def newest(self) -> Iterator[Line]:
        """Lines from the end, newest first, as far as 64 KiB reach; each is checked by itself only.

        Raises:
            LogDamaged: one is not a line of the log.
            LogUnreadable: the system refuses.
        """
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                start = max(0, size - MAX_LINE)
                file.seek(start)
                tail = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            raise LogUnreadable(path=self.path, reason=error.strerror or error) from error
        lines = tail[: tail.rfind(b"\n") + 1].splitlines(keepends=True)
        for raw in reversed(lines[1:] if start else lines):
            yield _parse(raw, Source(self.path))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, locked; the system lets go of it when the process ends."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LogNotWritten(path=self.path, reason=error.strerror or error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if mode & 0o077:
                raise LogNotPrivate(path=self.path, mode=f"{mode:04o}")
            yield descriptor
        finally:
            os.close(descriptor)

    def _last(self, descriptor: int) -> tuple[Line | None, int]:
        """The newest whole line, and where it ends."""
        size = os.fstat(descriptor).st_size
        start = max(0, size - 2 * MAX_LINE)
        tail = os.pread(descriptor, size - start, start)
        end = tail.rfind(b"\n") + 1
        if end == 0:
            if start:
                raise LogDamaged(problem="it does not end in a line", source=Source(self.path))
            return None, 0
        raw = tail[tail.rfind(b"\n", 0, end - 1) + 1 : end]
        return _parse(raw, Source(self.path)), start + end


def _line(number: int, follows: str, body: Mapping[str, Any]) -> Line:
    if not body.keys().isdisjoint(_OWN):
        raise ValueError(f"a body does not say {', '.join(_OWN)}: these are the log's own")
    said = json.loads(json.dumps(dict(body), allow_nan=False))
    return Line(number, follows, _digest(number, follows, said), said)


def _digest(number: int, follows: str, body: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical({**body, "number": number, "follows": follows})).hexdigest()


def _bytes(line: Line) -> bytes:
    document = {**line.body, "number": line.number, "follows": line.follows, "digest": line.digest}
    return _canonical(document) + b"\n"


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def _parse(raw: bytes, source: Source) -> Line:
    try:
        document = json.loads(raw)
        number, follows, digest = (document.pop(name) for name in _OWN)
        line = Line(number, follows, digest, document)
        again = _bytes(line)
        expected = _digest(number, follows, document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise LogDamaged(problem="this is not a line of the log", source=source) from None
    if again != raw or expected != digest:
        raise LogDamaged(problem="the line was changed", source=source)
    return line


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
