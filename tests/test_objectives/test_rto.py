"""Recovery time objectives: proved by drills, conditional on an assumption otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from declaring import CONTINUOUS, HALF_DAILY, HOUR, MINUTE, NOW, assumed, declaration, measured, only

from holdfast.objectives.exposure import Exposure
from holdfast.objectives.horizon import horizon_from
from holdfast.objectives.proof import Scenario, Verdict
from holdfast.objectives.rto import prove_rto

HORIZON = horizon_from(NOW.date())


def rto(scenario, *rules, limit=2 * HOUR, **changes):
    return only(
        prove_rto(Exposure(declaration(*rules, rto={scenario: limit}, **changes), HORIZON)), f"rto.orders.{scenario}"
    )


@pytest.mark.parametrize("source", ["default", "declared"])
def test_what_nobody_measured_is_conditional(source):
    proof = rto("corruption", restore_time=assumed(HOUR, source, name="restore time"))

    assert (proof.verdict, proof.bound, proof.limit) == (Verdict.CONDITIONAL, HOUR, 2 * HOUR)
    assert source in proof.because


def test_what_a_drill_measured_of_late_is_proved():
    restore_times = {("orders", Scenario.CORRUPTION): measured(90 * MINUTE, name="restore time")}
    proof = rto("corruption", restore_times=restore_times)

    assert (proof.verdict, proof.bound) == (Verdict.PROVED, 90 * MINUTE)
    assert "2026-11-01" in proof.because


def test_a_drill_of_one_scenario_says_nothing_of_another():
    restore_times = {("orders", Scenario.CORRUPTION): measured(90 * MINUTE, name="restore time")}

    assert rto("region_loss", restore_times=restore_times).verdict is Verdict.CONDITIONAL


def test_a_drill_of_another_dataset_says_nothing():
    restore_times = {("invoices", Scenario.CORRUPTION): measured(MINUTE, name="restore time")}

    assert rto("corruption", restore_times=restore_times).verdict is Verdict.CONDITIONAL


def test_a_drill_that_is_overdue_is_an_assumption_again():
    restore_times = {("orders", None): measured(HOUR, date(2026, 8, 1), name="restore time")}
    proof = rto("corruption", restore_times=restore_times)

    assert proof.verdict is Verdict.CONDITIONAL
    assert "every 90 d" in proof.because


@pytest.mark.parametrize("known", [assumed(3 * HOUR), assumed(3 * HOUR, "declared"), measured(3 * HOUR)])
def test_longer_than_the_objective_is_refuted_whatever_the_source(known):
    assert rto("corruption", restore_time=known).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("scenario", "rules", "changes"),
    [
        ("region_loss", [replace(HALF_DAILY, copy=None)], {}),
        ("region_loss", [CONTINUOUS], {}),
        ("account_loss", [HALF_DAILY], {"own_backup_account": False}),
        ("corruption", [CONTINUOUS], {"kind": "ebs"}),
    ],
)
def test_nothing_to_restore_is_refuted_however_fast(scenario, rules, changes):
    proof = rto(scenario, *rules, restore_time=measured(MINUTE), **changes)

    assert (proof.verdict, proof.bound) == (Verdict.REFUTED, None)
    assert "nothing to restore" in proof.because
