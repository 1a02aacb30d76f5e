"""Somebody who may write the vault makes a set by hand. It passes the catalog; it never leaves the target.

Whoever holds the writer's role can commit a set of their own. What they write is checked like everything else.
"""

from __future__ import annotations

import hashlib
import json

import pytest
from local_aws import PRIMARY, RECOVERY
from vault_ground import REGIONS, tree

from holdfast.backupsets.errors import InvalidSetDocument, UnsafePath
from holdfast.backupsets.fetch import fetch_many
from holdfast.backupsets.fetched import Outcome
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.manifest import Commit, Manifest

pytestmark = pytest.mark.sandbox

FOLDER = Folder("project")
CONTENT = b"three files"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def directory(path):
    return {"path": path, "kind": "directory", "mode": "0755", "mtime_ns": 0}


def file(path, **changes):
    return {"path": path, "kind": "file", "mode": "0644", "mtime_ns": 0, "size": 11, "sha256": DIGEST} | changes


def symlink(path, target):
    return {"path": path, "kind": "symlink", "mode": "0777", "mtime_ns": 0, "target": target}


def forge(ground, *lines, version=2, **totals):
    """Commit a set with these lines as its entries; by default it adds up."""
    ground.push()
    genuine = ground.catalog(dataset="project")[0].manifest
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    files = [line for line in lines if line["kind"] == "file"]
    said = {"files": len(files), "bytes": sum(line["size"] for line in files), "count": len(lines)} | totals
    entries = stored(data, said.pop("count"))
    objects = stored(hashlib.sha256(data).digest() + len(data).to_bytes(4, "big"), 1)
    manifest = Manifest.model_validate(
        json.loads(genuine.to_bytes())
        | {"set_id": "20300101T000000Z-0123456789ab", "captured_at": "2030-01-01T00:00:00Z"}
        | {"schema": f"holdfast.backup-set/{version}"}
        | {"entries": entries[0], "objects": objects[0]}
        | {"totals": json.loads(genuine.to_bytes())["totals"] | said}
    )
    versions = {}
    for region in REGIONS:
        for _, content in (entries, objects):
            put(ground, region, FOLDER.object_key(hashlib.sha256(content).hexdigest()), content)
        versions[region] = put(
            ground, region, FOLDER.document_key(manifest.set_id, "manifest.json"), manifest.to_bytes()
        )
    commit = Commit(
        set_id=manifest.set_id,
        manifest_sha256=manifest.sha256(),
        manifest_versions=versions,
        committed_at=manifest.captured_at,
        objects=1,
    )
    for region in REGIONS:
        put(ground, region, FOLDER.document_key(manifest.set_id, "commit.json"), commit.to_bytes())
    forged = ground.committed(dataset="project")[0]
    assert forged.set_id == manifest.set_id
    return ground.open(forged)


def stored(data, count):
    digest = hashlib.sha256(data).hexdigest()
    chunks = [{"sha256": digest, "size": len(data)}]
    return {"sha256": digest, "size": len(data), "count": count, "chunks": chunks}, data


def put(ground, region, key, data):
    return ground.s3(region).put_object(Bucket=ground.bucket(region), Key=key, Body=data)["VersionId"]


@pytest.mark.parametrize("path", ["../escaped", "/tmp/escaped", "a/../../escaped", "..", "a//b", "./a", ""])
def test_a_path_out_of_the_target_is_refused_before_anything_is_written(ground, path):
    entries = forge(ground, file(path))

    with pytest.raises(UnsafePath):
        fetch_many(entries, ground.folder / "restored")

    assert not (ground.folder / "escaped").exists()
    assert tree(ground.folder / "restored") == {}


def test_a_file_cannot_be_written_through_a_symlink_of_the_set(ground):
    outside = ground.folder / "outside"
    outside.mkdir()
    entries = forge(ground, symlink("trap", str(outside)), file("trap/written"))
    fetched = fetch_many(entries, ground.folder / "restored")

    assert list(outside.iterdir()) == []
    assert [verdict.path for verdict in fetched.failures] == ["trap"]
    assert (ground.folder / "restored" / "trap" / "written").read_bytes() == CONTENT


