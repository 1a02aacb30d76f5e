"""A line of the list of entries comes back as it was; a line push did not write is refused, whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vault_ground import MIB

from holdfast.backupsets.entries import EMPTY_DIGEST, Entry, Kind, parse_entry
from holdfast.backupsets.errors import InvalidSetDocument, UnsafePath

DIGEST = "a" * 64

part = st.binary(min_size=1, max_size=20).filter(lambda name: name not in (b".", b"..") and not {0, 47} & set(name))
path = st.lists(part, min_size=1, max_size=5).map(b"/".join)
mode = st.integers(0, 0o7777)
mtime = st.integers(-(10**18), 10**19)
digest = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def files(draw):
    size = draw(st.sampled_from([0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 24 * MIB + 5]))
    count = -(-size // (8 * MIB))
    chunks = tuple(draw(digest) for _ in range(count))
    whole = chunks[0] if count == 1 else draw(digest)
    return Entry(draw(path), Kind.FILE, draw(mode), draw(mtime), size, whole, chunks)


@st.composite
def packed(draw):
    size = draw(st.integers(1, 8 * MIB))
    offset = draw(st.integers(0, 8 * MIB - size))
    return Entry(draw(path), Kind.FILE, draw(mode), draw(mtime), size, draw(digest), (draw(digest),), offset)


entries = st.one_of(
    files(),
    packed(),
    st.builds(Entry, path, st.sampled_from([Kind.DIRECTORY, Kind.SPECIAL]), mode, mtime),
    st.builds(Entry, path, st.just(Kind.SYMLINK), mode, mtime, target=st.binary(max_size=30)),
)


@given(entries)
def test_every_entry_comes_back(entry):
    line = entry.line()

    assert parse_entry(line) == entry
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


def test_a_line_is_readable_by_anybody():
    line = Entry("ünï".encode(), Kind.FILE, 0o644, 5, 3, DIGEST, (DIGEST,)).line()

    assert line.decode() == (
        '{"kind":"file","mode":"0644","mtime_ns":5,"path":"ünï","sha256":"' + DIGEST + '","size":3}\n'
    )


def test_a_line_says_where_in_a_pack_a_file_is():
    line = Entry(b"a", Kind.FILE, 0o644, 5, 3, DIGEST, ("b" * 64,), 7).line()

    assert line.decode() == (
        '{"kind":"file","mode":"0644","mtime_ns":5,"offset":7,"pack":"' + "b" * 64 + '","path":"a",'
        '"sha256":"' + DIGEST + '","size":3}\n'
    )


def test_a_name_that_is_not_utf_8_is_written_in_base64():
    assert b'"path_base64":"/w=="' in Entry(b"\xff", Kind.DIRECTORY, 0, 0).line()


@pytest.mark.parametrize(
    "bad",
    ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "./a", "a//b", "a/", ".", "a/./b", "nul\0byte"],
)
def test_a_path_that_leaves_the_root_is_refused(bad):
    line = json.dumps({"path": bad, "kind": "directory", "mode": "0755", "mtime_ns": 0}).encode()

    with pytest.raises(UnsafePath):
        parse_entry(line)


GOOD = {"path": "a", "kind": "file", "mode": "0644", "mtime_ns": 0, "size": 3, "sha256": DIGEST}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "portal"},
        {"mode": "rw"},
        {"mode": 420},
        {"mtime_ns": 1.5},
        {"mtime_ns": True},
        {"size": -1},
        {"size": "3"},
        {"size": 8 * MIB + 1},
        {"size": 8 * MIB + 1, "chunks": [DIGEST]},
        {"size": 8 * MIB + 1, "chunks": "ab"},
        {"pack": DIGEST},
        {"pack": DIGEST, "offset": -1},
        {"pack": DIGEST, "offset": "0"},
        {"pack": DIGEST, "offset": 8 * MIB - 2},
        {"pack": DIGEST, "offset": 0, "size": 0},
        {"pack": "../../../etc/passwd", "offset": 0},
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"sha256": "../../../etc/passwd"},
        {"sha256": None},
        {"path": None, "path_base64": 5},
        {"path_base64": "!", "path": None},
    ],
)
def test_a_line_push_does_not_write_is_refused(change):
    document = {name: value for name, value in (GOOD | change).items() if value is not None}

    with pytest.raises(InvalidSetDocument):
        parse_entry(json.dumps(document).encode())


@given(
    st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode))
)
def test_rubbish_is_refused_and_never_a_traceback(line):
    with pytest.raises((InvalidSetDocument, UnsafePath)):
        parse_entry(line)


def test_deep_nesting_is_refused():
    with pytest.raises(InvalidSetDocument):
        parse_entry(b"[" * 100_000)


def test_the_digest_of_nothing_is_right():
    import hashlib

    assert hashlib.sha256(b"").hexdigest() == EMPTY_DIGEST
