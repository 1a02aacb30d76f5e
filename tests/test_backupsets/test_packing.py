"""Whatever is packed, every entry is kept once, in order, after its content, and says where that is."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.backupsets import packing
from holdfast.backupsets.entries import EMPTY_DIGEST, Chunk, Entry, Kind, parse_entry
from holdfast.backupsets.packing import Packing
from holdfast.backupsets.pieces import Piece

MOST_BYTES, LEAST_BYTES, MOST_ENTRIES = 500, 100, 12


@pytest.fixture
def small_packs(monkeypatch):
    """Limits that a handful of short files reaches."""
    monkeypatch.setattr(packing, "CHUNK_BYTES", MOST_BYTES)
    monkeypatch.setattr(packing, "PACK_LEAST", LEAST_BYTES)
    monkeypatch.setattr(packing, "PACK_ENTRIES", MOST_ENTRIES)


def piece_of(content):
    return Piece.of(Chunk(hashlib.sha256(content).hexdigest(), len(content)), content, lambda: content)


def entry_of(number, content):
    if content is None:
        return Entry(b"%06d" % number, Kind.DIRECTORY, 0o755, 0)
    digest = hashlib.sha256(content).hexdigest()
    return Entry(b"%06d" % number, Kind.FILE, 0o644, 0, len(content), digest, (digest,) if content else ())


def packed(contents):
    """Take these contents (None: a directory) and give the entries as kept, with what was there by then."""
    kept, there = [], {}

    def keep(entry):
        if entry.chunks:
            assert set(entry.chunks) <= set(there), "kept before its content"
        kept.append(parse_entry(entry.line()[:-1]))

    taking = Packing(keep)
    for number, content in enumerate(contents):
        for piece in taking.take(entry_of(number, content), piece_of(content) if content else None):
            there[piece.chunk.digest] = piece
        assert number + 1 - len(kept) < MOST_ENTRIES, "more entries wait than are to"
    for piece in taking.close():
        there[piece.chunk.digest] = piece
    return kept, there


contents = st.lists(st.none() | st.binary(max_size=60) | st.sampled_from([b"the same", b"x" * 400]), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
def test_every_content_is_where_its_entry_says(small_packs, contents):
    kept, there = packed(contents)

    assert [entry.path for entry in kept] == [b"%06d" % number for number in range(len(contents))]
    for entry, content in zip(kept, contents, strict=True):
        if content is None:
            assert entry.kind is Kind.DIRECTORY
            continue
        assert (entry.size, entry.digest) == (len(content), hashlib.sha256(content).hexdigest())
        if content:
            (digest,) = entry.chunks
            begins = entry.offset or 0
            assert there[digest].load()[begins : begins + entry.size] == content
        else:
            assert (entry.digest, entry.chunks, entry.offset) == (EMPTY_DIGEST, (), None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
def test_a_pack_is_what_its_digest_says_and_not_too_large(small_packs, contents):
    _, there = packed(contents)

    for digest, piece in there.items():
        assert len(piece.load()) == piece.chunk.size <= MOST_BYTES
        assert hashlib.sha256(piece.load()).hexdigest() == digest
        assert piece.lightened().load() == piece.load()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
def test_no_byte_of_a_pack_is_nobodys(small_packs, contents):
    kept, there = packed(contents)

    for digest, piece in there.items():
        members = [entry for entry in kept if digest in entry.chunks]
        covered = {byte for entry in members for byte in range(entry.offset or 0, (entry.offset or 0) + entry.size)}
        assert covered == set(range(piece.chunk.size))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
def test_the_same_contents_make_the_same_packs(small_packs, contents):
    assert packed(contents)[0] == packed(contents)[0]
