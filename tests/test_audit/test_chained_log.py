"""A log that is only added to: what was changed, moved or cut shows, a crash tears at most the last line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from holdfast.audit.chained_log import ChainedLog
from holdfast.audit.errors import LogDamaged, LogNotPrivate, LogNotWritten


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)
    return ChainedLog(tmp_path / "audit" / "log.jsonl")


def fill(log, count=5):
    return [log.append({"what": f"thing {number}"}) for number in range(count)]


def test_each_line_names_the_one_before_and_is_for_its_owner_only(log):
    lines = fill(log)
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    assert [line.follows for line in lines[1:]] == [line.digest for line in lines[:-1]]
    assert list(log.lines()) == lines
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


def test_no_log_has_no_lines(log):
    assert list(log.lines()) == []
    assert log.head() is None


def test_a_line_that_a_crash_tore_is_dropped_and_the_log_goes_on(log):
    fill(log, 3)
    whole = log.path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last + 1, len(whole)):
        log.path.write_bytes(whole[:cut])
        assert len(list(log.lines())) == 2
        line = log.append({"what": "after the crash"})
        assert (line.number, len(list(log.lines()))) == (3, 3)


@pytest.mark.parametrize("line", range(5))
def test_a_removed_line_shows_unless_it_is_the_last(log, line):
    fill(log)
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(each for number, each in enumerate(lines) if number != line))
    if line == 4:
        assert len(list(log.lines())) == 4  # that is what the head noted elsewhere is for
    else:
        with pytest.raises(LogDamaged):
            list(log.lines())


def test_exchanged_and_repeated_lines_show(log):
    fill(log)
    first, second, *rest = log.path.read_bytes().splitlines(keepends=True)
    for wrong in ([second, first, *rest], [first, first, second, *rest]):
        log.path.write_bytes(b"".join(wrong))
        with pytest.raises(LogDamaged):
            list(log.lines())


def test_every_flipped_bit_shows(log):
    fill(log, 2)
    whole = log.path.read_bytes()
    for position in range(len(whole) - 1):
        changed = bytearray(whole)
        changed[position] ^= 1
        log.path.write_bytes(bytes(changed))
        with pytest.raises(LogDamaged):
            list(log.lines())


def test_a_forged_line_with_a_digest_of_its_own_still_breaks_the_chain(log):
    fill(log)
    other = ChainedLog(log.path.with_name("other.jsonl"))
    other.append({"what": "something else"})
    lines = log.path.read_bytes().splitlines(keepends=True)
    lines[0] = other.path.read_bytes()
    log.path.write_bytes(b"".join(lines))
    with pytest.raises(LogDamaged):
        list(log.lines())


@pytest.mark.parametrize(
    "content", [b"\n", b"[]\n", b"null\n", b"{}\n", b"\xff\n", b'{"number":1}\n', b"[" * 9000 + b"\n"]
)
def test_garbage_is_one_error_and_nothing_is_added_to_it(log, content):
    log.path.parent.mkdir()
    log.path.write_bytes(content)
    log.path.chmod(0o600)
    with pytest.raises(LogDamaged):
        list(log.lines())
    with pytest.raises(LogDamaged):
        log.append({"what": "x"})
    assert log.path.read_bytes() == content


def test_a_log_open_to_others_is_not_written(log):
    fill(log, 1)
    log.path.chmod(0o644)
    with pytest.raises(LogNotPrivate):
        log.append({"what": "x"})


def test_a_link_in_its_place_is_not_followed(log, tmp_path):
    (tmp_path / "victim").write_text("precious")
    log.path.parent.mkdir()
    log.path.symlink_to(tmp_path / "victim")
    with pytest.raises(LogNotWritten):
        log.append({"what": "x"})
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_full_disk_leaves_the_log_as_it_was(log, monkeypatch):
    fill(log, 2)
    before = log.path.read_bytes()
    real = os.write

    def full(descriptor, data):
        real(descriptor, bytes(data)[:7])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(LogNotWritten, match="nothing was done"):
        log.append({"what": "x"})
    monkeypatch.undo()
    assert log.path.read_bytes() == before


ADD_SOME = """
import os, sys
from pathlib import Path
from holdfast.audit.chained_log import ChainedLog

log = ChainedLog(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(25):
    log.append({"by": os.getpid()})
"""


def test_many_processes_add_at_once_and_the_chain_holds(tmp_path):
    path = tmp_path / "log.jsonl"
    program = [sys.executable, "-c", ADD_SOME, str(path)]
    with ExitStack() as all_of_them:
        writers = [
            all_of_them.enter_context(subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for _ in range(4)
        ]
        assert [each.stdout.readline() for each in writers] == [b"ready\n"] * 4
        for each in writers:
            each.stdin.close()
        assert [each.wait(240) for each in writers] == [0, 0, 0, 0]
    lines = list(ChainedLog(path).lines())
    assert len(lines) == 100
    assert len({line.body["by"] for line in lines}) == 4


def test_what_is_no_json_is_refused_before_it_is_written(log):
    with pytest.raises(ValueError, match="Out of range"):
        log.append({"what": float("nan")})
    assert not log.path.exists() or log.path.read_bytes() == b""


def test_the_words_of_the_log_itself_cannot_be_said_by_a_body(log):
    for name in ("number", "follows", "digest"):
        with pytest.raises(ValueError, match="the log's own"):
            log.append({name: 1})


def test_the_newest_come_first(log):
    fill(log, 4)
    assert [line.number for line in log.newest()] == [4, 3, 2, 1]
    assert json.loads(log.path.read_bytes().splitlines()[-1])["number"] == 4
