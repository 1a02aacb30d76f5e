"""Read a directory into chunks and entries, noticing when a file changes under our hands."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field

from holdfast.backupsets.entries import EMPTY_DIGEST, Chunk, Entry, Kind
from holdfast.backupsets.errors import SourceChanged
from holdfast.backupsets.layout import CHUNK_BYTES
from holdfast.backupsets.walking import Found, Identity, open_beneath, unreadable, walk

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Piece:
    """One chunk on its way to the vault.

    Args:
        chunk: its digest and size.
        load: gives its bytes, from memory or read again; fails if they are no longer the same.
    """

    chunk: Chunk
    load: Callable[[], bytes]
    again: Callable[[], bytes] = field(repr=False)

    def lightened(self) -> Piece:
        """The same piece without its bytes: it reads them again when they are needed."""
        return Piece(self.chunk, self.again, self.again)


@dataclass
class Counted:
    """What a scan met."""

    files: int = 0
    directories: int = 0
    symlinks: int = 0
    special: int = 0
    bytes: int = 0
    newest_mtime_ns: int | None = None
    left_out: list[str] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """All of them."""
        return self.files + self.directories + self.symlinks + self.special

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        if entry.kind is Kind.FILE:
            self.files += 1
            self.bytes += entry.size
            self.newest_mtime_ns = max(entry.mtime_ns, self.newest_mtime_ns or entry.mtime_ns)
        elif entry.kind is Kind.DIRECTORY:
            self.directories += 1
        elif entry.kind is Kind.SYMLINK:
            self.symlinks += 1
        else:
            self.special += 1


def scan(
    root: int, keep: Callable[[Entry], None], counted: Counted, leave_out: Collection[Identity] = ()
) -> Iterator[Piece]:
    """Read everything below a directory, one chunk in memory at a time.

    Args:
        root: descriptor of the directory; stays open as long as pieces may have to be read again.
        keep: is given each entry, in the order of their paths, after the pieces of its content.
        counted: what was met is added to it.
        leave_out: directories to pass over.

    Raises:
        UnreadableSource: something cannot be read.
        SourceChanged: a file changed or vanished while it was read, and again on the second try.
        SpoolFailed: from `keep`.
    """
    for found in walk(root, leave_out=leave_out):
        if found.identity in leave_out:
            counted.left_out.append(found.path.decode("utf-8", "backslashreplace"))
            continue
        entry = yield from _read(root, found)
        counted.add(entry)
        keep(entry)


def _read(root: int, found: Found) -> Generator[Piece, None, Entry]:
    if found.kind is Kind.FILE:
        try:
            return (yield from _read_file(root, found))
        except SourceChanged:
            return (yield from _read_file(root, found))
    target = b""
    if found.kind is Kind.SYMLINK:
        try:
            target = os.readlink(found.name, dir_fd=found.parent)
        except OSError as error:
            raise unreadable(found.path, error) from error
    return Entry(found.path, found.kind, _permissions(found.status), found.status.st_mtime_ns, target=target)


def _read_file(root: int, found: Found) -> Generator[Piece, None, Entry]:
    """One try at a file. Its size, times and inode must be the same before and after."""
    try:
        file = os.open(found.name, _OPEN, dir_fd=found.parent)
    except OSError as error:
        raise unreadable(found.path, error) from error
    try:
        before = os.fstat(file)
        if not stat.S_ISREG(before.st_mode):
            raise _changed(found, "was replaced by something else")
        whole, chunks, offset = hashlib.sha256(), [], 0
        while data := _read_chunk(file, found, before.st_size - offset):
            chunk = Chunk(hashlib.sha256(data).hexdigest(), len(data))
            chunks.append(chunk.digest)
            if before.st_size > CHUNK_BYTES:
                whole.update(data)
            yield Piece(chunk, _held(data), _reader(root, found.path, offset, chunk))
            offset += len(data)
            del data
        after = os.fstat(file)
    finally:
        os.close(file)
    if offset != before.st_size or _signature(before) != _signature(after):
        raise _changed(found, "changed")
    digest = whole.hexdigest() if len(chunks) > 1 else chunks[0] if chunks else EMPTY_DIGEST
    return Entry(found.path, Kind.FILE, _permissions(before), before.st_mtime_ns, before.st_size, digest, tuple(chunks))


def _read_chunk(file: int, found: Found, left: int) -> bytes:
    """The next chunk; where the file should end, one byte more is asked for, because /proc says 0 of every size."""
    want = min(CHUNK_BYTES, max(left, 1))
    try:
        data = os.read(file, want)
        while 0 < len(data) < want and (more := os.read(file, want - len(data))):
            data += more
    except OSError as error:
        raise unreadable(found.path, error) from error
    if data and left <= 0:
        raise _changed(found, "grew")
    return data


def _held(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _reader(root: int, path: bytes, offset: int, chunk: Chunk) -> Callable[[], bytes]:
    """Reads a piece of a file again; what is no longer the same is an error, not a different backup."""

    def read() -> bytes:
        try:
            file = open_beneath(root, path)
            try:
                data = os.pread(file, chunk.size, offset)
            finally:
                os.close(file)
        except OSError as error:
            raise unreadable(path, error) from error
        if hashlib.sha256(data).hexdigest() != chunk.digest:
            raise SourceChanged(path=path.decode("utf-8", "backslashreplace"), what="changed")
        return data

    return read


def _signature(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _permissions(status: os.stat_result) -> int:
    return stat.S_IMODE(status.st_mode)


def _changed(found: Found, what: str) -> SourceChanged:
    return SourceChanged(path=found.path.decode("utf-8", "backslashreplace"), what=what)
