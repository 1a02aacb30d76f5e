"""Where timelines branch off: the `.history` files of an archive.

https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-TIMELINES
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.postgres.wal_names import read_lsn


@dataclass(frozen=True)
class Branch:
    """A timeline ended here and another one went on: the older one's number, and the position in bytes."""

    timeline: int
    lsn: int


def read_history(text: str) -> tuple[Branch, ...] | None:
    """The ancestors of a timeline, oldest first; None when the file is not what PostgreSQL writes."""
    branches: list[Branch] = []
    for line in text.splitlines():
        words = line.split(None, 2)
        if not words or words[0].startswith("#"):
            continue
        lsn = read_lsn(words[1]) if len(words) > 1 else None
        if not words[0].isdecimal() or lsn is None:
            return None
        branch = Branch(int(words[0]), lsn)
        if branches and (branch.timeline <= branches[-1].timeline or branch.lsn < branches[-1].lsn):
            return None
        branches.append(branch)
    return tuple(branches) or None


@dataclass(frozen=True)
class Lineage:
    """One timeline and its ancestors: which timeline each segment has to be on.

    Args:
        timeline: the timeline replay ends on.
        branches: its ancestors, oldest first, each with where it ended.
    """

    timeline: int
    branches: tuple[Branch, ...]

    def timeline_of(self, number: int, segment_bytes: int) -> int:
        """The timeline of a segment: where one branches off in the middle of it, the newer one's file holds both."""
        return next((each.timeline for each in self.branches if number < each.lsn // segment_bytes), self.timeline)

    def end_of(self, timeline: int, segment_bytes: int) -> int | None:
        """The segment in which an ancestor ended; None for the newest timeline and for strangers."""
        return next((each.lsn // segment_bytes for each in self.branches if each.timeline == timeline), None)

    def __contains__(self, timeline: int) -> bool:
        return timeline == self.timeline or any(each.timeline == timeline for each in self.branches)


def newest_lineage(start: int, histories: Mapping[int, tuple[Branch, ...]]) -> Lineage:
    """The newest timeline that descends from `start`: what `recovery_target_timeline = latest` goes to."""
    for timeline in sorted(histories, reverse=True):
        if timeline > start and any(each.timeline == start for each in histories[timeline]):
            return Lineage(timeline, histories[timeline])
    return Lineage(start, histories.get(start, ()))
