"""The time of a copy, found by a drill, turns a proof that rested on an assumption into one that holds, or does not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from applied_ground import PRIMARY, RECOVERY
from backup_ground import RULE, Protected, backup_environment

from holdfast.clock import SystemClock
from holdfast.drills.aws_backup.copying import find_copy
from holdfast.drills.aws_backup.kind import AwsBackup
from holdfast.drills.checks import Outcome
from holdfast.drills.copy_timing import CHECK, TimesCopies
from holdfast.drills.engine import run
from holdfast.drills.interface import Nothing
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.verdict import Verdict
from holdfast.environments.proving import prove_environment
from holdfast.evidence.measured import measurements
from holdfast.objectives import proof
from holdfast.sandbox.backup_service.faults import Effect

pytestmark = pytest.mark.sandbox

HALF_DAILY = RULE | {"schedule": "cron(0 2,14 * * ? *)"}
RPO = "rpo.orders.region_loss"


def tiers(rpo="24h", **rule):
    demo = {"rpo": {"region_loss": rpo}, "rto": {"region_loss": "1h"}, "rules": [HALF_DAILY | rule]}
    return {"demo": demo}


@pytest.fixture
def ground(emulator, tmp_path):
    """Environments of their own that AWS Backup protects; all faults are off before and after."""
    made = []

    def make(**changes):
        made.append(Protected(backup_environment(**changes), emulator, tmp_path).apply().protect())
        return made[-1]

    yield make
    made[-1].fault()


def proofs(ground):
    """What `holdfast prove` proves, with what drills measured."""
    found = measurements(ground.home, ground.environment.environment, SystemClock())
    assert not found.refused
    now = SystemClock().now()
    report = prove_environment(ground.environment, now, copy_times=found.copy_times, restore_times=found.restore_times)
    return {each.id: each for each in report.proofs}


def back_up_a_table(ground):
    ground.make_table([{"id": {"S": "1"}}])
    ground.back_up()
    ground.take_baseline("orders")


def by_id(result):
    return {check.id: check for check in result.checks}


def test_what_was_conditional_on_the_copy_time_is_proved_once_a_drill_has_timed_it(ground):
    ground = ground(tiers=tiers())
    before = proofs(ground)[RPO]
    back_up_a_table(ground)

    result = run(ground.spec("orders"), ground.surroundings)
    after = proofs(ground)[RPO]

    assert before.verdict is proof.Verdict.CONDITIONAL
    assert "copy time 1 h (default)" in before.because
    assert result.verdict is Verdict.PASSED, result.reasons
    assert by_id(result)["no-call-to-the-lost-region"].outcome is Outcome.PASSED
    assert after.verdict is proof.Verdict.PROVED
    assert f"by drill {result.drill_id}" in after.because
    copied = result.selection.point.copied
    assert after.bound == timedelta(hours=12 + 4) + timedelta(seconds=max(1, -(-copied.seconds // 1)))


def test_a_copy_that_takes_longer_than_the_objective_leaves_refutes_it(ground):
    """16 h of schedule and windows leave 1 s of an objective of 16 h 1 s; this copy takes two and more."""
    ground = ground(tiers=tiers(rpo="57601s"))
    table = ground.make_table([{"id": {"S": "1"}}])
    slow = {"effect": Effect.DELAY.value, "job": "copy", "seconds": 2.2, "resource": f"*{table}"}
    ground.fault(slow)
    ground.back_up()
    ground.take_baseline("orders")

    result = run(ground.spec("orders"), ground.surroundings)
    found = proofs(ground)[RPO]

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.copied.seconds >= 2.2
    assert found.verdict is proof.Verdict.REFUTED
    assert "too long" in found.because


@pytest.mark.parametrize("scenario", ["region_loss", "corruption"])
def test_the_record_tells_of_the_job_that_copied_the_very_point(ground, scenario):
    ground = ground(tiers=tiers())
    back_up_a_table(ground)

    result = run(ground.spec("orders", scenario=scenario), ground.surroundings)

    copied, point = result.selection.point.copied, result.selection.point
    (job,) = (
        each
        for each in ground.client("backup", PRIMARY).list_copy_jobs()["CopyJobs"]
        if point.id in (each.get("DestinationRecoveryPointArn"), each["SourceRecoveryPointArn"])
    )
    assert point.region == (RECOVERY if scenario == "region_loss" else PRIMARY)
    assert (copied.job, copied.region) == (job["CopyJobId"], PRIMARY)
    assert (copied.began_at, copied.ended_at) == (job["CreationDate"], job["CompletionDate"])
    assert copied.job in by_id(result)[CHECK].observed


def test_a_point_whose_copy_job_nobody_tells_of_is_restored_all_the_same(ground):
    ground = ground(tiers=tiers())
    back_up_a_table(ground)
    result = run(ground.spec("orders"), ground.surroundings)
    other = result.selection.point.model_copy(update={"id": "arn:aws:backup:us-west-2:1:recovery-point:other"})
    drill = SimpleNamespace(
        environment=ground.environment, sessions=ground.surroundings.sessions, spec=ground.spec("orders")
    )

    found = find_copy(drill, other)

    assert isinstance(found, Nothing)
    assert "stays an assumption" in found.reason


def test_only_kinds_that_restore_copies_are_asked():
    assert isinstance(AwsBackup(), TimesCopies)
    assert not isinstance(ObjectRecovery(), TimesCopies)
