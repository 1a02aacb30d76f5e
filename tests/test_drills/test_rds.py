"""Drill rds: snapshots and points in time of a real server, in the Region that is left."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from applied_ground import PRIMARY, RECOVERY
from rds_ground import DATASET, Ground, rds_environment, until

from holdfast.clock import SystemClock
from holdfast.drills.baselining import take
from holdfast.drills.checks import Outcome
from holdfast.drills.errors import OptionNotTaken
from holdfast.drills.rds.errors import NoCertificates, NotAnInstance, NotAnRdsSnapshot
from holdfast.drills.rds.instances import wait
from holdfast.drills.spec import LATEST
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.evidence.verification import verify
from holdfast.sandbox.postgres.instance import seed_instance

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def ground(emulator, tmp_path_factory):
    """An instance with two replicated weeks ahead of it, a snapshot, and a copy of that in the other Region."""
    environment = rds_environment(replicated=True)
    return Ground(environment, emulator, tmp_path_factory.mktemp("rds")).apply().protect().replicate()


@pytest.fixture(autouse=True)
def nothing_left(ground):
    yield
    assert ground.left_over() == []


def outcomes(result):
    return {each.id: each.outcome for each in result.checks}


def test_a_point_in_time_comes_back_from_what_the_other_region_keeps(ground):
    ground.shipped(datetime.now(UTC), RECOVERY)

    result = ground.drill(scenario=Scenario.REGION_LOSS)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.type == "RDS point in time"
    assert result.selection.point.kms_key == ground.copy_key
    assert f":rds:{RECOVERY}:" in result.location
    assert result.refused_calls == ()
    assert result.rpo.met
    assert result.rto.met
    assert verify(ground.home / "evidence" / ground.environment.environment, clock=SystemClock()).findings == ()


def test_the_newest_copy_of_a_snapshot_comes_back_there(ground):
    result = ground.drill(scenario=Scenario.REGION_LOSS, set_id=LATEST)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.type == "RDS snapshot"
    assert outcomes(result)["shared-with-nobody-else"] is Outcome.PASSED


def test_after_a_mistake_the_instance_comes_back_as_it_was_before_it(ground):
    before = ground.instance()["LatestRestorableTime"]
    seed_instance(ground.sessions, ground.dataset, SystemClock())  # ten orders more
    after = datetime.now(UTC)
    ground.shipped(after)

    at = ground.drill(scenario=Scenario.CORRUPTION, failed_at=before)
    now = ground.drill(scenario=Scenario.CORRUPTION)

    assert (at.verdict, now.verdict) == (Verdict.PASSED, Verdict.PASSED), (at.reasons, now.reasons)
    assert at.newest_committed <= before < now.newest_committed
    orders = [next(each.observed for each in result.checks if each.id == "application-orders") for result in (at, now)]
    assert int(orders[0]) + 10 == int(orders[1])


def test_rows_are_held_against_what_was_counted_before(ground):
    (counted,) = take(ground.environment, ground.sessions, DATASET, clock=SystemClock())
    ground.shipped(counted.baseline.as_of)

    result = ground.drill(scenario=Scenario.CORRUPTION)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert outcomes(result)["tables"] is Outcome.PASSED
    assert outcomes(result)["rows"] is Outcome.PASSED
    assert {each.name for each in counted.baseline.members} >= {"app/public.orders", "app/public.customers"}


def test_a_password_is_in_no_journal_record_or_log(ground, monkeypatch):
    monkeypatch.setattr("holdfast.drills.rds.connecting.secrets.token_urlsafe", lambda _: "correct-horse-battery")

    result = ground.drill(scenario=Scenario.CORRUPTION, set_id=LATEST)

    assert result.verdict is Verdict.PASSED, result.reasons
    files = [each for each in (*ground.home.rglob("*"), *ground.sandbox_logs()) if each.is_file()]
    assert not any(b"correct-horse" in each.read_bytes() for each in files)
    assert "correct-horse" not in json.dumps(result.document())


def test_the_scratch_instance_is_closed_and_tagged_in_the_drill_network(ground, monkeypatch):
    name, group = ground.make_network()
    seen = []

    def look(drill, *arguments, **options):
        told = wait(drill, *arguments, **options)
        seen.append(told)
        return told

    monkeypatch.setattr("holdfast.drills.rds.restoring.wait", look)
    try:
        result = ground.drill(scenario=Scenario.REGION_LOSS, set_id=LATEST)
    finally:
        ground.client("rds", RECOVERY).delete_db_subnet_group(DBSubnetGroupName=name)

    assert result.verdict is Verdict.PASSED, result.reasons
    (restored,) = seen
    assert restored["DBSubnetGroup"]["DBSubnetGroupName"] == name
    assert [each["VpcSecurityGroupId"] for each in restored["VpcSecurityGroups"]] == [group]
    assert not restored["PubliclyAccessible"]
    assert not restored["DeletionProtection"]
    tags = {each["Key"]: each["Value"] for each in restored["TagList"]}
    assert (tags["holdfast:drill"], tags["holdfast:environment"]) == (result.drill_id, ground.environment.environment)


def test_nothing_of_somebody_elses_is_restored_over(ground, monkeypatch):
    taken = ground.seeded.arn.rsplit(":", 1)[-1]
    monkeypatch.setattr("holdfast.drills.rds.restoring.instance_name", lambda *_: taken)

    result = ground.drill(scenario=Scenario.CORRUPTION)

    assert result.verdict is Verdict.FAILED
    assert any("was not made by this drill" in each for each in result.issues)
    assert ground.instance()["DBInstanceStatus"] == "available"


def test_a_moment_before_the_first_backup_cannot_be_gone_back_to(ground):
    result = ground.drill(scenario=Scenario.CORRUPTION, failed_at=datetime.now(UTC) - timedelta(days=3))

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("younger than the failure" in each for each in result.reasons)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"dataset": "notes"}, NotAnInstance),
        ({"sample": 2}, OptionNotTaken),
        ({"set_id": "of-somebody-else"}, NotAnRdsSnapshot),
    ],
)
def test_what_it_cannot_do_is_refused(ground, options, error):
    with pytest.raises(error):
        ground.drill(**options)


def test_without_the_authority_of_the_certificates_nothing_is_restored(ground, monkeypatch, tmp_path):
    endpoints = replace(ground.endpoints, ca_bundle=str(tmp_path / "none.crt"))
    monkeypatch.setattr(ground.sessions, "endpoints", endpoints)

    with pytest.raises(NoCertificates, match=r"none\.crt"):
        ground.drill()


def test_a_sweep_takes_away_an_instance_no_journal_tells_of_and_no_other(ground):
    rds = ground.client("rds", PRIMARY)
    drill = "drill-20261122T020000Z-0123abcd"
    left = f"holdfast-{ground.environment.environment}-{drill.lower()}"
    tags = {"holdfast:drill": drill, "holdfast:environment": ground.environment.environment}
    snapshot = ground.seeded.snapshot.rsplit(":", 1)[-1]
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=left,
        DBSnapshotIdentifier=snapshot,
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    until(lambda: ground.status(left) == "available")

    swept = sweep(ground.surroundings)

    assert any(left in each for each in swept.cleaned.removed)
    until(lambda: ground.left_over() == [])
    assert ground.instance()["DBInstanceStatus"] == "available"
