"""Every damage, every wrong state and every missing copy has a verdict and a reason of its own."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from applied_ground import RECOVERY
from kill_rows import published
from rds_damages import DAMAGES, copy, damaged, standing_ground
from rds_ground import Ground, rds_environment

from holdfast.clock import SystemClock
from holdfast.drills.checks import Outcome
from holdfast.drills.spec import LATEST
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.sandbox.postgres.instance import seed_instance

pytestmark = pytest.mark.sandbox
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    return standing_ground(emulator, tmp_path_factory.mktemp("rds"))


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


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_restore_fails_and_says_by_what(ground, damage):
    result, found = damaged(ground, damage)

    assert result.verdict is Verdict.FAILED, result.reasons
    assert DAMAGES[damage][1] <= failing(result), (failing(result), result.reasons)
    assert [found] == [each for each in published("rds") if each.damage == damage], "write it again: rds_damages.py"


def test_the_page_has_every_damage_and_no_other():
    assert [each.damage for each in published("rds")] == list(DAMAGES)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("copy: under a key nobody declared", "which is neither"),
        ("copy: under a key that is gone", "KMSKeyNotAccessibleFault"),
        ("copy: shared with another account", "999999999999"),
    ],
)
def test_what_is_wrong_with_a_copy_is_told(ground, damage, said):
    result, _ = damaged(ground, damage)

    assert any(said in each for each in result.issues), result.issues


def test_where_no_key_of_copies_is_declared_none_is_the_environments(ground):
    kms, alias = ground.client("kms", RECOVERY), ground.names.copy_key_alias
    kms.delete_alias(AliasName=alias)
    try:
        result = ground.drill(set_id=LATEST)
    finally:
        kms.create_alias(AliasName=alias, TargetKeyId=ground.copy_key)

    assert result.verdict is Verdict.FAILED
    assert failing(result) == {"key-is-the-environments"}


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


def test_a_copy_that_did_not_complete_is_no_recovery_point(ground):
    ground.fault({"effect": "fail", "job": "copy"})
    name = copy(ground, "failed", KmsKeyId=ground.copy_key)

    result = ground.drill(set_id=name)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any(f"{name} is failed" in each for each in result.reasons), result.reasons


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
