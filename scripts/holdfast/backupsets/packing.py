"""Small files share objects: packs.

An object costs a request in each Region to write, another to look at its lock, and one to read, whatever its size: at
AWS's prices a PutObject costs as much as four years of keeping 4 KiB, and a restore of many small files is as slow as
its requests. So small files are put together, in the order of the walk. A pack is an object like any other: named by
its SHA-256, locked, listed and reused as a whole. Its members are found by the offsets in the list of entries and each
is checked by its own SHA-256.

Where a pack ends is told by what is in it and not by how many files came before, so that a file that is added, changed
or removed changes the pack it is in, and the packs after it stay as they are in the vault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from holdfast.backupsets.entries import Chunk, Entry
from holdfast.backupsets.layout import CHUNK_BYTES
from holdfast.backupsets.pieces import Piece

PACK_BELOW = 128 * 1024
"""Files of up to so many bytes share objects. Below it S3's colder classes bill an object as if it were as large."""
PACK_LEAST = 1024 * 1024
"""A pack has at least so many bytes, if there are so many to put in it."""
PACK_ENTRIES = 1024
"""So many entries wait for a pack to end: what is kept of them in memory, and what one read restores."""
_ENDS = 8
"""Of 256 files, so many end a pack that is large enough: those whose digest begins with a byte below it."""


class Packing:
    """Puts small files together and keeps their entries, and those between them, until their pack is full.

    Args:
        keep: given each entry, in the order they were taken.
    """

    def __init__(self, keep: Callable[[Entry], None]) -> None:
        self._keep = keep
        self._members: list[Piece] = []
        self._offsets: dict[str, int] = {}
        self._size = 0
        self._waiting: list[tuple[Entry, int | None]] = []

    def take(self, entry: Entry, small: Piece | None) -> Iterator[Piece]:
        """Take the next entry, with its content if that is to share an object; gives a pack that became full."""
        if small is None:
            if not self._waiting:
                self._keep(entry)
                return
            self._waiting.append((entry, None))
        else:
            if self._size + small.chunk.size > CHUNK_BYTES:
                yield from self.close()
            self._waiting.append((entry, self._offset_of(small)))
        is_enough = self._size >= PACK_LEAST and small is not None and int(entry.digest[:2], 16) < _ENDS
        if is_enough or len(self._waiting) >= PACK_ENTRIES:
            yield from self.close()

    def close(self) -> Iterator[Piece]:
        """End the pack, if there is one, and keep the entries that waited for it."""
        if self._members:
            pack = self._members[0] if len(self._members) == 1 else _joined(self._members)
            yield pack
            for entry, offset in self._waiting:
                self._keep(entry if offset is None or len(self._members) == 1 else _within(entry, pack, offset))
        self._members, self._offsets, self._size, self._waiting = [], {}, 0, []

    def _offset_of(self, small: Piece) -> int:
        """Where a content lies in the pack: the same content only once."""
        offset = self._offsets.setdefault(small.chunk.digest, self._size)
        if offset == self._size:
            self._members.append(small)
            self._size += small.chunk.size
        return offset


def _joined(members: list[Piece]) -> Piece:
    data = b"".join(member.load() for member in members)
    again = [member.again for member in members]
    chunk = Chunk(hashlib.sha256(data).hexdigest(), len(data))
    return Piece.of(chunk, data, lambda: b"".join(read() for read in again))


def _within(entry: Entry, pack: Piece, offset: int) -> Entry:
    return replace(entry, chunks=(pack.chunk.digest,), offset=offset)
