"""The names PostgreSQL and Barman give, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.postgres.log_end import early_end
from holdfast.postgres.timelines import Branch, Lineage, newest_lineage, read_history
from holdfast.postgres.wal_names import (
    SEGMENT_BYTES,
    BesidesTheLog,
    HistoryFile,
    Segment,
    read_lsn,
    read_name,
    write_lsn,
)
from holdfast.postgres.wal_segment import HEADER_BYTES, problem_with


@settings(deadline=None)
@given(
    st.integers(1, 0xFFFFFFFF),
    st.integers(0, 2**32),
    st.sampled_from([2**20, 2**24, 2**30]),
    st.sampled_from(["", ".gz", ".zst"]),
)
def test_a_segment_reads_back_from_its_name(timeline, number, size, suffix):
    segment = Segment(number, timeline)
    assert read_name(segment.name(size) + suffix, size) == segment


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_a_position_reads_back(lsn):
    assert read_lsn(write_lsn(lsn)) == lsn


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_name_or_none(text):
    assert read_name(text) is None or isinstance(read_name(text), Segment | HistoryFile | BesidesTheLog)
    assert read_lsn(text) is None or isinstance(read_lsn(text), int)
    assert read_history(text) is None or read_history(text)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "000000010000000000000001.tmp",
        "00000001000000000000000g",
        "0000000100000000000001FF",
        "000000000000000000000001",
    ],
)
def test_what_postgresql_never_writes_is_none(name):
    assert read_name(name) is None


def test_labels_and_histories_are_told_apart():
    assert read_name("00000002.history.gz") == HistoryFile(2)
    assert isinstance(read_name("000000010000000000000002.00000028.backup"), BesidesTheLog)
    assert isinstance(read_name("000000010000000000000002.partial"), BesidesTheLog)


def test_a_history_says_where_each_ancestor_ended():
    text = "1\t0/3000000\tno recovery target specified\n\n2\t0/5000028\tbefore 2026-11-22\n"
    assert read_history(text) == (Branch(1, 0x3000000), Branch(2, 0x5000028))


@pytest.mark.parametrize("text", ["", "x\t0/1\n", "1\tnowhere\n", "2\t0/5\n1\t0/6\n", "1\t0/6\n2\t0/5\n"])
def test_a_history_that_cannot_be_is_none(text):
    assert read_history(text) is None


def test_the_newest_descendant_is_taken_and_no_stranger():
    histories = {2: (Branch(1, 100),), 3: (Branch(1, 100), Branch(2, 200)), 9: (Branch(7, 100),)}
    assert newest_lineage(1, histories).timeline == 3
    assert newest_lineage(9, histories) == Lineage(9, histories[9])


def head(number, timeline=1, system=42, size=SEGMENT_BYTES, info=2):
    packed = (0xD110).to_bytes(2, "little") + info.to_bytes(2, "little") + timeline.to_bytes(4, "little")
    packed += (number * size).to_bytes(8, "little") + bytes(8) + system.to_bytes(8, "little")
    return packed + size.to_bytes(4, "little") + (8192).to_bytes(4, "little")


SEVENTH = Segment(7, 1)


def problem(content, segment=SEVENTH, size=SEGMENT_BYTES, system=42):
    return problem_with(content, size, segment, segment_bytes=SEGMENT_BYTES, system=system)


def test_a_segment_that_is_what_its_name_says_has_no_problem():
    assert len(head(7)) == HEADER_BYTES
    assert problem(head(7)) is None
    assert problem(head(7, timeline=1), Segment(7, 2)) is None  # copied over when timeline 2 branched off


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (head(8), "under another name"),
        (head(7, system=43), "of another cluster"),
        (head(7, timeline=3), "written on timeline 3"),
        (head(7, info=0), "does not begin as a segment"),
        (bytes(40), "does not begin as a segment"),
    ],
)
def test_a_segment_that_is_not_is_named(content, says):
    assert says in problem(content)


def test_a_segment_cut_short_is_named():
    assert "has 10 bytes" in problem(head(7)[:10], size=10)


def end(lsn, content=bytes(SEGMENT_BYTES)):
    return early_end(lsn, Segment(7, 1), content, SEGMENT_BYTES)


def record_at(offset, length):
    return bytes(offset) + length.to_bytes(4, "little") + bytes(SEGMENT_BYTES - offset - 4)


def test_replay_to_the_end_of_the_last_segment_is_to_the_end():
    assert end(8 * SEGMENT_BYTES) is None


def test_replay_to_a_record_that_goes_on_in_the_next_segment_is_to_the_end():
    offset = SEGMENT_BYTES - 100
    assert end(7 * SEGMENT_BYTES + offset, record_at(offset, 200)) is None


def test_replay_that_ends_in_an_earlier_segment_ended_early():
    assert "before the last segment" in end(6 * SEGMENT_BYTES + 4000)


def test_replay_that_ends_at_a_whole_record_ended_early():
    assert "a record that cannot be read" in end(7 * SEGMENT_BYTES + 4000, record_at(4000, 200))


def test_replay_that_ends_at_zeros_ended_early():
    assert "zeros" in end(7 * SEGMENT_BYTES + 4000)
