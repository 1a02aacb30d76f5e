"""What drills proved before, so that the next one takes what was proved longest ago: files, sets, Regions.

A small database beside the journals, `<home>/<environment>/drills/proved.sqlite`. It decides what is drawn and nothing
else: without it, or with a lost one, drills draw at random, and every record still says what was drawn.
"""

from __future__ import annotations

import contextlib
import heapq
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from holdfast.drills.errors import MemoryNotUsable

NAME = "proved.sqlite"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS files (scope TEXT, region TEXT, digest TEXT, at REAL, "
    "PRIMARY KEY (scope, region, digest)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS sets (scope TEXT, region TEXT, set_id TEXT, at REAL, "
    "PRIMARY KEY (scope, region, set_id)) WITHOUT ROWID",
)


@dataclass(frozen=True)
class Drawn:
    """A sample drawn with the memory.

    Args:
        positions: of the files, in the order of the manifest.
        never: how many files of the whole were never proved in this Region before.
        oldest: when the one of the sample that was proved longest ago was proved; None when one never was.
    """

    positions: tuple[int, ...]
    never: int
    oldest: datetime | None


@dataclass(frozen=True)
class Memory:
    """What was proved of one dataset or tenant.

    Args:
        path: the database.
        scope: `<dataset>/<tenant or _>`.
    """

    path: Path
    scope: str

    def draw(self, region: str, digests: Iterable[str], count: int, rng: random.Random) -> Drawn:
        """The files proved longest ago in a Region, never proved ones first; among equals at random.

        Memory does not grow with the number of files, but for `count`.

        Raises:
            MemoryNotUsable: the database cannot be read.
        """
        never = 0
        find = "SELECT at FROM files WHERE scope = ? AND region = ? AND digest = ?"
        with self._database() as database:

            def ages() -> Iterator[tuple[float, float, int]]:
                nonlocal never
                for position, digest in enumerate(digests):
                    row = database.execute(find, (self.scope, region, digest)).fetchone()
                    never += row is None
                    yield (row[0] if row else 0.0, rng.random(), position)

            chosen = heapq.nsmallest(count, ages())
        oldest = min((at for at, _, _ in chosen), default=0.0)
        return Drawn(
            tuple(sorted(position for _, _, position in chosen)),
            never,
            datetime.fromtimestamp(oldest, UTC) if oldest else None,
        )

    def longest_ago(self, region: str, set_ids: Iterable[str]) -> str | None:
        """The set proved longest ago in a Region; of those never proved the newest one."""
        with self._database() as database:
            rows = database.execute("SELECT set_id, at FROM sets WHERE scope = ? AND region = ?", (self.scope, region))
            known = dict(rows.fetchall())
        names = sorted(set_ids, reverse=True)
        return min(names, key=lambda name: known.get(name, 0.0), default=None)

    def region_longest_ago(self, regions: Iterable[str]) -> str:
        """The Region anything was proved in longest ago; the first one of those never proved in."""
        with self._database() as database:
            rows = database.execute("SELECT region, max(at) FROM sets WHERE scope = ? GROUP BY region", (self.scope,))
            known = dict(rows.fetchall())
        return min(regions, key=lambda region: known.get(region, 0.0))

    def remember(self, region: str, set_id: str, digests: Iterable[str], at: datetime) -> None:
        """Files of a set were restored in a Region and found right.

        Raises:
            MemoryNotUsable: the database cannot be written.
        """
        when = at.timestamp()
        with self._database() as database:
            database.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                ((self.scope, region, digest, when) for digest in digests),
            )
            database.execute("INSERT OR REPLACE INTO sets VALUES (?, ?, ?, ?)", (self.scope, region, set_id, when))

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self.path, timeout=30)) as database, database:
                for table in _TABLES:
                    database.execute(table)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise MemoryNotUsable(path=self.path, problem=error) from error


def forget_nothing(memory: Memory, region: str, set_id: str, digests: Iterable[str], at: datetime) -> None:
    """Remember, but never fail a drill for it: what is not remembered is proved again."""
    with contextlib.suppress(MemoryNotUsable):
        memory.remember(region, set_id, digests, at)
