"""The log sequence by its names: every hole is found and named, and a whole log has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.postgres.timelines import Branch
from holdfast.postgres.wal_names import SEGMENT_BYTES, Segment
from holdfast.postgres.wal_sequence import Need, Stored, Trouble, follow

START = datetime(2026, 11, 22, 2, tzinfo=UTC)


def archived(first, last, timeline=1, *, begin=0):
    """Segments of one timeline, stored a second apart."""
    return [
        Stored(Segment(number, timeline).name(), START + timedelta(seconds=begin + number))
        for number in range(first, last + 1)
    ]


def need(first=10, consistent=12, written=None, timeline=1):
    return Need(Segment(first, timeline), Segment(consistent, timeline), SEGMENT_BYTES, written)


def without(files, *numbers):
    gone = {Segment(number, 1).name() for number in numbers}
    return [each for each in files if each.name not in gone]


def troubles(sequence):
    return [each.trouble for each in sequence.anomalies]


def test_a_whole_log_has_no_anomaly():
    sequence = follow(archived(8, 40), {}, need())
    assert sequence.anomalies == ()
    assert [each.number for each in sequence.segments] == list(range(10, 41))


def test_one_missing_segment_is_named():
    sequence = follow(without(archived(10, 40), 20), {}, need())
    (found,) = sequence.anomalies
    assert (found.trouble, found.names) == (Trouble.MISSING_SEGMENT, (Segment(20, 1).name(),))
    assert found.names[0] in found.words


def test_a_gap_is_named_from_end_to_end():
    (found,) = follow(without(archived(10, 40), 20, 21, 22), {}, need()).anomalies
    assert found.trouble is Trouble.GAP
    assert found.names == tuple(Segment(number, 1).name() for number in (20, 21, 22))


def test_two_gaps_are_two_anomalies():
    assert troubles(follow(without(archived(10, 40), 20, 21, 30), {}, need())) == [
        Trouble.GAP,
        Trouble.MISSING_SEGMENT,
    ]


def test_what_a_base_backup_needs_is_told_apart():
    (found,) = follow(without(archived(10, 40), 11), {}, need()).anomalies
    assert found.trouble is Trouble.BACKUP_INCOMPLETE


def test_an_archive_that_ends_before_the_base_backup_does_leaves_it_unusable():
    (found,) = follow(archived(8, 11), {}, need()).anomalies
    assert (found.trouble, found.names) == (Trouble.BACKUP_INCOMPLETE, (Segment(12, 1).name(),))


def test_an_empty_archive_leaves_a_base_backup_unusable():
    (found,) = follow([], {}, need()).anomalies
    assert found.trouble is Trouble.BACKUP_INCOMPLETE
    assert len(found.names) == 3


def test_a_tail_that_is_not_archived_is_named_but_the_segment_being_written_is_none():
    assert follow(archived(10, 40), {}, need(written=Segment(41, 1))).anomalies == ()
    (found,) = follow(archived(10, 40), {}, need(written=Segment(44, 1))).anomalies
    assert found.trouble is Trouble.UNARCHIVED_TAIL
    assert found.names == tuple(Segment(number, 1).name() for number in (41, 42, 43))


def test_the_log_goes_on_over_a_branch():
    histories = {2: (Branch(1, 20 * SEGMENT_BYTES + 77),)}
    sequence = follow(archived(10, 20) + archived(20, 30, 2), histories, need())
    assert sequence.anomalies == ()
    assert sequence.lineage.timeline == 2
    assert Segment(20, 2) in sequence.segments
    assert Segment(20, 1) not in sequence.segments


def test_a_branch_that_has_archived_nothing_yet_ends_with_its_parent():
    histories = {2: (Branch(1, 20 * SEGMENT_BYTES + 77),)}
    assert follow(archived(10, 20), histories, need()).anomalies == ()


def test_log_beyond_a_branch_is_a_second_timeline():
    histories = {2: (Branch(1, 20 * SEGMENT_BYTES + 77),)}
    sequence = follow(archived(10, 23) + archived(20, 30, 2), histories, need())
    (found,) = sequence.anomalies
    assert found.trouble is Trouble.SECOND_TIMELINE
    assert found.names == tuple(Segment(number, 1).name() for number in (21, 22, 23))


def test_a_timeline_without_history_leads_nowhere():
    sequence = follow(archived(10, 20) + archived(20, 30, 2), {}, need())
    assert troubles(sequence) == [Trouble.NO_HISTORY]
    assert sequence.lineage.timeline == 1


def test_a_second_child_of_the_same_parent_is_found():
    histories = {2: (Branch(1, 20 * SEGMENT_BYTES),), 3: (Branch(1, 25 * SEGMENT_BYTES),)}
    files = archived(10, 25) + archived(20, 22, 2) + archived(25, 30, 3)
    sequence = follow(files, histories, need())
    assert sequence.lineage.timeline == 3
    assert Trouble.NO_HISTORY in troubles(sequence) or Trouble.SECOND_TIMELINE in troubles(sequence)
    assert sequence.broken


def test_timelines_before_the_base_backup_do_not_matter():
    histories = {2: (Branch(1, 5 * SEGMENT_BYTES),)}
    files = archived(1, 8) + archived(5, 30, 2)
    assert follow(files, histories, need(timeline=2)).anomalies == ()


def test_a_segment_stored_after_those_that_follow_it_is_told_and_breaks_nothing():
    files = archived(10, 40)
    late = Stored(files[5].name, START + timedelta(hours=1))
    sequence = follow([late if each is files[5] else each for each in files], {}, need())
    assert troubles(sequence) == [Trouble.REORDERED]
    assert sequence.anomalies[0].names == (late.name,)
    assert sequence.broken == ()


def test_a_segment_stored_twice_and_a_strange_name_are_told():
    files = [*archived(10, 40), Stored(Segment(15, 1).name() + ".gz", START), Stored("core.4711", START)]
    assert set(troubles(follow(files, {}, need()))) >= {Trouble.STORED_TWICE, Trouble.UNKNOWN_NAME}
    assert follow(files, {}, need()).broken == ()


def test_a_segment_cut_short_is_found_unless_it_is_compressed():
    files = archived(10, 40)
    short = Stored(files[9].name, files[9].stored_at, 100)
    assert troubles(follow([*files[:9], short, *files[10:]], {}, need())) == [Trouble.WRONG_SIZE]
    packed = [Stored(each.name + ".gz", each.stored_at, 100) for each in files]
    assert follow(packed, {}, need()).anomalies == ()


def test_labels_histories_and_partial_segments_are_no_log():
    besides = [
        f"{Segment(10, 1).name()}.00000028.backup",
        f"{Segment(40, 1).name()}.partial",
        "00000002.history",
    ]
    assert follow(archived(10, 40) + [Stored(name, START) for name in besides], {}, need()).anomalies == ()


@settings(deadline=None)
@given(
    st.integers(0, 10_000_000),
    st.integers(0, 4),
    st.integers(0, 60),
    st.data(),
)
def test_whatever_is_taken_away_is_named_and_nothing_else(first, within, length, data):
    """From any whole log: the names of the anomalies are exactly what was taken away, unless it was the end."""
    consistent, last = first + within, first + within + length
    files = archived(first, last)
    gone = data.draw(st.sets(st.integers(first, last)))
    kept = without(files, *gone)
    sequence = follow(kept, {}, need(first, consistent))
    end = max([consistent, *(number for number in range(first, last + 1) if number not in gone)])
    expected = {Segment(number, 1).name() for number in gone if number <= end}
    assert {name for each in sequence.broken for name in each.names} == expected
    assert {each.trouble for each in sequence.broken} <= {
        Trouble.GAP,
        Trouble.MISSING_SEGMENT,
        Trouble.BACKUP_INCOMPLETE,
    }


@settings(deadline=None)
@given(st.permutations(archived(10, 30)))
def test_the_order_of_a_listing_does_not_matter(files):
    assert follow(files, {}, need()) == follow(archived(10, 30), {}, need())


@settings(deadline=None)
@given(st.integers(11, 30), st.integers(0, 10), st.integers(0, 10))
def test_over_a_branch_every_missing_segment_of_either_timeline_is_named(branch, more, gone):
    histories = {2: (Branch(1, branch * SEGMENT_BYTES + 1),)}
    files = archived(10, branch - 1) + archived(branch, branch + more, 2)
    taken = files[min(gone + 3, len(files) - 1)]
    sequence = follow([each for each in files if each is not taken], histories, need(10, 10))
    names = {name for each in sequence.broken for name in each.names}
    assert names == (set() if taken is files[-1] else {taken.name})


@pytest.mark.parametrize("size", [1024 * 1024, SEGMENT_BYTES, 64 * 1024 * 1024, 1024**3])
def test_segments_of_any_size_are_counted_over_the_end_of_4_gib(size):
    in_4_gib = (1 << 32) // size
    first = Segment(in_4_gib - 1, 1)
    files = [Stored(Segment(first.number + step, 1).name(size), START, size) for step in range(4)]
    assert follow(files, {}, Need(first, first, size)).anomalies == ()
    (found,) = follow([files[0], *files[2:]], {}, Need(first, first, size)).anomalies
    assert found.names == (files[1].name,)
