"""Restore entries of a committed set into an empty directory, every byte checked on the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.aws.second_pass import Patience, StillMissing, run_all
from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE, reader_of
from holdfast.backupsets.entries import Entry, Kind
from holdfast.backupsets.errors import UnknownSet
from holdfast.backupsets.fetched import EntryVerdict, Fetched, Tally
from holdfast.backupsets.manifest import Manifest
from holdfast.backupsets.part_reader import PartReader
from holdfast.backupsets.parts import Part, parts
from holdfast.backupsets.reading import Reader
from holdfast.backupsets.set_view import SetView
from holdfast.backupsets.spool import temporary_database
from holdfast.backupsets.stored_lists import read_entries
from holdfast.backupsets.target import Target
from holdfast.clock import Clock, SystemClock

AHEAD = 32
"""Parts named and not yet read. Each may be a pack with many files."""

_SYSTEM_CLOCK = SystemClock()


@dataclass(frozen=True)
class Entries:
    """A committed set, opened in one Region. Iterating reads its entries one at a time, any number of times."""

    reader: Reader
    view: SetView
    manifest: Manifest

    def __iter__(self) -> Iterator[Entry]:
        with translated("read the list of entries"):
            yield from read_entries(self.reader, self.view.folder, self.manifest)

    def files(self) -> Iterator[Entry]:
        """The entries that have content."""
        return (entry for entry in self if entry.kind is Kind.FILE)

    def under(self, prefix: bytes) -> Iterator[Entry]:
        """One directory of the set and everything below it: how one tenant is told apart by prefix."""
        folder = prefix.rstrip(b"/")
        return (entry for entry in self if entry.path == folder or entry.path.startswith(folder + b"/"))

    def sample(self, count: int, randomness: random.Random) -> list[Entry]:
        """Files chosen evenly at random (reservoir sampling), in the order of their paths; all when there are fewer."""
        chosen: list[tuple[int, Entry]] = []
        for number, entry in enumerate(self.files()):
            if len(chosen) < count:
                chosen.append((number, entry))
            elif (place := randomness.randrange(number + 1)) < count:
                chosen[place] = (number, entry)
        return [entry for _, entry in sorted(chosen, key=lambda each: each[0])]


def open_set(
    sessions: Sessions, region: str, view: SetView, *, role: str | None = ROLE, clock: Clock = _SYSTEM_CLOCK
) -> Entries:
    """Open a set that counts, in one Region.

    Raises:
        UnknownSet: the catalog does not call it committed.
    """
    if not view.committed or view.manifest is None:
        raise UnknownSet(set_id=view.set_id, dataset=view.dataset)
    return Entries(reader_of(sessions, region, role=role, clock=clock), view, view.manifest)


def fetch_file(entries: Entries, entry: Entry, target: Path, *, clock: Clock = _SYSTEM_CLOCK) -> EntryVerdict:
    """Restore one entry below an empty directory, under its own path.

    Raises:
        as `fetch_many`.
    """
    verdicts: list[EntryVerdict] = []
    fetch_many(entries, target, only=[entry], each=verdicts.append, clock=clock)
    return verdicts[0]


def fetch_many(
    entries: Entries,
    target: Path,
    *,
    only: Iterable[Entry] | None = None,
    workers: int | None = None,
    each: Callable[[EntryVerdict], None] = lambda _: None,
    clock: Clock = _SYSTEM_CLOCK,
) -> Fetched:
    """Restore a set, or some of it, into an empty directory.

    Each chunk is checked against its SHA-256, each larger file as a whole again from disk; of an object that several
    files share, only what they need of it is read, and each file checked by itself. Nothing is written outside
    the directory. A file that cannot be had as it was backed up is removed again and named; the others are restored.
    Memory does not grow with the set: as many threads as `workers` hold something small, and a few others a chunk.

    Args:
        entries: the opened set.
        target: an empty or new directory.
        only: these entries of it; by default all.
        workers: reads at a time; by default 8, or where objects can be read without boto3, 32, of them 4 large ones.
        each: told every entry's verdict, from any thread, one at a time.
        clock: for durations and waiting.

    Raises:
        TargetNotUsable: the directory is not empty or cannot be written.
        RestoreNotWritten: the disk is full or fails.
        InvalidSetDocument, UnsafePath: the list of entries is not what was committed.
        ServiceError: the Region refuses or does not answer.
    """
    started, tally = clock.monotonic(), Tally(each)
    patience = Patience(clock, random.Random())  # noqa: S311  # spreads waits, no secret
    with temporary_database() as database, translated("restore"):
        place = Target(target, database, tally)
        try:
            with PartReader(entries.reader, entries.view.folder) as reader:
                run_all(
                    parts(place.files(iter(entries if only is None else only))),
                    reader.carry_out,
                    doing="restore",
                    name=lambda part: part.name,
                    lighten=Part.again,
                    patience=patience,
                    workers=workers or reader.workers,
                    ahead=AHEAD,
                )
        except StillMissing as error:
            place.abandon(error.values["because"])
            if error.values["untried"]:
                raise
        except BaseException:
            place.abandon("the restore was stopped")
            raise
        place.finish()
    tally.fetched.seconds = clock.monotonic() - started
    return tally.fetched
