"""Whether a segment is what its name says: the header of its first page (xlog_internal.h, XLogLongPageHeaderData).

A segment stored under another's name, cut short, or of another cluster ends recovery without a word; here it is named.
"""

from __future__ import annotations

import struct

from holdfast.postgres.wal_names import Segment

HEADER_BYTES = 40
_HEADER = struct.Struct("<HHIQI4xQII")
"""Magic, info, timeline, page address, remaining length, system identifier, segment size, block size."""
_LONG_HEADER = 0x0002


def problem_with(head: bytes, size: int, segment: Segment, *, segment_bytes: int, system: int | None) -> str | None:
    """What is wrong with a segment, or None.

    Args:
        head: its first `HEADER_BYTES` bytes.
        size: its size.
        segment: what its name says.
        segment_bytes: the size of segments.
        system: the cluster's system identifier; not compared when None.
    """
    if size != segment_bytes:
        return f"it has {size} bytes instead of {segment_bytes}"
    _, info, timeline, address, _, of_system, of_size, _ = _HEADER.unpack(head[:HEADER_BYTES])
    if not info & _LONG_HEADER or of_size != segment_bytes:
        return "it does not begin as a segment does"
    if address != segment.number * segment_bytes:
        return f"it is segment {Segment(address // segment_bytes, timeline).name(segment_bytes)} under another name"
    if timeline > segment.timeline:
        return f"it was written on timeline {timeline}"
    if system is not None and of_system != system:
        return f"it is of another cluster ({of_system})"
    return None
