"""Every damage, every wrong state and every missing copy has a verdict and a reason of its own."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from applied_ground import ACCOUNT, PRIMARY, RECOVERY
from rds_ground import DATASET, Ground, rds_environment, until

from holdfast.clock import SystemClock
from holdfast.drills.baselining import take
from holdfast.drills.checks import Outcome
from holdfast.drills.spec import LATEST
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.sandbox.postgres.instance import seed_instance

pytestmark = pytest.mark.sandbox
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """An instance whose rows were counted, with a snapshot from before and one from after, each copied."""
    ground = Ground(rds_environment(), emulator, tmp_path_factory.mktemp("rds")).apply().protect()
    ground.add_orders(10)
    (ground.counted,) = take(ground.environment, ground.sessions, DATASET, clock=SystemClock())
    ground.seeded = seed_instance(ground.sessions, ground.dataset, SystemClock())
    return ground


@pytest.fixture
def ground(standing):
    """All faults are off before and after, and no drill left an instance."""
    standing.fault()
    yield standing
    standing.fault()
    assert standing.left_over() == []


def failing(result):
    return {each.id for each in result.checks if each.outcome is Outcome.FAILED}


def test_undamaged_it_passes(ground):
    result = ground.drill(set_id=LATEST)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert failing(result) == set()


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("missing-table", {"tables", "application-orders", "application-orders-have-customers"}),
        ("lost-rows", {"rows", "application-orders"}),
        ("bit-flip", {"verify-carried-out"}),
    ],
)
@pytest.mark.parametrize("options", [{"set_id": LATEST}, {"scenario": Scenario.CORRUPTION}])
def test_a_damaged_restore_fails_and_says_by_what(ground, how, found, options):
    ground.fault({"effect": "damage", "job": "restore", "how": how, "resource": "*-drill-*"})

    result = ground.drill(**options)

    assert result.verdict is Verdict.FAILED, result.reasons
    assert found <= failing(result), (failing(result), result.reasons)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"set_id": LATEST}, {"rows"}),  # the first snapshot: ten orders fewer than were counted since
        ({"scenario": Scenario.CORRUPTION}, {"tables", "heartbeat"}),  # the instance as it was made: nothing in it
    ],
)
def test_an_older_state_fails_by_what_is_not_in_it(ground, options, found):
    ground.fault({"effect": "damage", "job": "restore", "how": "older", "resource": "*-drill-*"})

    result = ground.drill(**options)

    assert result.verdict is Verdict.FAILED, result.reasons
    assert found <= failing(result), (failing(result), result.reasons)


@pytest.mark.parametrize(
    "state", ["storage-full", "incompatible-restore", "restore-error", "incompatible-network", "failed"]
)
def test_a_state_nothing_comes_out_of_fails_in_the_services_words(ground, state):
    ground.fault({"effect": "fail", "job": "restore", "how": state, "resource": "*-drill-*"})

    result = ground.drill(set_id=LATEST)

    assert result.verdict is Verdict.FAILED
    assert any(f"is {state}:" in each for each in result.issues), result.issues


def test_a_password_that_is_not_taken_fails(ground):
    ground.fault({"effect": "fail", "job": "password", "how": "incompatible-parameters", "resource": "*-drill-*"})

    result = ground.drill(set_id=LATEST)

    assert result.verdict is Verdict.FAILED
    assert any("is incompatible-parameters" in each for each in result.issues), result.issues


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"set_id": LATEST}, "no snapshot of billing is in us-west-2"),
        ({"scenario": Scenario.CORRUPTION}, "no automated backup of billing is in us-east-1"),
    ],
)
def test_without_anything_to_restore_from_nothing_is_shown(ground, options, said):
    ground.fault({"effect": "missing"})

    result = ground.drill(**options)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any(said in each for each in result.reasons), result.reasons


@pytest.mark.parametrize("operation", ["DescribeDBInstances", "RestoreDBInstanceFromDBSnapshot"])
def test_a_busy_service_says_nothing_of_the_backup(ground, operation):
    ground.fault({"effect": "error", "operation": operation, "code": "ThrottlingException", "times": 20})

    result = ground.drill(set_id=LATEST)

    assert result.verdict is Verdict.INCONCLUSIVE, result.reasons


def copy(ground, name, **options):
    """A copy of the newest snapshot in the recovery Region, newer than all others there."""
    rds = ground.client("rds", RECOVERY)
    source = {"SourceDBSnapshotIdentifier": ground.seeded.snapshot, "SourceRegion": PRIMARY}
    rds.copy_db_snapshot(TargetDBSnapshotIdentifier=name, CopyTags=True, **source, **options)
    until(lambda: ground.snapshot(name, RECOVERY)["Status"] != "creating")
    return name


def test_a_copy_under_a_key_nobody_declared_fails(ground):
    wrong = ground.client("kms", RECOVERY).create_key()["KeyMetadata"]["Arn"]

    result = ground.drill(set_id=copy(ground, "wrong-key", KmsKeyId=wrong))

    assert result.verdict is Verdict.FAILED
    assert failing(result) == {"key-is-the-environments"}
    assert any(wrong in each for each in result.issues)


def test_a_copy_under_awss_own_key_fails(ground):
    name = copy(ground, "own-key", KmsKeyId=f"arn:aws:kms:{RECOVERY}:{ACCOUNT}:alias/aws/rds")

    result = ground.drill(set_id=name)

    assert result.verdict is Verdict.FAILED
    assert failing(result) == {"key-is-the-environments"}


def test_a_copy_whose_key_is_gone_cannot_be_restored(ground):
    kms = ground.client("kms", RECOVERY)
    lost = kms.create_key()["KeyMetadata"]["Arn"]
    name = copy(ground, "lost-key", KmsKeyId=lost)
    kms.disable_key(KeyId=lost)

    result = ground.drill(set_id=name)

    assert result.verdict is Verdict.FAILED
    assert any("KMSKeyNotAccessibleFault" in each for each in result.issues), result.issues


def test_a_copy_that_is_shared_with_another_account_fails(ground):
    name = copy(ground, "shared", KmsKeyId=ground.copy_key)
    ground.client("rds", RECOVERY).modify_db_snapshot_attribute(
        DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["999999999999"]
    )

    result = ground.drill(set_id=name)

    assert result.verdict is Verdict.FAILED
    assert failing(result) == {"shared-with-nobody-else"}


def test_a_copy_that_did_not_complete_is_no_recovery_point(ground):
    ground.fault({"effect": "fail", "job": "copy"})
    name = copy(ground, "failed", KmsKeyId=ground.copy_key)

    result = ground.drill(set_id=name)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("failed is failed" in each for each in result.reasons), result.reasons


def test_a_restore_that_takes_too_long_fails_and_is_waited_for_to_be_taken_away(emulator, tmp_path):
    environment = rds_environment()
    tiers = {
        name: tier.model_copy(update={"rto": dict.fromkeys(tier.rto, SECOND)})
        for name, tier in environment.tiers.items()
    }
    ground = Ground(environment.model_copy(update={"tiers": tiers}), emulator, tmp_path).apply().protect()
    ground.fault({"effect": "delay", "job": "restore", "seconds": 12, "resource": "*-drill-*"})

    result = ground.drill(set_id=LATEST)
    ground.fault()

    assert result.verdict is Verdict.FAILED
    assert any("was still creating after" in each for each in result.issues), result.issues
    assert ground.left_over() == []


def test_replication_that_stands_still_costs_the_recovery_point(emulator, tmp_path):
    ground = Ground(rds_environment("3s", replicated=True), emulator, tmp_path).apply().protect().replicate()
    ground.shipped(datetime.now(UTC), RECOVERY)
    ground.fault({"effect": "stale", "job": "replicate"})
    try:
        time.sleep(4)
        seed_instance(ground.sessions, ground.dataset, SystemClock())
        ground.shipped(datetime.now(UTC))

        result = ground.drill(scenario=Scenario.REGION_LOSS)
    finally:
        ground.fault()

    assert result.verdict is Verdict.FAILED
    assert failing(result) == {"recovery-point"}


def test_an_instance_that_is_not_encrypted_fails(emulator, tmp_path):
    ground = Ground(rds_environment(), emulator, tmp_path).apply()
    ground.make_unencrypted()

    result = ground.drill(scenario=Scenario.CORRUPTION)

    assert result.verdict is Verdict.FAILED
    assert "encrypted" in failing(result), result.issues
