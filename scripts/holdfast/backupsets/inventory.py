"""Which objects one Region holds: listed once, kept on disk, asked about any number of sets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from holdfast.backupsets.layout import Folder
from holdfast.backupsets.reading import Reader

RECORD_BYTES = 36
"""SHA-256, then size in 4 bytes, most significant first: a record of a set's list of objects."""
NAMED = 3


@dataclass(frozen=True)
class Missing:
    """Objects a set needs and a Region does not hold: how many, and the first few digests."""

    count: int
    first: tuple[str, ...]


class Inventory:
    """The objects of one folder in one Region. Versions count, whether or not a delete marker hides them.

    What is current is listed first, because that is cheap and, nearly always, all that is needed. Versions are listed
    as soon as one object is asked about that is not current with its size: what is hidden is among those.

    Args:
        database: where to keep it, beside other inventories.
        reader: the Region.
        folder: the dataset or tenant.
    """

    def __init__(self, database: sqlite3.Connection, reader: Reader, folder: Folder) -> None:
        self._database, self._reader, self._folder = database, reader, folder
        tables = database.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
        self._table = f"inventory_{int(tables)}"
        database.execute(f"CREATE TABLE {self._table} (record BLOB PRIMARY KEY) WITHOUT ROWID")
        database.execute(f"CREATE TABLE {self._table}_hidden (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        self._has_versions = False
        current = reader.current(folder.objects)
        if current is not None:
            self._add(current)

    def missing(self, needed: Iterable[bytes]) -> Missing:
        """Which of these records are not there, with this digest and this size."""
        count = 0
        first: list[str] = []
        for record in needed:
            if not self._holds(record):
                count += 1
                if len(first) < NAMED:
                    first.append(record[:32].hex())
        return Missing(count, tuple(first))

    def hidden(self, needed: Iterable[bytes]) -> Missing:
        """Which of these records a delete marker hides: they are held by their version, and plain reads miss them."""
        table = f"{self._table}_hidden"
        if self._database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None:  # noqa: S608  # our own name
            return Missing(0, ())
        find = f"SELECT 1 FROM {table} WHERE digest = ?"  # noqa: S608  # a counted name of our own
        found = [record[:32].hex() for record in needed if self._database.execute(find, (record[:32],)).fetchone()]
        return Missing(len(found), tuple(found[:NAMED]))

    def _holds(self, record: bytes) -> bool:
        find = f"SELECT 1 FROM {self._table} WHERE record = ?"  # noqa: S608  # a counted name of our own
        if self._database.execute(find, (record,)).fetchone() is not None:
            return True
        if self._has_versions:
            return False
        self._has_versions = True
        versions = self._reader.versions(self._folder.objects, hidden=self._hide)
        self._add((version.key, version.size) for version in versions)
        return self._holds(record)

    def _add(self, objects: Iterable[tuple[str, int]]) -> None:
        self._database.executemany(
            f"INSERT OR IGNORE INTO {self._table} VALUES (?)",  # noqa: S608  # a counted name of our own
            ((record,) for record in _records(self._folder, objects)),
        )

    def _hide(self, key: str) -> None:
        digest = key.rpartition("/")[2]
        with suppress(ValueError):
            self._database.execute(
                f"INSERT OR IGNORE INTO {self._table}_hidden VALUES (?)",  # noqa: S608  # a counted name of our own
                (bytes.fromhex(digest),),
            )


def _records(folder: Folder, objects: Iterable[tuple[str, int]]) -> Iterator[bytes]:
    for key, size in objects:
        digest = key.rpartition("/")[2]
        if size < 2**32 and key == folder.object_key(digest):
            try:
                yield bytes.fromhex(digest) + size.to_bytes(4, "big")
            except ValueError:
                continue
