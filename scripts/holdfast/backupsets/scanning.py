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
from holdfast.backupsets.packing import PACK_BELOW, Packing
from holdfast.backupsets.pieces import Piece
from holdfast.backupsets.walking import Found, Identity, open_beneath, unreadable, walk

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


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
    root: int,
    keep: Callable[[Entry], None],
    counted: Counted,
    leave_out: Collection[Identity] = (),
    *,
    pack_below: int = PACK_BELOW,
) -> Iterator[Piece]:
    """Read everything below a directory, a chunk and a pack in memory at a time.

    Args:
        root: descriptor of the directory; stays open as long as pieces may have to be read again.
        keep: is given each entry, in the order of their paths, after the pieces of its content.
        counted: what was met is added to it.
        leave_out: directories to pass over.
        pack_below: files of up to so many bytes share objects; 0 gives every file objects of its own.

    Raises:
        UnreadableSource: something cannot be read.
        SourceChanged: a file changed or vanished while it was read, and again on the second try.
        SpoolFailed: from `keep`.
    """
    packing = Packing(keep)
    for found in walk(root, leave_out=leave_out):
        if found.identity in leave_out:
            counted.left_out.append(found.path.decode("utf-8", "backslashreplace"))
            continue
        entry, small = yield from _read(root, found, pack_below)
        counted.add(entry)
        yield from packing.take(entry, small)
    yield from packing.close()


def _read(root: int, found: Found, pack_below: int) -> Generator[Piece, None, tuple[Entry, Piece | None]]:
    """An entry; and the content of a small file, which is not sent by itself."""
    if found.kind is Kind.FILE:
        try:
            return (yield from _read_file(root, found, pack_below))
        except SourceChanged:
            return (yield from _read_file(root, found, pack_below))
    target = b""
    if found.kind is Kind.SYMLINK:
        try:
            target = os.readlink(found.name, dir_fd=found.parent)
        except OSError as error:
            raise unreadable(found.path, error) from error
    return Entry(found.path, found.kind, _permissions(found.status), found.status.st_mtime_ns, target=target), None


def _read_file(root: int, found: Found, pack_below: int) -> Generator[Piece, None, tuple[Entry, Piece | None]]:
    """One try at a file. Its size, times and inode must be the same before and after."""
    try:
        file = os.open(found.name, _OPEN, dir_fd=found.parent)
    except OSError as error:
        raise unreadable(found.path, error) from error
    small: Piece | None = None
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
            piece = Piece.of(chunk, data, _reader(root, found.path, offset, chunk))
            if before.st_size > pack_below:
                yield piece
            else:
                small = piece
            offset += len(data)
            del data, piece
        after = os.fstat(file)
    finally:
        os.close(file)
    if offset != before.st_size or _signature(before) != _signature(after):
        raise _changed(found, "changed")
    digest = whole.hexdigest() if len(chunks) > 1 else chunks[0] if chunks else EMPTY_DIGEST
    mode, mtime = _permissions(before), before.st_mtime_ns
    return Entry(found.path, Kind.FILE, mode, mtime, before.st_size, digest, tuple(chunks)), small


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