def test_a_symlink_to_the_outside_is_made_and_not_followed(ground):
    victim = ground.folder / "victim"
    victim.mkdir(mode=0o755)
    before = victim.stat()
    entries = forge(ground, symlink("a", str(victim)), file("b"), directory("c"))
    fetch_many(entries, ground.folder / "restored")

    assert (ground.folder / "restored" / "a").readlink() == victim
    assert (victim.stat().st_mode, victim.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


@pytest.mark.parametrize(
    "lines",
    [
        (file("a"), file("a")),
        (file("b"), file("a")),
        (file("a/b"), directory("a")),
    ],
)
def test_a_name_twice_or_out_of_order_is_refused(ground, lines):
    entries = forge(ground, *lines)

    with pytest.raises(InvalidSetDocument, match="out of order"):
        list(entries)


def test_a_file_where_a_directory_is_needed_is_a_named_failure(ground):
    entries = forge(ground, file("a"), file("a/b"))
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.outcomes[Outcome.FAILED] == 1
    assert not fetched.is_complete


@pytest.mark.parametrize("totals", [{"count": 3}, {"count": 1}, {"files": 5}, {"bytes": 1}])
def test_a_list_that_does_not_add_up_is_refused(ground, totals):
    entries = forge(ground, file("a"), file("b"), **totals)

    with pytest.raises(InvalidSetDocument, match="where the manifest says"):
        list(entries)


def test_a_size_that_is_not_the_contents_is_a_named_failure(ground):
    entries = forge(ground, file("a", size=12))
    fetched = fetch_many(entries, ground.folder / "restored")

    assert "11 bytes where 12 were backed up" in fetched.failures[0].because
    assert not (ground.folder / "restored" / "a").exists()


@pytest.mark.parametrize("version", [1, 2])
def test_a_set_of_either_version_is_restored(ground, version):
    entries = forge(ground, file("a"), directory("b"), version=version)
    fetched = fetch_many(entries, ground.folder / "restored")

    assert entries.manifest.schema_ == f"holdfast.backup-set/{version}"
    assert fetched.is_complete
    assert (ground.folder / "restored" / "a").read_bytes() == CONTENT


def packed(path, content, offset, **changes):
    where = {"pack": DIGEST, "offset": offset, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return file(path, **(where | changes))


def test_files_may_share_bytes_of_a_pack_in_any_order(ground):
    entries = forge(ground, packed("a", b"files", 6), packed("b", b"three", 0), packed("c", b"three files", 0))
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.is_complete
    assert fetched.notable == []
    assert {path.name: path.read_bytes() for path in (ground.folder / "restored").iterdir()} == {
        "a": b"files",
        "b": b"three",
        "c": b"three files",
    }


@pytest.mark.parametrize(
    "bad",
    [
        packed("b", b"three", 1),
        packed("b", b"Three", 0),
        packed("b", b"three", 7),
        packed("b", b"three", 8_000_000),
        packed("b", b"three", 0, size=4),
        packed("b", b"three", 0, size=5_000_000),
    ],
)
def test_bytes_of_a_pack_that_are_not_the_files_are_a_named_failure_of_that_file(ground, bad):
    entries = forge(ground, packed("a", b"three", 0), bad, packed("c", b"files", 6))
    fetched = fetch_many(entries, ground.folder / "restored")

    assert [verdict.path for verdict in fetched.failures] == ["b"]
    assert f"of {FOLDER.object_key(DIGEST)} in {RECOVERY} are damaged" in fetched.failures[0].because
    assert sorted(path.name for path in (ground.folder / "restored").iterdir()) == ["a", "c"]
    assert (ground.folder / "restored" / "c").read_bytes() == b"files"


def test_a_digest_that_is_in_no_object_is_a_named_failure(ground):
    entries = forge(ground, file("a", sha256="0" * 64))
    fetched = fetch_many(entries, ground.folder / "restored")

    assert "no version of it is left" in fetched.failures[0].because


def test_a_digest_cannot_reach_another_tenants_objects(ground):
    ground.push("exports", tenant="acme")
    theirs = hashlib.sha256(b"b" * 1000).hexdigest()
    entries = forge(ground, file("a", sha256=theirs, size=1000), packed("b", b"b" * 10, 5, pack=theirs))
    keys = []
    ground.s3(RECOVERY).meta.events.register(
        "before-call.s3.GetObject", lambda params, **_: keys.append(params["url_path"])
    )
    fetch_many(entries, ground.folder / "restored")

    assert keys
    assert all("/objects/project/_/" in key for key in keys)


def test_rubbish_in_the_list_is_one_error(ground):
    ground.push()
    key = ground.committed()[0].manifest.entries.chunks[0].sha256
    assert key
    entries = forge(ground, {"kind": "rubbish"})

    with pytest.raises(InvalidSetDocument, match="an entry is not usable"):
        fetch_many(entries, ground.folder / "restored")


def test_only_the_primary_copy_forged_does_not_count(ground):
    pushed = ground.push()
    key = FOLDER.document_key("20300101T000000Z-0123456789ab", "commit.json")
    put(ground, PRIMARY, key, b"{}")

    assert [view.set_id for view in ground.committed()] == [pushed.set_id]
