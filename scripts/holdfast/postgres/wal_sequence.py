"""Whether a log archive can be replayed from a base backup to its end, by the names in it alone.

PostgreSQL does not say so itself: when the next segment is missing, recovery takes that for the end of the log, opens
the database and reports success. Pure: no file and no service is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast.postgres.timelines import Branch, Lineage, newest_lineage
from holdfast.postgres.wal_names import SEGMENT_BYTES, Segment, read_name

_NAMED = 8


class Trouble(StrEnum):
    """What can be wrong with a log archive."""

    MISSING_SEGMENT = "missing-segment"
    GAP = "gap"
    BACKUP_INCOMPLETE = "backup-incomplete"
    UNARCHIVED_TAIL = "unarchived-tail"
    SECOND_TIMELINE = "second-timeline"
    NO_HISTORY = "no-history"
    WRONG_SIZE = "wrong-size"
    REORDERED = "reordered"
    STORED_TWICE = "stored-twice"
    UNKNOWN_NAME = "unknown-name"

    @property
    def breaks(self) -> bool:
        """Whether something committed cannot be restored because of it."""
        return self not in (Trouble.REORDERED, Trouble.STORED_TWICE, Trouble.UNKNOWN_NAME)


@dataclass(frozen=True)
class Stored:
    """A file of the archive: its name, when it was stored by the store's clock, and its size in bytes."""

    name: str
    stored_at: datetime
    size: int = SEGMENT_BYTES


@dataclass(frozen=True)
class Anomaly:
    """One thing wrong with the archive.

    Args:
        trouble: what.
        names: the files it is about, all of them, in order.
        words: one sentence.
    """

    trouble: Trouble
    names: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Need:
    """What replay begins with.

    Args:
        first: the segment a base backup begins in.
        consistent: the segment it ends in: without the log up to there it cannot be used at all.
        segment_bytes: the size of segments.
        written: the segment the source is writing to, where the source can still be asked.
    """

    first: Segment
    consistent: Segment
    segment_bytes: int = SEGMENT_BYTES
    written: Segment | None = None


@dataclass(frozen=True)
class LogSequence:
    """The log from a base backup to the end of the archive.

    Args:
        segments: what replay needs, in order, as far as it is there.
        lineage: the timeline it ends on, and its ancestors.
        anomalies: everything that is wrong with it.
    """

    segments: tuple[Segment, ...]
    lineage: Lineage
    anomalies: tuple[Anomaly, ...]

    @property
    def broken(self) -> tuple[Anomaly, ...]:
        """What keeps committed data from being restored."""
        return tuple(each for each in self.anomalies if each.trouble.breaks)

    @property
    def odd(self) -> tuple[Anomaly, ...]:
        """What a reader should know and what loses nothing."""
        return tuple(each for each in self.anomalies if not each.trouble.breaks)


def follow(files: Sequence[Stored], histories: Mapping[int, tuple[Branch, ...]], need: Need) -> LogSequence:
    """Follow the log from a base backup to the newest segment of the newest timeline that descends from it.

    Args:
        files: everything in the archive, in any order.
        histories: what the `.history` files in it say, by timeline.
        need: where the base backup begins and ends.
    """
    size = need.segment_bytes
    there = _segments(files, size)
    lineage = newest_lineage(need.first.timeline, histories)
    reach = [each.number for each in there if _on_path(each, lineage, size) and each.number >= need.first.number]
    last = max([need.consistent.number, *reach])
    wanted = [Segment(number, lineage.timeline_of(number, size)) for number in range(need.first.number, last + 1)]
    if wanted[-1] not in there and (parent := _ended_in(wanted[-1].number, lineage, there, size)):
        wanted[-1] = parent
    anomalies = (
        *_missing([each for each in wanted if each not in there], need),
        *_tail(last, need),
        *_timelines(there, lineage, need),
        *_sizes([each for each in wanted if each in there], there, size),
        *_order([each for each in wanted if each in there], there, size),
        *_odd_names(files, size),
    )
    return LogSequence(tuple(each for each in wanted if each in there), lineage, anomalies)


def _segments(files: Iterable[Stored], size: int) -> dict[Segment, list[Stored]]:
    found: dict[Segment, list[Stored]] = {}
    for file in files:
        segment = read_name(file.name, size)
        if isinstance(segment, Segment):
            found.setdefault(segment, []).append(file)
    return found


def _on_path(segment: Segment, lineage: Lineage, size: int) -> bool:
    return segment.timeline == lineage.timeline_of(segment.number, size)


