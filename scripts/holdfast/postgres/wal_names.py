"""What the names in a log archive say.

https://www.postgresql.org/docs/15/wal-internals.html; xlog_internal.h: a segment's name is its timeline, then its
number, split where 4 GiB of log are full, in hexadecimal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SEGMENT_BYTES = 16 * 1024 * 1024
"""The size PostgreSQL gives segments by default (`initdb --wal-segsize`)."""
SUFFIXES = (".gz", ".bz2", ".xz", ".snappy", ".zst", ".lz4")
"""What Barman appends to the name of a compressed file."""

_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})")
_PARTIAL = re.compile(rf"({_SEGMENT.pattern})\.partial")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history")
_LABEL = re.compile(rf"({_SEGMENT.pattern})\.([0-9A-F]{{8}})\.backup")
_LSN = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")


@dataclass(frozen=True, order=True)
class Segment:
    """One segment of the log: its number counted from the beginning of the log, and the timeline it was written on."""

    number: int
    timeline: int

    def name(self, segment_bytes: int = SEGMENT_BYTES) -> str:
        """The name of its file."""
        high, low = divmod(self.number, _in_4_gib(segment_bytes))
        return f"{self.timeline:08X}{high:08X}{low:08X}"


@dataclass(frozen=True)
class HistoryFile:
    """The file that tells where a timeline branched off."""

    timeline: int


@dataclass(frozen=True)
class BesidesTheLog:
    """A file that belongs in an archive and holds no log to replay: a backup label, or a partial segment."""

    name: str


def read_name(name: str, segment_bytes: int = SEGMENT_BYTES) -> Segment | HistoryFile | BesidesTheLog | None:
    """What a file of that name is; None for a name PostgreSQL and Barman never give.

    Args:
        name: the last part of its path.
        segment_bytes: the size of segments in this cluster.
    """
    bare = bare_name(name)
    if match := _HISTORY.fullmatch(bare):
        return HistoryFile(int(match[1], 16))
    if _LABEL.fullmatch(bare) or _PARTIAL.fullmatch(bare):
        return BesidesTheLog(bare)
    match = _SEGMENT.fullmatch(bare)
    if match is None:
        return None
    timeline, high, low = (int(part, 16) for part in match.groups())
    if timeline == 0 or low >= _in_4_gib(segment_bytes):
        return None
    return Segment(high * _in_4_gib(segment_bytes) + low, timeline)


def bare_name(name: str) -> str:
    """The name without the suffix of its compression."""
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


def read_lsn(text: str) -> int | None:
    """A position in the log, such as `0/3000028`, in bytes; None when it is none."""
    match = _LSN.fullmatch(text)
    return (int(match[1], 16) << 32) + int(match[2], 16) if match else None


def write_lsn(lsn: int) -> str:
    """A position in PostgreSQL's own notation."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def _in_4_gib(segment_bytes: int) -> int:
    return (1 << 32) // segment_bytes
