from __future__ import annotations

import errno
import json
import os

import pytest
from directory_drills import START

from holdfast.clock import ManualClock
from holdfast.drills.errors import JournalError, JournalNotWritten
from holdfast.drills.journal import Journal, read_entries

CLOCK = ManualClock(START)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal.create(path, CLOCK)
    journal.append("phase-begin", "declare", drill_id="drill-x")
    journal.append("step-begin", step="copy", announced={"name": "ä\n\u2028"})
    journal.append("phase-end", "declare", outcome=None)
    journal.close()
    return path


def test_what_was_written_is_read_back(path):
    entries = read_entries(path)
    assert [(each.number, each.event, each.phase) for each in entries] == [
        (0, "phase-begin", "declare"),
        (1, "step-begin", None),
        (2, "phase-end", "declare"),
    ]
    assert entries[1].data["announced"] == {"name": "ä\n\u2028"}


def test_it_is_for_its_owner_only(path):
    assert path.stat().st_mode & 0o777 == 0o600


def test_going_on_counts_the_next_run_and_appends(path):
    journal = Journal.open(path, CLOCK)
    journal.append("resumed")
    journal.close()
    assert [each.run for each in read_entries(path)] == [0, 0, 0, 1]


def test_truncated_at_every_byte_it_keeps_whole_entries_or_is_one_error(path):
    whole = path.read_bytes()
    ends = [number for number, byte in enumerate(whole, start=1) if byte == ord("\n")]
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        complete = sum(end <= length for end in ends)
        if complete == 0:
            with pytest.raises(JournalError, match="no complete entry"):
                read_entries(path)
            continue
        assert len(read_entries(path)) == complete
        journal = Journal.open(path, CLOCK)
        journal.append("resumed")
        journal.close()
        assert [each.event for each in read_entries(path)][complete:] == ["resumed"]


def test_every_single_changed_bit_is_one_error_or_drops_the_last_entry(path):
    whole = path.read_bytes()
    for position in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[position] ^= 1 << bit
            path.write_bytes(changed)
            try:
                entries = read_entries(path)
            except JournalError:
                continue
            assert position == len(whole) - 1, f"byte {position} bit {bit} went unnoticed"
            assert len(entries) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], *lines],
        lambda lines: [lines[0], b"\n", *lines[1:]],
        lambda lines: [lines[0], b"[" * 100_000 + b"\n", *lines[1:]],
        lambda lines: [b"null\n", *lines],
        lambda lines: [b"\xff\xfe\n"],
    ],
)
def test_lines_dropped_moved_repeated_or_foreign_are_one_error_with_the_line(path, change):
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(JournalError) as caught:
        read_entries(path)
    assert f"{path}:" in caught.value.message


def test_a_missing_journal_is_one_error(tmp_path):
    with pytest.raises(JournalError):
        Journal.open(tmp_path / "none.jsonl", CLOCK)


def test_a_new_journal_never_replaces_one(path):
    before = path.read_bytes()
    with pytest.raises(JournalNotWritten):
        Journal.create(path, CLOCK)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 1, 40])
def test_a_full_disk_leaves_whole_entries_only(path, monkeypatch, kept):
    journal = Journal.open(path, CLOCK)
    real = os.write

    def no_space(descriptor, data):
        if kept:
            real(descriptor, bytes(data)[:kept])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", no_space)
    with pytest.raises(JournalNotWritten, match="No space left"):
        journal.append("phase-begin", "restore")
    monkeypatch.undo()
    assert len(read_entries(path)) == 3
    journal.append("phase-begin", "restore")
    journal.close()
    assert len(read_entries(path)) == 4


def test_a_signal_between_write_and_return_does_not_break_the_next_entry(path, monkeypatch):
    journal = Journal.open(path, CLOCK)
    real = os.fsync

    def interrupted(descriptor):
        real(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        journal.append("phase-begin", "restore")
    monkeypatch.undo()
    journal.append("stopped")
    journal.close()
    assert [each.event for each in read_entries(path)][3:] == ["stopped"]


def test_each_line_is_json_on_its_own(path):
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == [0, 1, 2]