def _ended_in(number: int, lineage: Lineage, there: Mapping[Segment, object], size: int) -> Segment | None:
    """The parent's segment in which the newest timeline begins, when the newest one has archived none yet."""
    parents = (Segment(number, each.timeline) for each in reversed(lineage.branches) if each.lsn // size == number)
    return next((each for each in parents if each in there), None)


def _missing(missing: Sequence[Segment], need: Need) -> Iterator[Anomaly]:
    size = need.segment_bytes
    for run in _runs(missing):
        names = tuple(each.name(size) for each in run)
        if run[0].number <= need.consistent.number:
            yield Anomaly(
                Trouble.BACKUP_INCOMPLETE, names, f"the base backup cannot be made consistent without {_listed(names)}"
            )
        elif len(run) == 1:
            yield Anomaly(Trouble.MISSING_SEGMENT, names, f"segment {names[0]} is missing: replay would end before it")
        else:
            words = f"{len(names)} segments are missing, {names[0]} to {names[-1]}: replay would end before them"
            yield Anomaly(Trouble.GAP, names, words)


def _runs(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    run: list[Segment] = []
    for each in segments:
        if run and each.number != run[-1].number + 1:
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _tail(last: int, need: Need) -> Iterator[Anomaly]:
    """Complete segments the source holds and the archive does not; the one it is writing to is not complete."""
    if need.written is None or need.written.number <= last + 1:
        return
    tail = [Segment(number, need.written.timeline) for number in range(last + 1, need.written.number)]
    names = tuple(each.name(need.segment_bytes) for each in tail)
    yield Anomaly(Trouble.UNARCHIVED_TAIL, names, f"complete and not archived: {_listed(names)}")


def _timelines(there: Mapping[Segment, object], lineage: Lineage, need: Need) -> Iterator[Anomaly]:
    """Log that was written after the base backup and is on no way to the end: what only it holds is lost."""
    size = need.segment_bytes
    strays: dict[int, list[str]] = {}
    for segment in sorted(there):
        ended = lineage.end_of(segment.timeline, size)
        beyond = ended is not None and segment.number > ended
        if segment.number >= need.first.number and (segment.timeline not in lineage or beyond):
            strays.setdefault(segment.timeline, []).append(segment.name(size))
    for timeline, names in strays.items():
        if timeline in lineage:
            words = f"timeline {timeline} goes on after timeline {lineage.timeline} branched off it: {_listed(names)}"
            yield Anomaly(Trouble.SECOND_TIMELINE, tuple(names), words)
        elif timeline > need.first.timeline:
            words = f"timeline {timeline} has no history file that leads to {need.first.timeline}: {_listed(names)}"
            yield Anomaly(Trouble.NO_HISTORY, tuple(names), words)
        else:
            words = f"timeline {timeline} is no ancestor of {lineage.timeline}: {_listed(names)}"
            yield Anomaly(Trouble.SECOND_TIMELINE, tuple(names), words)


def _sizes(wanted: Sequence[Segment], there: Mapping[Segment, list[Stored]], size: int) -> Iterator[Anomaly]:
    """A segment always has its full size; of compressed ones the name does not tell."""
    names = [file.name for each in wanted for file in there[each] if file.name == each.name(size) and file.size != size]
    if names:
        yield Anomaly(Trouble.WRONG_SIZE, tuple(names), f"not of {size} bytes: {_listed(names)}")


def _order(wanted: Sequence[Segment], there: Mapping[Segment, list[Stored]], size: int) -> Iterator[Anomaly]:
    """Stored after a later one: PostgreSQL archives in order, so somebody stored it again or late."""
    late, earliest_later = [], None
    for each in reversed(wanted):
        stored_at = min(file.stored_at for file in there[each])
        if earliest_later is not None and stored_at > earliest_later:
            late.append(each.name(size))
        earliest_later = stored_at if earliest_later is None else min(earliest_later, stored_at)
    if late:
        names = tuple(reversed(late))
        yield Anomaly(Trouble.REORDERED, names, f"stored after segments that follow them: {_listed(names)}")


def _odd_names(files: Iterable[Stored], size: int) -> Iterator[Anomaly]:
    seen: dict[object, list[str]] = {}
    for file in files:
        seen.setdefault(read_name(file.name, size), []).append(file.name)
    strange = seen.pop(None, [])
    twice = [name for what, names in seen.items() if len(names) > 1 for name in sorted(names)]
    if strange:
        names = tuple(sorted(strange))
        yield Anomaly(Trouble.UNKNOWN_NAME, names, f"not named as PostgreSQL names its log: {_listed(names)}")
    if twice:
        yield Anomaly(Trouble.STORED_TWICE, tuple(twice), f"stored under two names: {_listed(twice)}")


def _listed(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
