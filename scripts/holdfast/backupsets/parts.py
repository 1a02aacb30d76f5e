"""What a restore reads: one object at a time, with everything that is written from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from holdfast.backupsets.layout import CHUNK_BYTES
from holdfast.backupsets.packing import PACK_ENTRIES
from holdfast.backupsets.restored_file import RestoredFile


@dataclass(frozen=True, slots=True)
class Slice:
    """What one file needs of an object: all of it, or as much of a pack as is its own.

    Args:
        file: the file.
        number: which chunk of the file it is, from 0.
        start: byte of the object at which it begins.
        size: in bytes.
        digest: its SHA-256, hex.
    """

    file: RestoredFile
    number: int
    start: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Part:
    """One object to read, or the nothing an empty file is made of.

    Args:
        digest: SHA-256 of the object, hex; None for nothing.
        slices: what is written from it, at least one.
        is_shared: whether it is a pack.
        is_again: whether it was asked for before, and there was no answer.
    """

    digest: str | None
    slices: tuple[Slice, ...]
    is_shared: bool = False
    is_again: bool = False

    @property
    def start(self) -> int:
        """First byte that is needed."""
        return min(each.start for each in self.slices)

    @property
    def size(self) -> int:
        """Bytes from there to the last one that is needed."""
        return max(each.start + each.size for each in self.slices) - self.start

    @property
    def name(self) -> str:
        """For people: the first of its files."""
        return self.slices[0].file.entry.name

    def again(self) -> Part:
        """The same, to be read with care."""
        return replace(self, is_again=True)


def parts(files: Iterable[RestoredFile]) -> Iterator[Part]:
    """The objects that hold these files; what follows one another in a pack is one part."""
    pack, members = "", list[Slice]()
    for file in files:
        entry = file.entry
        if entry.offset is None:
            yield from _own(file)
            continue
        if members and (entry.chunks[0] != pack or len(members) >= PACK_ENTRIES):
            yield Part(pack, tuple(members), is_shared=True)
            members = []
        pack = entry.chunks[0]
        members.append(Slice(file, 0, entry.offset, entry.size, entry.digest))
    if members:
        yield Part(pack, tuple(members), is_shared=True)


def _own(file: RestoredFile) -> Iterator[Part]:
    """The objects that hold one file and nothing else."""
    size = file.entry.size
    if not file.entry.chunks:
        yield Part(None, (Slice(file, 0, 0, 0, file.entry.digest),))
    for number, digest in enumerate(file.entry.chunks):
        yield Part(digest, (Slice(file, number, 0, min(CHUNK_BYTES, size - number * CHUNK_BYTES), digest),))
