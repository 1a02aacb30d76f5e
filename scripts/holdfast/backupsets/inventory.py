"""Which objects one Region holds: listed once, kept on disk, asked about any number of sets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
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

    Args:
        database: where to keep it, beside other inventories.
        reader: the Region.
        folder: the dataset or tenant.
    """

    def __init__(self, database: sqlite3.Connection, reader: Reader, folder: Folder) -> None:
        self._database = database
        tables = database.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
        self._table = f"inventory_{int(tables)}"
        database.execute(f"CREATE TABLE {self._table} (record BLOB PRIMARY KEY) WITHOUT ROWID")
        database.execute(f"CREATE TABLE {self._table}_hidden (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        database.executemany(
            f"INSERT OR IGNORE INTO {self._table} VALUES (?)",  # noqa: S608  # a counted name of our own
            ((record,) for record in _records(reader, folder, self._hide)),
        )

    def missing(self, needed: Iterable[bytes]) -> Missing:
        """Which of these records are not there, with this digest and this size."""
        find = f"SELECT 1 FROM {self._table} WHERE record = ?"  # noqa: S608  # a counted name of our own
        count = 0
        first: list[str] = []
        for record in needed:
            if self._database.execute(find, (record,)).fetchone() is None:
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

    def _hide(self, key: str) -> None:
        digest = key.rpartition("/")[2]
        with suppress(ValueError):
            self._database.execute(
                f"INSERT OR IGNORE INTO {self._table}_hidden VALUES (?)",  # noqa: S608  # a counted name of our own
                (bytes.fromhex(digest),),
            )


def _records(reader: Reader, folder: Folder, hidden: Callable[[str], None]) -> Iterable[bytes]:
    for version in reader.versions(folder.objects, hidden=hidden):
        digest = version.key.rpartition("/")[2]
        if version.size < 2**32 and version.key == folder.object_key(digest):
            try:
                yield bytes.fromhex(digest) + version.size.to_bytes(4, "big")
            except ValueError:
                continue
