"""A volume comes back from its snapshot, block by block; whatever is wrong with the snapshot is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from applied_ground import PRIMARY, RECOVERY
from ebs_ground import INDEXES, TIERS, Volumes, ebs_environment, made_up_blocks

from holdfast.clock import SystemClock
from holdfast.drills.checks import CheckKind, Outcome
from holdfast.drills.ebs.errors import NoSnapshotToRead, NotASnapshot, NotVolumes
from holdfast.drills.errors import OptionNotTaken
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify
from holdfast.sandbox.seeding import seed

pytestmark = pytest.mark.sandbox


@pytest.fixture
def ground(emulator, tmp_path):
    """An environment of its own; all faults are off before and after."""
    made = Volumes(ebs_environment(), emulator, tmp_path).apply()
    made.fault()
    yield made
    made.fault()
    assert made.made_by_drills() == []


def outcome(result, check):
    return next(each for each in result.checks if each.id == check)


def test_a_volume_comes_back_block_by_block_without_a_call_to_the_lost_region(ground):
    _, snapshot, copy = ground.protect()

    result = ground.drill()

    assert result.verdict is Verdict.PASSED, result.reasons
    point = result.selection.point
    assert (point.id, point.region, point.files) == (copy, RECOVERY, len(INDEXES))
    told = ground.client("ec2", PRIMARY).describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert result.newest_committed == point.captured_at == told["StartTime"]
    assert result.rpo.met
    assert result.refused_calls == ()
    assert verify(ground.home / "evidence" / ground.environment.environment, clock=SystemClock()).findings == ()


def test_a_real_file_system_made_by_seed_is_recognized_and_fits(ground, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.csv").write_text("a,b")
    first = seed(ground.environment, ground.sessions, ground.environment.datasets[0], tmp_path / "files")
    again = seed(ground.environment, ground.sessions, ground.environment.datasets[0])
    ground.baseline()

    result = ground.drill()

    assert first == again  # the volume is there: it is only snapshotted and copied again
    assert result.verdict is Verdict.PASSED, result.reasons
    assert outcome(result, "file-system").observed == "ext4 'disk'"


def test_in_corruption_the_original_is_restored(ground):
    volume, snapshot, _ = ground.protect()

    result = ground.drill(scenario="corruption")

    assert result.verdict is Verdict.PASSED, result.reasons
    assert (result.selection.point.id, result.selection.point.region) == (snapshot, PRIMARY)
    assert result.selection.point.resource.endswith(volume)


def test_without_a_baseline_the_restore_is_compared_with_the_snapshot_and_the_content_is_not_proved(ground):
    ground.copy(ground.snapshot(ground.make_volume()))

    result = ground.drill()

    assert result.verdict is Verdict.INCONCLUSIVE
    assert outcome(result, "as-the-snapshot").outcome is Outcome.PASSED
    assert "holdfast drill baseline" in outcome(result, "content").reason


def test_a_copy_that_does_not_say_of_what_is_compared_with_the_newest_baseline_before_it(ground):
    volume = ground.make_volume()
    snapshot = ground.snapshot(volume)
    ground.baseline()
    ground.copy(snapshot, Description="made by hand")

    assert ground.drill().verdict is Verdict.PASSED


def test_a_sample_says_how_likely_it_finds_damage_and_rotates(ground):
    ground.protect()

    first = ground.drill(sample=4, rotate=True)
    second = ground.drill(sample=2, rotate=True)

    assert (first.verdict, second.verdict) == (Verdict.PASSED, Verdict.PASSED)
    assert first.selection.sampling.detection_probability == pytest.approx(1 - 0.99**4)
    assert second.selection.sampling.never_proved == 2
    assert set(second.selection.sampling.chosen).isdisjoint(first.selection.sampling.chosen)


def test_of_several_volumes_one_is_drawn_with_the_seed(ground):
    ground.protect(made_up_blocks(1))
    ground.protect(made_up_blocks(2))

    points = {ground.drill(seed=seed).selection.point.resource for seed in range(4)}

    assert len(points) == 2


def test_no_snapshot_is_inconclusive_and_a_baseline_of_nothing_is_refused(ground):
    result = ground.drill()

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any(f"{RECOVERY} holds no snapshot of disk" in each for each in result.reasons)
    with pytest.raises(NoSnapshotToRead):
        ground.baseline()


def test_an_archived_copy_cannot_be_restored_at_once(ground):
    _, _, copy = ground.protect()
    ground.client("ec2", RECOVERY).modify_snapshot_tier(SnapshotId=copy, StorageTier="archive")

    result = ground.drill()

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("in the archive" in each for each in result.reasons)


def test_a_copy_without_encryption_fails(ground):
    """Such a copy cannot be made of an encrypted one; the volume it came from was not."""
    ec2 = ground.client("ec2", PRIMARY)
    specification = [{"ResourceType": "volume", "Tags": ground.tags}]
    volume = ec2.create_volume(Size=1, AvailabilityZone=f"{PRIMARY}a", TagSpecifications=specification)["VolumeId"]
    snapshot = ground.snapshot(volume)
    plain = ground.client("ec2", RECOVERY).copy_snapshot(
        SourceRegion=PRIMARY,
        SourceSnapshotId=snapshot,
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": ground.tags}],
    )["SnapshotId"]
    ground.client("ec2", RECOVERY).modify_snapshot_attribute(
        SnapshotId=plain, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    assert outcome(result, "encrypted").outcome is Outcome.FAILED
    assert outcome(result, "not-public").outcome is Outcome.FAILED
    assert outcome(result, "volume-encrypted").outcome is Outcome.PASSED


def test_a_lock_shorter_than_declared_fails_and_none_is_said_to_be_none(ground):
    _, _, copy = ground.protect()
    assert "not locked" in outcome(ground.drill(), "snapshot-lock").reason
    until = datetime.now(UTC) + timedelta(hours=2)
    ground.client("ec2", RECOVERY).lock_snapshot(SnapshotId=copy, LockMode="governance", ExpirationDate=until)

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    assert outcome(result, "snapshot-lock").outcome is Outcome.FAILED


def test_a_disabled_key_keeps_the_copy_from_being_restored(ground):
    ground.protect()
    kms = ground.client("kms", RECOVERY)
    kms.disable_key(KeyId=ground.key(RECOVERY))
    try:
        result = ground.drill()
    finally:
        kms.enable_key(KeyId=ground.key(RECOVERY))

    assert result.verdict is not Verdict.PASSED


@pytest.mark.parametrize("aws_own", [False, True])
def test_a_copy_under_another_key_of_the_same_account_fails(ground, aws_own):
    """As somebody makes it who may make copies and holds a key of theirs: it reads until they take the key away."""
    _, snapshot, _ = ground.protect()
    key = ground.client("kms", RECOVERY).create_key()["KeyMetadata"]["Arn"]
    ground.copy(snapshot, KmsKeyId="alias/aws/ebs" if aws_own else key)

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    (found,) = (each for each in result.checks if each.outcome is Outcome.FAILED)
    assert (found.id, found.kind) == ("key-is-the-environments", CheckKind.KEY)
    assert aws_own or key in found.reason


def test_a_copy_under_a_key_listed_for_drills_is_under_a_declared_one(ground):
    _, snapshot, _ = ground.protect()
    key = ground.client("kms", RECOVERY).create_key()["KeyMetadata"]["Arn"]
    ground.copy(snapshot, KmsKeyId=key)
    listed = ground.environment.drill.model_copy(update={"keys": (key,)})
    ground.environment = ground.environment.model_copy(update={"drill": listed})

    assert ground.drill().verdict is Verdict.PASSED


def test_where_no_key_of_copies_is_declared_none_is_the_environments(ground):
    ground.protect()
    ground.client("kms", RECOVERY).delete_alias(AliasName=ground.names.copy_key_alias)

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    assert "none is declared in us-west-2" in outcome(result, "key-is-the-environments").expected


def test_a_snapshot_older_than_the_objective_fails(emulator, tmp_path):
    tiers = {"demo": TIERS["demo"] | {"rpo": {"region_loss": "1h"}, "rto": {"region_loss": "1h"}}}
    ground = Volumes(ebs_environment(tiers=tiers), emulator, tmp_path).apply()
    ground.fault({"effect": "backdate", "job": "snapshot", "seconds": 7200})
    try:
        ground.protect()
    finally:
        ground.fault()

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    assert result.rpo.met is False


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"dataset": "notes"}, NotVolumes),
        ({"set_id": "snap-0123456789abcdef0"}, NotASnapshot),
    ],
)
def test_what_it_cannot_do_is_refused(ground, options, error):
    ground.protect()

    with pytest.raises(error):
        ground.drill(**options)


def test_one_tenant_of_a_volume_cannot_be_restored(emulator, tmp_path):
    disk = {"name": "disk", "kind": "ebs", "tier": "demo", "select": {"tags": {"a": "b"}}, "tenants": {"by": "prefix"}}
    ground = Volumes(ebs_environment(datasets=[disk]), emulator, tmp_path).apply()

    with pytest.raises(OptionNotTaken):
        ground.drill(tenant="ada")
