"""What passed drills measured becomes a figure for proofs; what was drilled otherwise, or does not verify, does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from evidence_ground import START

from holdfast.evidence.measured import measurements
from holdfast.evidence.refusals import UnsupportedClaim
from holdfast.evidence.sections import CopyTimed, Kind, Objective, RecoverySource, Result, Rto, Sampling, Verdict
from holdfast.objectives.proof import AssumptionSource, Scenario

OBJECTIVE = Objective(dataset="exports", scenario="region_loss", rto_target_seconds=3600)
KEY = ("exports", Scenario.REGION_LOSS)


@pytest.fixture
def measured(ground):
    return lambda: measurements(ground.home, "sandbox", ground.clock)


def drill(ground, name, seconds, **sections):
    rto = Rto(measured_seconds=seconds, target_seconds=3600, met=True)
    ground.write(name, **({"objective": OBJECTIVE, "rto": rto} | sections))


def copied(began, ended, seconds):
    job = CopyTimed(job="job-1", region="us-east-1", began_at=began, ended_at=ended, elapsed_seconds=seconds)
    return RecoverySource(recovery_point="point-1", region="us-west-2", copied=job)


def test_the_newest_drill_of_a_dataset_and_scenario_counts(ground, measured):
    drill(ground, "drill-1", 100)
    ground.clock.advance(timedelta(days=1))
    drill(ground, "drill-2", 40.2)

    (found,) = measured().restore_times.items()

    assert found[0] == KEY
    assert found[1].value == timedelta(seconds=41)
    assert found[1].source is AssumptionSource.MEASURED
    assert found[1].on == START.date() + timedelta(days=1)
    assert str(found[1]) == f"restore time 41 s (measured {found[1].on} by drill drill-2)"


def test_a_copy_that_a_drill_timed_counts_for_every_scenario(ground, measured):
    ended = ground.clock.now() - timedelta(days=1)
    drill(ground, "drill-1", 10, source=copied(ended - timedelta(seconds=9.5), ended, 9.5))

    found = measured().copy_times

    assert {key: each.value for key, each in found.items()} == {("exports", None): timedelta(seconds=10)}


def test_a_copy_cannot_be_said_to_have_taken_less_than_it_did(ground):
    ended = ground.clock.now() - timedelta(days=1)

    with pytest.raises(UnsupportedClaim, match=r"is said to have taken 9\.5 s"):
        drill(ground, "drill-1", 10, source=copied(ended - timedelta(seconds=19), ended, 9.5))


def test_a_copy_without_a_drill_that_passed_gives_no_figure(ground, measured):
    ended = ground.clock.now() - timedelta(days=1)
    doubtful = Result(verdict=Verdict.INCONCLUSIVE, reason="the clock jumped")
    drill(ground, "drill-1", 10, source=copied(ended - timedelta(seconds=9.5), ended, 9.5), result=doubtful)

    assert dict(measured().copy_times) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": OBJECTIVE.model_copy(update={"tenant": "acme"})},
        {"objective": OBJECTIVE.model_copy(update={"scenario": None})},
        {"objective": OBJECTIVE.model_copy(update={"scenario": "flood"})},
        {"objective": None, "rto": None, "rpo": None},
        {"sampling": Sampling(population=100, size=99, method="uniform", seed="1")},
        {"result": Result(verdict=Verdict.INCONCLUSIVE, reason="the clock jumped")},
        {"rto": Rto(target_seconds=3600)},
    ],
    ids=["one tenant", "no scenario", "unknown scenario", "no dataset", "a sample", "inconclusive", "not measured"],
)
def test_what_does_not_speak_of_the_whole_dataset_gives_no_figure(ground, measured, changes):
    drill(ground, "drill-1", 10, **changes)

    assert dict(measured().restore_times) == {}
    assert measured().refused == 0


def test_a_whole_sample_counts(ground, measured):
    drill(ground, "drill-1", 10, sampling=Sampling(population=3, size=3, method="all", seed="1"))

    assert set(measured().restore_times) == {KEY}


def test_a_probe_is_no_restore(ground, measured):
    from evidence_ground import record

    identity = record().identity.model_copy(update={"kind": Kind.PROBE, "record_id": "probe-1"})
    drill(ground, "probe-1", 10, identity=identity)

    assert dict(measured().restore_times) == {}


def test_records_that_do_not_verify_give_no_figure_at_all(ground, measured):
    drill(ground, "drill-1", 3000)
    drill(ground, "drill-2", 10)
    sorted(ground.folder.glob("*/0*.json"))[0].unlink()  # the slow one is gone

    found = measured()

    assert dict(found.restore_times) == {}
    assert found.refused


def test_no_records_are_no_figures_and_no_finding(ground, measured):
    assert measured().refused == 0
    assert dict(measured().copy_times) == {}
