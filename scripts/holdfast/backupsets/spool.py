"""What a push has to remember about a directory of any size, kept on disk and never under a name.

Both files are removed by the system when the process ends, however it ends: the list of entries has no name at all,
and SQLite deletes its private database as soon as it is open (an empty file name, https://sqlite.org/inmemorydb.html).
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO

from holdfast.backupsets.entries import Chunk
from holdfast.backupsets.errors import SpoolFailed
from holdfast.backupsets.layout import CHUNK_BYTES

_CACHE_KIB = 8192


@contextmanager
def temporary_database() -> Iterator[sqlite3.Connection]:
    """A private database on disk, inside one transaction.

    Raises:
        SpoolFailed: it cannot be written, for want of space for instance.
    """
    try:
        with closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)) as database:
            database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("BEGIN")
            yield database
    except sqlite3.Error as error:
        raise SpoolFailed(folder=tempfile.gettempdir(), reason=error) from error


@dataclass(frozen=True)
class Listed:
    """A list written to the spool: SHA-256 (hex), size in bytes, and the chunks it is stored as."""

    digest: str
    size: int
    chunks: tuple[Chunk, ...]


class Spool:
    """A temporary file that is written once, then read in chunks.

    Raises:
        SpoolFailed: from `write`, when there is no space.
    """

    def __init__(self) -> None:
        with _said_clearly():
            self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close()
        self._digest = hashlib.sha256()
        self.size = 0
        self._chunks: list[Chunk] = []

    def write(self, data: bytes) -> None:
        """Append."""
        with _said_clearly():
            self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def chunks(self) -> Iterator[tuple[Chunk, int]]:
        """What was written, cut in chunks, each with its offset."""
        with _said_clearly():
            self._file.flush()
        self._chunks.clear()
        for offset in range(0, self.size, CHUNK_BYTES):
            data = self.read(offset, CHUNK_BYTES)
            self._chunks.append(Chunk(hashlib.sha256(data).hexdigest(), len(data)))
            yield self._chunks[-1], offset

    def read(self, offset: int, size: int) -> bytes:
        """Read back; safe from several threads."""
        with _said_clearly():
            return os.pread(self._file.fileno(), size, offset)

    def listed(self) -> Listed:
        """What the manifest says about the list, once `chunks` has been read to its end."""
        return Listed(self._digest.hexdigest(), self.size, tuple(self._chunks))

    def close(self) -> None:
        """Give the space back."""
        with _said_clearly():
            self._file.close()


@contextmanager
def _said_clearly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolFailed(folder=tempfile.gettempdir(), reason=error.strerror or error) from error


class ChunkIndex:
    """The distinct chunks of a set, in the order of their digests."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE chunks (digest BLOB PRIMARY KEY, size INTEGER) WITHOUT ROWID")
        self.count = 0
        self.bytes = 0

    def add(self, chunk: Chunk) -> bool:
        """Remember a chunk; False when it was there already."""
        added = self._database.execute(
            "INSERT OR IGNORE INTO chunks VALUES (?, ?)", (bytes.fromhex(chunk.digest), chunk.size)
        )
        if added.rowcount != 1:
            return False
        self.count += 1
        self.bytes += chunk.size
        return True

    def records(self) -> Iterator[bytes]:
        """Every chunk as 36 bytes: digest, then size as 4 bytes, most significant first."""
        for digest, size in self._database.execute("SELECT digest, size FROM chunks ORDER BY digest"):
            yield digest + int(size).to_bytes(4, "big")
