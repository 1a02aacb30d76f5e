"""Whether replay went to the end of the log that was there, and not only to the first thing it could not read.

Recovery takes a record it cannot read for the end of the log, opens the database and reports success. Every archived
segment is complete, so replay has to end where the last one ends, or in a record that goes on after it. Pure.
"""

from __future__ import annotations

from holdfast.postgres.wal_names import Segment, write_lsn

_PAGE_BYTES = 8192
_PAGE_HEADER = 24
"""Size of the header of a page (XLogPageHeaderData, aligned)."""


def early_end(lsn: int, last: Segment, content: bytes, segment_bytes: int) -> str | None:
    """Why replay ended too early, or None.

    Args:
        lsn: where replay ended: the beginning of the first record that was not replayed.
        last: the last segment there was.
        content: its bytes.
        segment_bytes: size of segments.
    """
    ended = Segment((lsn - 1) // segment_bytes, last.timeline)
    if ended.number < last.number:
        names = ended.name(segment_bytes), last.name(segment_bytes)
        return f"replay ended at {write_lsn(lsn)} in {names[0]}, before the last segment {names[1]}"
    if ended.number > last.number or lsn % segment_bytes == 0:
        return None
    offset = lsn % segment_bytes
    length = int.from_bytes(content[offset : offset + 4], "little")
    if length and offset + _on_disk(length, offset) > segment_bytes:
        return None
    what = "a record that cannot be read" if length else "zeros"
    return f"replay ended at {write_lsn(lsn)}, at {what} within the last segment {last.name(segment_bytes)}"


def _on_disk(length: int, offset: int) -> int:
    """At least how many bytes a record takes, with the headers of the pages it goes over."""
    room = _PAGE_BYTES - offset % _PAGE_BYTES
    return length if length <= room else length + (-(-(length - room) // (_PAGE_BYTES - _PAGE_HEADER))) * _PAGE_HEADER
