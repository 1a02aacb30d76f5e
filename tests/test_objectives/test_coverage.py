"""Nothing that would be missed is left out by accident."""

from __future__ import annotations

from datetime import date

import pytest
from declaring import CONTINUOUS, HALF_DAILY, declaration, only

from holdfast.objectives.coverage import prove_coverage
from holdfast.objectives.declaration import Exclusion
from holdfast.objectives.proof import Verdict

UNTIL = date(2026, 11, 22)  # the day of the proof: the last day it holds


def coverage(name, *rules, **changes):
    return only(prove_coverage(declaration(*rules, **changes)), f"coverage.{name}")


def test_a_dataset_is_selected_by_the_rules_of_its_tier():
    proof = coverage("orders.selection", CONTINUOUS, HALF_DAILY)

    assert proof.verdict is Verdict.PROVED
    assert "continuous, half-daily" in proof.because


@pytest.mark.parametrize("kind", ["rds", "aurora", "dynamodb", "ebs", "ec2", "efs"])
def test_an_empty_selection_is_refuted(kind):
    assert coverage("orders.selection", kind=kind, selects=False).verdict is Verdict.REFUTED


@pytest.mark.parametrize("kind", ["files", "s3", "configuration", "postgres"])
def test_what_is_pushed_needs_no_selection(kind):
    assert coverage("orders.selection", kind=kind, selects=False).verdict is Verdict.PROVED


def test_a_rule_that_does_nothing_for_the_kind_does_not_cover_it():
    proof = coverage("orders.selection", CONTINUOUS, kind="efs")

    assert proof.verdict is Verdict.REFUTED
    assert "no rule of tier gold backs up efs" in proof.because


@pytest.mark.parametrize(
    ("until", "reason", "verdict"),
    [
        (UNTIL, "made again from orders", Verdict.PROVED),
        (date(2026, 11, 21), "made again from orders", Verdict.REFUTED),
        (date(2027, 11, 21), "  ", Verdict.REFUTED),
    ],
)
@pytest.mark.parametrize("dataset", ["orders", "search-index"])
def test_an_exclusion_needs_a_reason_and_a_date_that_has_not_passed(dataset, until, reason, verdict):
    exclusion = Exclusion(dataset, reason, until)
    name = "orders.selection" if dataset == "orders" else "search-index.exclusion"

    assert coverage(name, selects=False, exclusions=(exclusion,)).verdict is verdict


def test_an_expired_exclusion_does_not_refute_what_is_selected_anyway():
    exclusion = Exclusion("orders", "made again from events", date(2020, 1, 1))

    assert coverage("orders.selection", exclusions=(exclusion,)).verdict is Verdict.PROVED


def test_a_tier_that_promises_nothing_is_refuted():
    assert coverage("orders.objectives", rpo={}).verdict is Verdict.REFUTED


def test_one_objective_is_a_promise():
    assert coverage("orders.objectives").verdict is Verdict.PROVED


def test_no_dataset_at_all_is_refuted():
    assert coverage("datasets", datasets=()).verdict is Verdict.REFUTED
