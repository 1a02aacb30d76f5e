"""Manifest and commit: the same bytes for the same set, and one error for anything else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.layout import Folder, parse_set_key, set_id
from holdfast.backupsets.manifest import Commit, Manifest, newest, parse_commit, parse_manifest

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
STORED = {"sha256": "b" * 64, "size": 36, "count": 1, "chunks": [{"sha256": "b" * 64, "size": 36}]}
MANIFEST = Manifest.model_validate(
    {
        "set_id": "20261122T010203Z-aaaaaaaaaaaa",
        "environment": "prod",
        "dataset": "project",
        "tenant": None,
        "tier": "critical",
        "rule": "daily",
        "captured_at": NOW,
        "source": {"host": "host", "path": "/srv/ünï", "newest_mtime": NOW},
        "totals": {"files": 1, "directories": 0, "symlinks": 0, "special": 0, "bytes": 5},
        "chunk_bytes": 8388608,
        "lock_mode": "COMPLIANCE",
        "regions": {
            "us-east-1": {"bucket": "b", "key": "k", "retain_until": NOW, "clock_skew_seconds": 0.5},
        },
        "entries": STORED,
        "objects": STORED,
        "tool": "holdfast 0.1.0",
    }
)
COMMIT = Commit(
    set_id=MANIFEST.set_id,
    manifest_sha256=MANIFEST.sha256(),
    manifest_versions={"us-east-1": "v1"},
    committed_at=NOW,
    objects=1,
)


def test_a_manifest_comes_back_as_the_same_bytes():
    assert parse_manifest(MANIFEST.to_bytes(), "it") == MANIFEST
    assert parse_manifest(MANIFEST.to_bytes(), "it").to_bytes() == MANIFEST.to_bytes()


def test_the_written_form_does_not_change_by_accident():
    assert MANIFEST.sha256() == "fde5b947d62032846c6dd0877a3387bdc38cdf7a1af5446f6276afab4301135a"


def test_a_field_of_a_later_version_is_passed_over():
    document = json.loads(COMMIT.to_bytes()) | {"invented_later": {"deep": 1}}

    assert parse_commit(json.dumps(document).encode(), "it") == COMMIT


@pytest.mark.parametrize("parse", [parse_manifest, parse_commit])
@given(
    data=st.one_of(st.binary(max_size=100), st.dictionaries(st.text(), st.integers()).map(json.dumps).map(str.encode))
)
def test_rubbish_is_one_error(parse, data):
    with pytest.raises(InvalidSetDocument, match="the thing is not usable"):
        parse(data, "the thing")


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "holdfast.backup-set/3"},
        {"captured_at": "2026-11-22T01:02:03"},
        {"entries": STORED | {"sha256": "../../etc"}},
        {"totals": {"files": -1, "directories": 0, "symlinks": 0, "special": 0, "bytes": 5}},
        {"regions": []},
        {"set_id": None},
    ],
)
def test_a_manifest_with_a_wrong_field_is_refused_and_the_field_named(change):
    document = json.loads(MANIFEST.to_bytes()) | change

    with pytest.raises(InvalidSetDocument, match=next(iter(change))):
        parse_manifest(json.dumps(document).encode(), "it")


@pytest.mark.parametrize("length", [0, 1, 50, 200])
def test_a_torn_manifest_is_refused(length):
    with pytest.raises(InvalidSetDocument):
        parse_manifest(MANIFEST.to_bytes()[:length], "it")


def test_a_set_is_named_after_its_second_and_its_content():
    assert set_id(NOW, "0123456789abcdef" * 4) == "20261122T010203Z-0123456789ab"
    assert set_id(NOW + timedelta(hours=1), "f" * 64, 3) == "20261122T020203Z-ffffffffffff-3"


@pytest.mark.parametrize("folder", [Folder("project"), Folder("exports", "acme-2")])
@pytest.mark.parametrize("document", ["manifest.json", "commit.json"])
def test_a_key_is_taken_apart_as_it_was_made(folder, document):
    parsed = parse_set_key(folder.document_key("20261122T010203Z-0123456789ab-2", document))

    assert (parsed.folder, parsed.set_id, parsed.document) == (folder, "20261122T010203Z-0123456789ab-2", document)


@pytest.mark.parametrize(
    "key",
    [
        "sets/project/_/manifest.json",
        "sets/project/_/20261122T010203Z-0123456789ab/other.json",
        "sets/project/_/20261122T010203Z-0123456789ab/manifest.json/more",
        "sets/Project/_/20261122T010203Z-0123456789ab/manifest.json",
        "sets/project/../20261122T010203Z-0123456789ab/manifest.json",
        "sets/project/_/20261122T010203Z-0123456789ab/manifest.json\n",
        "objects/project/_/20261122T010203Z-0123456789ab/manifest.json",
    ],
)
def test_a_key_push_does_not_write_is_passed_over(key):
    assert parse_set_key(key) is None


@pytest.mark.parametrize(("seen", "expected"), [(None, None), (10**30, None), (1_500_000_000, "1970-01-01T00:00:01.5")])
def test_a_modification_time_no_calendar_holds_is_left_out(seen, expected):
    found = newest(seen)

    assert found is None if expected is None else found.isoformat().startswith(expected)
