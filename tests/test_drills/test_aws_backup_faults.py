"""What can go wrong with AWS Backup, switched on one at a time: each is detected and named, none passes."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY
from backup_ground import RULE, Protected, backup_environment

from holdfast.drills.aws_backup.errors import (
    NotARecoveryPoint,
    NotProtectedByAwsBackup,
)
from holdfast.drills.engine import run
from holdfast.drills.errors import OptionNotTaken
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox

OBJECTS = {f"n/{number}": bytes([number]) * 2000 for number in range(1, 6)}
ITEMS = [{"id": {"S": str(number)}, "total": {"N": str(number * 10)}} for number in range(1, 6)]
HOWS = ("bit-flip", "truncate", "missing", "extra", "swap", "older")


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """A bucket and a table, each backed up twice with a change in between, and the baselines of the second backup."""
    ground = Protected(backup_environment(), emulator, tmp_path_factory.mktemp("standing")).apply().protect()
    bucket, table = ground.make_bucket(OBJECTS), ground.make_table(ITEMS)
    ground.back_up()
    ground.client("s3", PRIMARY).put_object(Bucket=bucket, Key="n/1", Body=b"changed")
    ground.client("dynamodb", PRIMARY).put_item(TableName=table, Item={"id": {"S": "1"}, "total": {"N": "11"}})
    ground.make_bucket({}, tagged=False)  # a second passes
    ground.back_up()
    ground.take_baseline("exports")
    ground.take_baseline("orders")
    return ground


@pytest.fixture
def broken(standing):
    """The same, to switch faults on in."""
    yield standing
    standing.fault()


@pytest.fixture
def fresh(emulator, tmp_path):
    """An environment of its own."""
    ground = Protected(backup_environment(), emulator, tmp_path).apply().protect()
    yield ground
    ground.fault()


def drill(ground, dataset="exports", **options):
    result = run(ground.spec(dataset, **options), ground.surroundings)
    assert ground.made_by_drills() == []
    return result


def test_without_a_fault_it_passes(broken):
    """Or nothing below would show anything."""
    assert drill(broken).verdict is Verdict.PASSED
    assert drill(broken, "orders").verdict is Verdict.PASSED


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("dataset", ["exports", "orders"])
def test_a_damaged_restore_fails(broken, dataset, how):
    broken.fault({"effect": "damage", "job": "restore", "how": how})

    result = drill(broken, dataset)

    assert result.verdict is Verdict.FAILED
    assert any(
        each.split(":")[0] in {"members", "content", "nothing-missing", "nothing-extra"} for each in result.issues
    )
    assert broken.restore_jobs()[0]["ValidationStatus"] == "FAILED"


@pytest.mark.parametrize(("effect", "state"), [("fail", "FAILED"), ("abort", "ABORTED")])
def test_a_restore_job_that_ends_otherwise_fails_with_its_own_reason(broken, effect, state):
    broken.fault({"effect": effect, "job": "restore", "message": "Insufficient capacity"})

    result = drill(broken)

    assert result.verdict is Verdict.FAILED
    assert any(f"ended {state}: Insufficient capacity" in reason for reason in result.reasons)


def test_missing_points_are_inconclusive(broken):
    broken.fault({"effect": "missing"})

    result = drill(broken)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("holds no recovery point of exports" in reason for reason in result.reasons)


def test_a_point_that_vanishes_after_it_was_chosen_fails(broken):
    broken.fault({"effect": "error", "operation": "StartRestoreJob", "code": "ResourceNotFoundException"})

    result = drill(broken)

    assert result.verdict is Verdict.FAILED
    assert any("ResourceNotFoundException" in reason for reason in result.reasons)


def test_a_service_that_is_busy_says_nothing_about_the_backup(broken):
    broken.fault({"effect": "error", "operation": "StartRestoreJob", "code": "ThrottlingException"})

    assert drill(broken).verdict is Verdict.INCONCLUSIVE


def test_a_validation_result_that_is_not_taken_fails(broken):
    broken.fault({"effect": "error", "operation": "PutRestoreValidationResult", "code": "InvalidRequestException"})

    result = drill(broken)

    assert result.verdict is Verdict.FAILED
    assert any(reason.startswith("verdict-answered") for reason in result.reasons)


def test_a_slow_restore_misses_the_recovery_time(emulator, tmp_path):
    tiers = {"demo": {"rpo": {"region_loss": "24h"}, "rto": {"region_loss": "20s"}, "rules": [RULE]}}
    ground = Protected(backup_environment(tiers=tiers), emulator, tmp_path).apply().protect()
    ground.make_bucket(OBJECTS)
    ground.back_up()
    ground.take_baseline()
    ground.fault({"effect": "delay", "job": "restore", "seconds": 21})
    try:
        result = drill(ground)
    finally:
        ground.fault()

    assert result.verdict is Verdict.FAILED
    assert result.rto.met is False
    assert any(reason.startswith("recovery-time") for reason in result.reasons)


def test_a_restore_that_never_ends_is_given_up_and_named(emulator, tmp_path):
    tiers = {"demo": {"rpo": {"region_loss": "24h"}, "rto": {"region_loss": "1s"}, "rules": [RULE]}}
    ground = Protected(backup_environment(tiers=tiers), emulator, tmp_path).apply().protect()
    ground.make_bucket(OBJECTS)
    ground.back_up()
    ground.fault({"effect": "delay", "job": "restore", "seconds": 15})
    try:
        result = run(ground.spec(), ground.surroundings)
    finally:
        ground.fault()

    assert result.verdict is Verdict.FAILED
    assert any("was still RUNNING after" in reason for reason in result.reasons)
    assert result.cleaned.orphaned


def test_a_stale_point_fails(fresh):
    """A new recovery point of old content: its date is right, what it holds is not."""
    bucket = fresh.make_bucket(OBJECTS)
    fresh.back_up()
    fresh.client("s3", PRIMARY).put_object(Bucket=bucket, Key="n/6", Body=b"written since")
    fresh.make_bucket({}, tagged=False)  # a second passes
    fresh.fault({"effect": "stale", "job": "backup"})
    fresh.back_up()
    fresh.fault()
    fresh.take_baseline()

    result = drill(fresh)

    assert result.verdict is Verdict.FAILED
    assert any("missing: n/6" in reason for reason in result.reasons)


def test_an_old_point_misses_the_recovery_point_objective(fresh):
    fresh.make_bucket(OBJECTS)
    fresh.fault({"effect": "backdate", "job": "backup", "seconds": 2 * 86400})
    fresh.back_up()
    fresh.fault()
    fresh.take_baseline()

    result = drill(fresh)

    assert result.verdict is Verdict.FAILED
    assert result.rpo.met is False
    assert result.rpo.seconds == pytest.approx(2 * 86400, abs=120)


def test_when_the_newest_point_is_partial_the_backup_did_not_work(fresh):
    fresh.make_bucket(OBJECTS)
    fresh.back_up()
    fresh.take_baseline()
    fresh.fault({"effect": "partial", "job": "copy", "message": "3 objects were not copied"})
    assert "PARTIAL" in {each.state for each in fresh.back_up()}
    fresh.fault()

    result = drill(fresh)

    assert result.verdict is Verdict.FAILED
    assert any(reason.startswith("newest-point-complete") and "PARTIAL" in reason for reason in result.reasons)


@pytest.mark.parametrize(("effect", "state"), [("fail", "FAILED"), ("expire", "EXPIRED"), ("abort", "ABORTED")])
def test_when_no_backup_job_completed_there_is_nothing_to_restore(fresh, effect, state):
    fresh.make_bucket(OBJECTS)
    fresh.fault({"effect": effect, "job": "backup"})

    assert [each.state for each in fresh.back_up()] == [state]
    assert drill(fresh).verdict is Verdict.INCONCLUSIVE


def test_a_key_that_is_disabled_keeps_the_point_from_being_read(fresh):
    fresh.make_bucket(OBJECTS)
    fresh.back_up()
    fresh.take_baseline()
    kms = fresh.client("kms", RECOVERY)
    key = kms.describe_key(KeyId=fresh.names.vault_key_alias)["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=key)

    result = drill(fresh)

    assert result.verdict is Verdict.FAILED
    assert any("KMS key" in reason and "cannot be used" in reason for reason in result.reasons)


def test_the_loss_of_the_primary_key_leaves_the_copy_readable(fresh):
    fresh.make_bucket(OBJECTS)
    fresh.back_up()
    fresh.take_baseline()
    kms = fresh.client("kms", PRIMARY)
    kms.disable_key(KeyId=kms.describe_key(KeyId=fresh.names.vault_key_alias)["KeyMetadata"]["KeyId"])

    assert drill(fresh).verdict is Verdict.PASSED
    assert drill(fresh, scenario="corruption").verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"sample": 3}, OptionNotTaken),
        ({"set_id": "arn:aws:backup:us-west-2:000000000000:recovery-point:NONE"}, NotARecoveryPoint),
        ({"dataset": "notes"}, NotProtectedByAwsBackup),
    ],
)
def test_what_it_cannot_do_is_refused_before_anything_is_restored(standing, options, error):
    before = len(standing.restore_jobs())

    with pytest.raises(error):
        run(standing.spec(**options), standing.surroundings)

    assert len(standing.restore_jobs()) == before
