"""When a demo may say PASSED."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from outcomes import drill, probe

from holdfast.demo.objectives import objectives
from holdfast.demo.outcome import EXIT_CODES, Outcome
from holdfast.demo.steps import Step


def test_a_demo_in_which_everything_is_good_passed(good: Outcome) -> None:
    good.objectives = objectives(good)

    assert good.verdict == "PASSED"
    assert EXIT_CODES[good.verdict] == 0


@pytest.mark.parametrize(
    "damage",
    [
        {"prove_verdict": "refuted"},
        {"review": {"verdict": "findings", "summary": "", "findings": []}},
        {"verification": "not verified"},
        {"drills": [drill("object-recovery"), drill("immutability", "FAILED")]},
    ],
)
def test_anything_bad_is_a_failure(good: Outcome, damage: dict[str, Any]) -> None:
    assert replace(good, **damage).verdict == "FAILED"


@pytest.mark.parametrize(
    "gap",
    [
        {"prove_verdict": "not reached"},
        {"review": {"verdict": "partial", "summary": "", "findings": []}},
        {"verification": "not reached"},
        {"drills": []},
        {"drills": [drill("object-recovery")]},
        {"drills": [drill("object-recovery", "INCONCLUSIVE"), drill("immutability")]},
        {"steps": [Step("Apply", 1.0, "stopped", good=False)]},
    ],
)
def test_anything_not_reached_is_inconclusive_never_passed(good: Outcome, gap: dict[str, Any]) -> None:
    assert replace(good, **gap).verdict == "INCONCLUSIVE"


def test_a_missed_objective_is_a_failure(good: Outcome) -> None:
    good.drills[0]["rto"] = {**good.drills[0]["rto"], "met": False}
    good.objectives = objectives(good)

    assert good.verdict == "FAILED"


def test_one_attempt_that_succeeded_is_a_failure(good: Outcome) -> None:
    good.drills[1]["probes"].append(probe("failed", "nobody"))
    good.objectives = objectives(good)

    assert good.verdict == "FAILED"


def test_skipped_attempts_do_not_count_as_refused(good: Outcome) -> None:
    good.drills[1]["probes"] = [probe("skipped", None)]

    assert objectives(good)[-1].verdict == "missed"


def test_refusals_are_counted_by_who_refused(good: Outcome) -> None:
    assert objectives(good)[-1].measured == "2 of 2 attempts failed: 1 refused by IAM, 1 refused by the lock"
