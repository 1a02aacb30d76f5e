from __future__ import annotations

import random
from datetime import timedelta

import pytest
from directory_drills import START

from holdfast.drills.engine import run
from holdfast.drills.measure import against, recovery_point_seconds, skew_doubt
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario

SPEC = DrillSpec(environment="sandbox", kind="directory", dataset="project")


def slow(ground, **seconds):
    """Let the named methods of the kind take that long."""
    ground.kind.at = lambda name: ground.clock.advance(timedelta(seconds=seconds.get(name, 0)))


def test_known_losses_and_delays_are_measured_to_the_millisecond(ground):
    rng = random.Random(11)  # noqa: S311
    for _ in range(1000):
        loss = timedelta(seconds=round(rng.uniform(0, 100_000), 3))
        delays = {name: round(rng.uniform(0, 500), 3) for name in ("survey", "select", "restore", "verify")}
        ground.kind.age = loss
        slow(ground, **delays, probe=77, clean_up=99)
        result = run(SPEC, ground.surroundings)
        assert result.rpo.seconds == pytest.approx(loss.total_seconds(), abs=0.002)
        assert result.rto.seconds == pytest.approx(sum(delays.values()), abs=0.002)


def test_the_phases_add_up_to_the_recovery_time_and_the_later_ones_do_not_count(ground):
    slow(ground, survey=1, select=2, restore=30, verify=4, probe=500, clean_up=600)
    document = run(SPEC, ground.surroundings).document()
    assert document["rto"]["measured_seconds"] == 37
    assert document["rto"]["phases"] == {"declare": 0, "preflight": 1, "select": 2, "restore": 30, "verify": 4}


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_set_during_the_drill_changes_no_figure_and_is_told(ground, jump):
    def at(name):
        ground.clock.advance(timedelta(seconds=10))
        if name == "restore":
            ground.clock.jump(jump)

    ground.kind.at = at
    result = run(SPEC, ground.surroundings)
    assert result.rto.seconds == 40
    assert result.verdict is Verdict.PASSED
    assert any("clock was moved" in reason for reason in result.reasons)
    began = [time.began_at for time in result.times]
    assert began == sorted(began)


@pytest.mark.parametrize("skew", [-7200, -301, 301, 7200, None])
def test_a_skew_of_more_than_five_minutes_or_an_unknown_one_is_inconclusive_with_the_figure(ground, skew):
    ground.kind.skew = skew
    result = run(SPEC, ground.surroundings)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any(str(skew) in reason if skew else "could not be read" in reason for reason in result.reasons)


@pytest.mark.parametrize("skew", [-300, 0, 300])
def test_a_skew_up_to_five_minutes_is_taken_out_of_the_recovery_point(ground, skew):
    ground.kind.skew = skew
    result = run(SPEC, ground.surroundings)
    assert result.verdict is Verdict.PASSED
    assert result.failed_at == START + timedelta(seconds=skew)
    assert result.rpo.seconds == 600
    assert skew_doubt(skew) is None


def test_a_declared_failure_time_counts_instead_of_the_declaration(ground):
    failed_at = START - timedelta(hours=3)
    result = run(SPEC.model_copy(update={"failed_at": failed_at}), ground.surroundings)
    assert (result.failed_at, result.rpo.seconds) == (failed_at, 600)


def test_an_objective_that_is_missed_fails_the_drill(ground):
    ground.kind.age = timedelta(hours=24, seconds=1)
    result = run(SPEC, ground.surroundings)
    assert (result.verdict, result.rpo.met) == (Verdict.FAILED, False)
    slow(ground, restore=3601)
    ground.kind.age = timedelta(hours=1)
    result = run(SPEC, ground.surroundings)
    assert (result.verdict, result.rto.met, result.rpo.met) == (Verdict.FAILED, False, True)


def test_figures_exactly_at_the_objective_meet_it(ground):
    ground.kind.age = timedelta(hours=24)
    slow(ground, restore=3600)
    result = run(SPEC, ground.surroundings)
    assert (result.verdict, result.rpo.met, result.rto.met) == (Verdict.PASSED, True, True)


def test_an_objective_nobody_declared_is_not_judged_and_never_met(ground):
    tier = ground.environment.tiers["demo"].model_copy(update={"rpo": {}, "rto": {}})
    ground.environment = ground.environment.model_copy(update={"tiers": {"demo": tier}})
    result = run(SPEC, ground.surroundings)
    assert (result.rpo.met, result.rto.met) == (None, None)
    assert result.document()["rpo"]["target_seconds"] is None
    assert sum("not judged" in reason for reason in result.reasons) == 2


def test_the_time_of_a_sample_can_miss_the_objective_and_never_meet_it(ground):
    sample = SPEC.model_copy(update={"sample": 2})
    result = run(sample, ground.surroundings)
    assert result.rto.met is None
    assert any("only a sample was restored" in reason for reason in result.reasons)
    slow(ground, restore=3601)
    assert run(sample, ground.surroundings).rto.met is False


def test_objectives_are_those_of_the_scenario(ground):
    tier = ground.environment.tiers["demo"]
    rto = {Scenario.CORRUPTION: timedelta(hours=1), Scenario.REGION_LOSS: timedelta(hours=2)}
    tier = tier.model_copy(update={"rto": rto})
    ground.environment = ground.environment.model_copy(update={"tiers": {"demo": tier}})
    spec = SPEC.model_copy(update={"scenario": Scenario.REGION_LOSS})
    assert run(spec, ground.surroundings).rto.target == timedelta(hours=2)
    assert run(SPEC, ground.surroundings).rto.target == timedelta(hours=1)


def test_nothing_found_means_nothing_measured():
    assert recovery_point_seconds(START, None) is None
    assert against(None, timedelta(hours=1)).met is None
    assert recovery_point_seconds(START, START + timedelta(milliseconds=400)) == 0
