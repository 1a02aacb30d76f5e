"""When a demo may say PASSED."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.demo.objectives import objectives
from holdfast.demo.outcome import EXIT_CODES, EvidenceRow, Outcome
from holdfast.demo.steps import Step


def probe(verdict: str = "passed", refused_by: str | None = "lock") -> dict[str, Any]:
    return {
        "call": "s3:DeleteObjectVersion",
        "principal": "arn:aws:iam::000000000000:root",
        "resource": "s3://vault/<canary>",
        "verdict": verdict,
        "refused_by": refused_by,
        "error_code": "AccessDenied",
        "message_class": "object-lock",
        "reason": None,
    }


def drill(kind: str, verdict: str = "PASSED", **more: Any) -> dict[str, Any]:
    figure = {"measured_seconds": 4.0, "target_seconds": 3600.0, "met": True}
    return {
        "drill_id": "drill-1",
        "kind": kind,
        "verdict": verdict,
        "dataset": None,
        "scenario": None,
        "rpo": figure,
        "rto": {**figure, "phases": {"restore": 3.0, "verify": 1.0}},
        "checks": [],
        "probes": [],
        "reasons": [],
        "evidence": {"path": "1.json", "digest": "ab", "location": "s3://evidence/1", "problem": None},
        **more,
    }


@pytest.fixture
def good() -> Outcome:
    return Outcome(
        environment="sandbox",
        started_at=datetime(2026, 11, 22, tzinfo=UTC),
        commit="abc",
        proofs=[
            {
                "id": "rpo.project.region_loss",
                "subject": "project",
                "scenario": "region_loss",
                "verdict": "proved",
                "bound_seconds": 57_600.0,
                "limit_seconds": 86_400.0,
                "because": "longest gap",
            }
        ],
        prove_verdict="conditional",
        review={"verdict": "clean", "summary": "clean", "findings": []},
        drills=[
            drill("object-recovery", dataset="project", scenario="region_loss"),
            drill("immutability", probes=[probe(), probe(refused_by="IAM")]),
        ],
        verification="verified",
        verify_command="holdfast evidence verify x",
        evidence=[EvidenceRow("1.json", "PASSED", "ab", "s3://evidence/1")],
        steps=[Step("Prove", 1.0, "fine")],
    )


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
