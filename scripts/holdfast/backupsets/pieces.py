"""One object's content on its way to the vault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from holdfast.backupsets.entries import Chunk


@dataclass(frozen=True)
class Piece:
    """One chunk on its way to the vault.

    Args:
        chunk: its digest and size.
        load: gives its bytes, from memory or read again; fails if they are no longer the same.
        again: gives its bytes, read again.
    """

    chunk: Chunk
    load: Callable[[], bytes] = field(repr=False)
    again: Callable[[], bytes] = field(repr=False)

    @classmethod
    def of(cls, chunk: Chunk, data: bytes, again: Callable[[], bytes]) -> Piece:
        """A piece whose bytes are held in memory."""
        return cls(chunk, lambda: data, again)

    def lightened(self) -> Piece:
        """The same piece without its bytes: it reads them again when they are needed."""
        return Piece(self.chunk, self.again, self.again)
