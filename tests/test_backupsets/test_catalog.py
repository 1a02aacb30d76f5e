"""Only a whole set in both Regions counts; what hides or replaces objects cannot make it vanish."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from local_aws import PRIMARY, RECOVERY
from vault_ground import REGIONS

from holdfast.aws.bulk_reads import BulkReads
from holdfast.aws.errors import BucketMissing, RegionDenied
from holdfast.aws.sessions import ServerClock
from holdfast.backupsets.errors import BadTenant, UnknownDataset, UnknownRegion
from holdfast.backupsets.reading import Reader
from holdfast.backupsets.set_view import newest_committed

pytestmark = pytest.mark.sandbox


def only(ground, **options):
    (view,) = ground.catalog(**options)
    return view


def document_key(pushed, name):
    return f"sets/{pushed.dataset}/{pushed.tenant or '_'}/{pushed.set_id}/{name}"


def test_an_empty_vault_has_no_sets(ground):
    assert ground.catalog() == []
    assert newest_committed([]) is None


def test_of_two_sets_of_one_second_the_one_committed_last_is_the_newest(ground):
    ground.push()
    view = only(ground)
    commit = view.commit.model_copy(update={"committed_at": view.committed_at + timedelta(seconds=1)})
    later = replace(view, set_id=f"{view.set_id[:17]}000000000000", commit=commit)

    assert later.set_id < view.set_id
    assert newest_committed([view, later]) is newest_committed([later, view]) is later


def test_sets_of_one_second_are_listed_by_when_they_were_committed(ground, monkeypatch):
    second = ground.sessions.server_time(PRIMARY)
    commits = iter(second + timedelta(seconds=number) for number in range(1, 100))
    monkeypatch.setattr(ground.sessions, "server_clock", lambda *_, **__: ServerClock(second, timedelta()))
    monkeypatch.setattr(ground.sessions, "server_time", lambda *_, **__: next(commits))
    pushed = []
    for number in range(5):
        ground.write("changes", b"%d" % number)
        pushed.append(ground.push())

    assert {each.captured_at for each in pushed} == {second}
    assert [view.set_id for view in ground.catalog()] == [each.set_id for each in reversed(pushed)]


def test_the_catalog_says_what_was_pushed(ground):
    pushed = ground.push()
    view = only(ground)

    assert view.committed
    assert view.reason is None
    assert (view.files, view.bytes, view.captured_at, view.committed_at) == (
        3,
        1014,
        pushed.captured_at,
        pushed.committed_at,
    )
    assert view.retain_until == min(pushed.retain_until.values())
    assert json.loads(json.dumps(view.document()))["manifest_sha256"] == pushed.manifest_sha256


def test_the_newest_set_comes_first(ground):
    first = ground.push()
    ground.write("more", b"more")
    deadline = time.monotonic() + 60
    while ground.sessions.server_time(PRIMARY) <= first.captured_at:
        assert time.monotonic() < deadline, "the server's clock stands still"
    second = ground.push()
    views = ground.catalog()

    assert [view.set_id for view in views] == [second.set_id, first.set_id]
    assert newest_committed(views).set_id == second.set_id


def test_datasets_and_tenants_are_told_apart(ground):
    ground.push()
    ground.push("exports", tenant="acme")
    ground.push("exports", tenant="globex")
    ground.push("exports")

    assert len(ground.catalog()) == 4
    assert [view.dataset for view in ground.catalog(dataset="project")] == ["project"]
    assert [view.tenant for view in ground.catalog(dataset="exports")] == [None, "acme", "globex"]
    assert [view.tenant for view in ground.catalog(dataset="exports", tenant="acme")] == ["acme"]
    assert all(view.committed for view in ground.catalog())


def test_a_set_without_a_commit_does_not_count(weak_ground):
    pushed = weak_ground.push()
    for region in REGIONS:
        weak_ground.destroy(document_key(pushed, "commit.json"), region)
    view = only(weak_ground)

    assert not view.committed
    assert "the push did not finish" in view.reason
    assert view.captured_at == pushed.captured_at


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", ["commit.json", "manifest.json"])
def test_a_set_with_a_document_in_one_region_only_does_not_count(weak_ground, region, name):
    pushed = weak_ground.push()
    weak_ground.destroy(document_key(pushed, name), region)
    other = next(each for each in REGIONS if each != region)

    assert region in only(weak_ground).reason
    assert not only(weak_ground, regions=[region]).committed
    assert only(weak_ground, regions=[other]).committed


@pytest.mark.parametrize("region", REGIONS)
def test_a_set_that_misses_an_object_in_one_region_does_not_count(weak_ground, region):
    weak_ground.push()
    weak_ground.destroy(weak_ground.object_key(b"three files"), region)
    view = only(weak_ground)

    assert not view.committed
    assert f"1 of 4 objects are missing in {region}" in view.reason


@pytest.mark.parametrize("which", ["entries", "objects"])
def test_a_set_that_misses_one_of_its_own_lists_does_not_count(weak_ground, which):
    weak_ground.push()
    stored = getattr(only(weak_ground).manifest, which).chunks[0].sha256
    weak_ground.destroy(f"objects/project/_/{stored[:2]}/{stored}", PRIMARY)

    assert not only(weak_ground).committed
    assert stored[:12] in only(weak_ground).reason


def test_a_set_that_misses_an_object_does_not_take_others_with_it(weak_ground):
    weak_ground.push()
    weak_ground.write("newer", b"only in the second set")
    second = weak_ground.push()
    weak_ground.destroy(weak_ground.object_key(b"only in the second set"), RECOVERY)
    views = {view.set_id: view.committed for view in weak_ground.catalog()}

    assert views.pop(second.set_id) is False
    assert list(views.values()) == [True]


@pytest.mark.parametrize("region", REGIONS)
def test_delete_markers_make_no_set_vanish(ground, region):
    ground.push()
    for key in ground.keys(region=region):
        ground.hide(key, region)

    assert ground.s3(region).list_objects_v2(Bucket=ground.bucket(region)).get("Contents") is None
    assert only(ground).committed


def test_versions_of_objects_are_listed_only_when_one_is_not_current(ground):
    ground.push()
    listed = []
    ground.s3().meta.events.register(
        "before-parameter-build.s3.ListObjectVersions", lambda params, **_: listed.append(params["Prefix"])
    )

    assert only(ground).committed
    assert listed == ["sets/"]
    ground.hide(ground.object_key(b"three files"))
    assert only(ground).notes
    assert listed == ["sets/", "sets/", "objects/project/_/"]


def test_without_the_listing_of_current_objects_the_versions_tell_the_same(ground, monkeypatch):
    ground.push()
    ground.hide(ground.object_key(b"three files"))
    before = only(ground)
    monkeypatch.setattr(BulkReads, "current", lambda self, prefix: iter(()))

    assert only(ground) == before
    assert before.committed


def test_an_object_written_over_still_counts_by_its_version(ground):
    ground.push()
    ground.overwrite(ground.object_key(b"three files"), b"x")

    assert only(ground).committed


def test_a_commit_written_over_is_noticed_and_the_first_one_counts(ground):
    pushed = ground.push()
    forged = json.loads(
        ground.s3().get_object(Bucket=ground.bucket(), Key=document_key(pushed, "commit.json"))["Body"].read()
    )
    forged["manifest_sha256"] = "0" * 64
    ground.overwrite(document_key(pushed, "commit.json"), json.dumps(forged).encode())
    view = only(ground)

    assert view.committed
    assert view.commit.manifest_sha256 == pushed.manifest_sha256
    assert "wrote over the commit in us-east-1" in view.notes[0]


def test_a_manifest_written_over_is_ignored(ground):
    pushed = ground.push()
    ground.overwrite(document_key(pushed, "manifest.json"), b'{"schema": "holdfast.backup-set/1"}')

    assert only(ground).manifest.set_id == pushed.set_id


def test_rubbish_in_place_of_a_commit_is_a_reason_and_no_traceback(ground):
    key = "sets/project/_/20261122T010203Z-0123456789ab/commit.json"
    for region in REGIONS:
        ground.overwrite(key, b"\xff not json", region)
    view = only(ground)

    assert not view.committed
    assert "the commit in us-east-1 is not usable" in view.reason


def test_a_commit_of_another_set_does_not_count(ground):
    pushed = ground.push()
    for region in REGIONS:
        commit = ground.s3(region).get_object(Bucket=ground.bucket(region), Key=document_key(pushed, "commit.json"))
        key = "sets/project/_/20300101T000000Z-0123456789ab/commit.json"
        ground.overwrite(key, commit["Body"].read(), region)

    assert [view.set_id for view in ground.committed()] == [pushed.set_id]


def test_a_set_copied_to_another_tenant_does_not_count(ground):
    pushed = ground.push("exports", tenant="acme")
    for region in REGIONS:
        for name in ("manifest.json", "commit.json"):
            data = ground.s3(region).get_object(Bucket=ground.bucket(region), Key=document_key(pushed, name))
            key = document_key(pushed, name).replace("/acme/", "/globex/")
            ground.overwrite(key, data["Body"].read(), region)

    assert [view.tenant for view in ground.committed()] == ["acme"]


def test_keys_push_does_not_write_are_passed_over(ground):
    ground.push()
    for key in ("sets/project/_/readme.txt", "sets/x", "objects/project/_/zz/zz", "objects/project/_/aa/" + "a" * 63):
        ground.overwrite(key, b"x")

    assert only(ground).committed


def test_the_recovery_region_alone_tells_the_sets_while_the_primary_is_lost(ground):
    pushed = ground.push()
    ground.sessions = ground.sessions.guarded(
        regions=frozenset({PRIMARY}), buckets=frozenset({ground.sessions.names.vault_bucket})
    )

    assert [view.set_id for view in ground.committed(regions=[RECOVERY])] == [pushed.set_id]
    assert ground.sessions.guard.refused == ()
    with pytest.raises(RegionDenied):
        ground.catalog()


def test_an_unknown_region_dataset_or_tenant_is_refused(ground):
    with pytest.raises(UnknownRegion, match="us-east-1, us-west-2"):
        ground.catalog(regions=["eu-west-1"])
    with pytest.raises(UnknownDataset):
        ground.catalog(dataset="nothing")
    with pytest.raises(BadTenant):
        ground.catalog(dataset="exports", tenant="../acme")


def test_a_vault_that_is_not_applied_is_said_so(ground):
    for region in REGIONS:
        ground.s3(region).delete_bucket(Bucket=ground.bucket(region))

    with pytest.raises(BucketMissing) as caught:
        ground.catalog()

    assert "holdfast apply" in caught.value.hint


@pytest.mark.parametrize("count", [1000, 1001])
def test_a_listing_of_several_pages_is_read_to_its_end(ground, count):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: ground.overwrite(f"many/{number:05}", b""), range(count)))
    reader = Reader(ground.s3(), PRIMARY, ground.bucket(), _patience())

    assert [version.key for version in reader.versions("many/")] == [f"many/{number:05}" for number in range(count)]


class Pages:
    """A service that answers with these pages, whatever is asked."""

    def __init__(self, *pages):
        self.pages, self.asked = list(pages), []

    def list_object_versions(self, **asked):
        self.asked.append(asked)
        return self.pages.pop(0)


def page(*keys, marker=None):
    versions = [{"Key": key, "VersionId": "v", "Size": 1} for key in keys]
    return {"Versions": versions, "IsTruncated": marker is not None, "NextKeyMarker": marker or ""}


def test_an_empty_page_in_the_middle_does_not_end_a_listing():
    reader = Reader(Pages(page("a", marker="a"), page(marker="b"), page("c")), PRIMARY, "b", _patience())

    assert [version.key for version in reader.versions("")] == ["a", "c"]


def test_a_page_that_repeats_itself_does_not_go_on_for_ever():
    reader = Reader(Pages(page("a", marker="a"), page("a", marker="a")), PRIMARY, "b", _patience())

    assert [version.key for version in reader.versions("")] == ["a", "a"]


def _patience():
    import random

    from holdfast.aws.second_pass import Patience
    from holdfast.clock import SystemClock

    return Patience(SystemClock(), random.Random(1))  # noqa: S311  # seeded on purpose


def test_a_set_with_a_hidden_object_counts_and_says_which_region_hides_it(ground):
    pushed = ground.push()
    key = next(version["Key"] for version in ground.versions(region=RECOVERY) if version["Key"].startswith("objects/"))
    ground.hide(key, RECOVERY)
    view = only(ground)
    assert (view.set_id, view.committed) == (pushed.set_id, True)
    (note,) = view.notes
    assert note.startswith(f"1 objects are hidden behind a delete marker in {RECOVERY}: {key[-64:-52]}")


def test_an_object_that_was_hidden_and_written_again_is_not_hidden(ground):
    ground.push()
    key = next(version["Key"] for version in ground.versions(region=PRIMARY) if version["Key"].startswith("objects/"))
    ground.hide(key)
    assert only(ground).notes
    ground.push(rewrite=True)
    assert [view.notes for view in ground.catalog()] == [(), ()]
