"""A pushed set is locked in both Regions, counts only at the end, and is never written twice."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from local_aws import PRIMARY, RECOVERY
from vault_ground import MIB, REGIONS

from holdfast.backupsets.errors import (
    BadTenant,
    NoTenants,
    NothingToBackUp,
    SourceNotUsable,
    UnknownDataset,
    UnknownRule,
)
from holdfast.clock import ManualClock
from holdfast.errors import ServiceError

pytestmark = pytest.mark.sandbox


def test_a_pushed_set_counts_in_both_regions(ground):
    pushed = ground.push()

    assert [view.set_id for view in ground.committed()] == [pushed.set_id]
    assert (pushed.files, pushed.directories, pushed.bytes) == (3, 1, 1014)


def test_both_regions_hold_the_same_keys(ground):
    ground.push()

    assert ground.keys(region=PRIMARY) == ground.keys(region=RECOVERY)
    assert len(ground.keys("objects/")) == 5  # three files, the list of entries, the list of objects


def test_every_object_carries_its_lock_its_key_and_its_digest(ground):
    pushed = ground.push()

    for region in REGIONS:
        for version in ground.versions(region=region):
            head = ground.s3(region).head_object(
                Bucket=ground.bucket(region), Key=version["Key"], VersionId=version["VersionId"]
            )
            assert head["ObjectLockMode"] == "COMPLIANCE"
            assert head["ObjectLockRetainUntilDate"] >= pushed.retain_until[region]
            assert head["ServerSideEncryption"] == "aws:kms"
            assert head["SSEKMSKeyId"] == f"arn:aws:kms:{region}:000000000000:alias/holdfast-sandbox-backup"
            assert len(head["Metadata"]["sha256"]) == 64


def test_each_region_locks_as_long_as_the_rule_says(ground):
    pushed = ground.push()

    assert pushed.retain_until[PRIMARY] == pushed.captured_at + timedelta(days=2)
    assert pushed.retain_until[RECOVERY] == pushed.captured_at + timedelta(days=3)


def test_another_rule_locks_longer(ground):
    pushed = ground.push(rule="weekly")

    assert pushed.retain_until[PRIMARY] == pushed.captured_at + timedelta(days=14)
    assert pushed.rule == "weekly"


def test_the_commit_is_written_last_and_the_manifest_just_before(ground):
    puts = ground.puts()
    pushed = ground.push()

    documents = [(region, key.rpartition("/")[2]) for region, key in puts[-4:]]
    assert documents == [
        (RECOVERY, "manifest.json"),
        (PRIMARY, "manifest.json"),
        (RECOVERY, "commit.json"),
        (PRIMARY, "commit.json"),
    ]
    assert all(key.startswith("objects/") for _, key in puts[:-4])
    assert pushed.set_id in puts[-1][1]


def test_the_same_content_again_writes_no_content(ground):
    ground.push()
    before = ground.versions("objects/")
    pushed = ground.push()

    assert pushed.objects["written"] == 0
    assert pushed.bytes_written == 0
    assert ground.versions("objects/") == before
    assert len(ground.committed()) == 2


def test_the_same_content_under_a_shorter_rule_is_reused_as_it_is(ground):
    longer = ground.push(rule="weekly")
    pushed = ground.push(rule="daily")

    assert pushed.objects["reused"] > 0
    assert pushed.objects["extended"] == pushed.objects["written"] == 0
    shorter = next(view for view in ground.committed() if view.set_id == pushed.set_id)
    assert shorter.retain_until < longer.retain_until[PRIMARY]


def test_a_lock_that_ends_too_early_is_extended_in_place(ground):
    ground.push(rule="daily")
    pushed = ground.push(rule="weekly")

    assert pushed.objects["extended"] > 0
    assert pushed.objects["written"] == 0
    for version in ground.versions("objects/"):
        retention = ground.s3().get_object_retention(
            Bucket=ground.bucket(), Key=version["Key"], VersionId=version["VersionId"]
        )["Retention"]
        assert retention["RetainUntilDate"] >= pushed.retain_until[PRIMARY]


def test_only_what_is_new_is_written(ground):
    ground.push()
    ground.write("data/c.bin", b"something new")
    pushed = ground.push()

    assert pushed.objects["written"] == 2 * 3  # the file and the two lists, in two Regions


def test_files_of_the_same_content_are_stored_once(ground):
    for number in range(5):
        ground.write(f"copies/{number}", b"the same in each of them")
    pushed = ground.push()

    assert pushed.files == 8
    assert len(ground.keys(ground.object_key(b"the same in each of them"))) == 1


def test_an_object_behind_a_delete_marker_is_written_again(ground):
    ground.push()
    key = ground.object_key(b"three files")
    ground.hide(key)
    ground.push()

    assert ground.s3().head_object(Bucket=ground.bucket(), Key=key)["ContentLength"] == len(b"three files")


def test_an_object_somebody_wrote_over_is_written_again(ground):
    ground.push()
    key = ground.object_key(b"three files")
    ground.overwrite(key, b"other bytes")
    ground.push()

    assert ground.s3().get_object(Bucket=ground.bucket(), Key=key)["Body"].read() == b"three files"


def test_an_object_of_the_right_size_without_its_digest_is_not_trusted(ground):
    ground.push()
    key = ground.object_key(b"three files")
    ground.overwrite(key, b"Three Files")
    ground.push()

    assert ground.s3().get_object(Bucket=ground.bucket(), Key=key)["Body"].read() == b"three files"


def test_content_forged_together_with_its_metadata_is_mended_by_writing_everything_anew(ground):
    ground.push()
    key, digest = ground.object_key(b"three files"), hashlib.sha256(b"three files").hexdigest()
    for region in REGIONS:
        ground.s3(region).put_object(
            Bucket=ground.bucket(region), Key=key, Body=b"Three Files", Metadata={"sha256": digest}
        )

    mended = ground.push(rewrite=True)

    assert mended.objects == {"written": sum(mended.objects.values()), "reused": 0, "extended": 0}
    for region in REGIONS:
        assert ground.s3(region).get_object(Bucket=ground.bucket(region), Key=key)["Body"].read() == b"three files"


def test_a_region_missing_one_object_gets_that_one(weak_ground):
    weak_ground.push()
    key = weak_ground.object_key(b"three files")
    weak_ground.destroy(key, RECOVERY)
    pushed = weak_ground.push()

    assert pushed.objects["written"] == 1
    assert weak_ground.keys(key, RECOVERY) == [key]


def test_a_stronger_lock_than_asked_for_is_kept(ground):
    ground.push()
    weaker = ground.environment.model_copy(
        update={
            "lock": ground.environment.lock.model_copy(update={"mode": type(ground.environment.lock.mode).GOVERNANCE})
        }
    )
    ground.environment = weaker
    pushed = ground.push(rule="daily")

    assert pushed.lock_mode == "GOVERNANCE"
    modes = {
        ground.s3().head_object(Bucket=ground.bucket(), Key=ground.object_key(b"three files"), VersionId=version)[
            "ObjectLockMode"
        ]
        for version in [each["VersionId"] for each in ground.versions(ground.object_key(b"three files"))]
    }
    assert "COMPLIANCE" in modes


def test_tenants_lie_apart(ground):
    ground.push("exports", tenant="acme")
    ground.push("exports", tenant="globex")
    ground.push("exports")

    folders = {key.split("/")[2] for key in ground.keys("objects/exports/")}
    assert folders == {"acme", "globex", "_"}


def test_the_recovery_point_is_the_servers_time_when_the_scan_began(ground):
    before = ground.sessions.server_time(PRIMARY)
    pushed = ground.push()

    assert before <= pushed.captured_at <= pushed.committed_at
    assert pushed.set_id.startswith(f"{pushed.captured_at:%Y%m%dT%H%M%SZ}-")


def test_a_host_whose_clock_is_wrong_is_told_and_changes_nothing(ground):
    before = ground.sessions.server_time(PRIMARY)
    wrong = ManualClock(before - timedelta(hours=2))
    ground.sessions.clock = wrong
    pushed = ground.push()
    after = ground.sessions.server_time(PRIMARY)

    (told,) = [each for each in pushed.warnings if "us-east-1" in each]
    ahead = re.fullmatch(r"the clock of S3 in us-east-1 is \+(\d+) s from this host's", told)
    assert before <= wrong.now() + timedelta(seconds=int(ahead[1])) <= after
    assert abs(pushed.captured_at - wrong.now()) > timedelta(minutes=119)
    assert [view.captured_at for view in ground.committed()] == [pushed.captured_at]


def test_two_sets_of_the_same_second_get_different_names(ground):
    first, second = ground.push(), ground.push()
    captured = {view.set_id for view in ground.committed()}

    assert captured == {first.set_id, second.set_id}
    assert first.set_id != second.set_id


def test_sizes_around_a_chunk_are_cut_as_they_should(ground):
    sizes = (0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB + 1)
    for size in sizes:
        ground.write(f"size-{size}", size.to_bytes(4, "big") * (size // 4) + b"x" * (size % 4))
    ground.push()

    entries = {entry.name: entry for entry in ground.open() if entry.name.startswith("size-")}
    assert {name: len(entry.chunks) for name, entry in entries.items()} == {
        "size-0": 0,
        "size-1": 1,
        f"size-{8 * MIB - 1}": 1,
        f"size-{8 * MIB}": 1,
        f"size-{8 * MIB + 1}": 2,
        f"size-{16 * MIB + 1}": 3,
    }
    assert ground.fetch().is_complete


def test_memory_does_not_grow_with_a_file(ground):
    import tracemalloc

    with open(ground.source / "large", "wb") as file:  # noqa: PTH123  # sparse, each chunk another one
        for number in range(20):
            file.seek(number * 8 * MIB)
            file.write(number.to_bytes(4, "big"))
        file.truncate(160 * MIB)
    tracemalloc.start()
    try:
        ground.push(workers=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 60 * MIB


def test_progress_is_told_up_to_the_whole(ground):
    told = []
    pushed = ground.push(progress=told.append)

    assert (told[-1].files, told[-1].bytes) == (3, 1014)
    assert told[-1].objects_secured == sum(pushed.objects.values()) == 10
    assert [each.files for each in told] == sorted(each.files for each in told)


def test_a_directory_that_is_left_out_is_named_and_not_entered(ground):
    ground.write(".holdfast/sandbox/endpoints.json", b"a secret")
    pushed = ground.push(leave_out=[ground.source / ".holdfast", ground.folder / "does-not-exist"])

    assert pushed.left_out == (".holdfast",)
    assert pushed.files == 3
    assert ground.committed()[0].manifest.left_out == (".holdfast",)
    assert [entry.name for entry in ground.open()] == ["data", "data/a.bin", "data/b.bin", "notes.txt"]
    assert ground.keys(ground.object_key(b"a secret")) == []


def test_a_lock_another_push_lengthened_meanwhile_is_long_enough(ground):
    ground.push(rule="daily")
    key = ground.object_key(b"three files")

    def lengthen(**_):
        ground.s3().meta.events.unregister("before-call.s3.PutObjectRetention", lengthen)
        retention = {"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=25)}
        ground.s3().put_object_retention(Bucket=ground.bucket(), Key=key, Retention=retention)

    ground.s3().meta.events.register("before-call.s3.PutObjectRetention", lengthen)
    for name in ("data/a.bin", "data/b.bin"):
        (ground.source / name).unlink()
    ground.push(rule="weekly", workers=1)

    assert ground.committed()


def test_the_result_is_plain_json(ground):
    import json

    document = json.loads(json.dumps(ground.push().document()))

    assert document["files"] == 3
    assert set(document["retain_until"]) == set(REGIONS)


def test_an_unknown_dataset_is_refused_with_the_known_ones(ground):
    with pytest.raises(UnknownDataset, match="exports, project"):
        ground.push("nothing-like-it")


def test_an_unknown_rule_is_refused_with_the_known_ones(ground):
    with pytest.raises(UnknownRule, match="daily, weekly"):
        ground.push(rule="hourly")


@pytest.mark.parametrize("tenant", ["", "..", "_", "a/b", "Acme", "a b", "-a", "a-", "a\n", "x" * 64, "é"])
def test_a_tenant_that_could_leave_its_folder_is_refused(ground, tenant):
    with pytest.raises(BadTenant):
        ground.push("exports", tenant=tenant)


def test_a_tenant_of_a_dataset_without_tenants_is_refused(ground):
    with pytest.raises(NoTenants, match="project"):
        ground.push("project", tenant="acme")


def test_a_missing_directory_is_refused(ground):
    ground.folder = ground.folder / "elsewhere"
    with pytest.raises(SourceNotUsable, match="no such directory"):
        ground.push()


def test_a_file_is_no_directory(ground):
    (ground.folder / "file").mkdir()
    ground.folder = ground.folder / "file"
    ground.source.write_bytes(b"not a directory")

    with pytest.raises(SourceNotUsable, match="not a directory"):
        ground.push()


def test_a_path_with_a_nul_is_refused(ground):
    from holdfast.backupsets.push import push

    with pytest.raises(SourceNotUsable):
        push(ground.environment, ground.sessions, "project", ground.source / "a\0b", role=None)


def test_a_directory_without_a_file_is_refused_and_leaves_no_set(ground):
    for name in ("notes.txt", "data/a.bin", "data/b.bin"):
        (ground.source / name).unlink()

    with pytest.raises(NothingToBackUp):
        ground.push()

    assert ground.keys("sets/") == []


def test_a_bucket_without_object_lock_is_found_out_before_the_commit(ground):
    s3 = ground.s3(RECOVERY)
    s3.delete_bucket(Bucket=ground.bucket(RECOVERY))
    s3.create_bucket(Bucket=ground.bucket(RECOVERY), CreateBucketConfiguration={"LocationConstraint": RECOVERY})

    with pytest.raises(ServiceError, match="ObjectLock"):
        ground.push()

    assert ground.keys("sets/") == []
