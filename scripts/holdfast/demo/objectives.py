"""The final table: each objective, its target, what was proved or measured, and the verdict."""

from __future__ import annotations

from collections import Counter
from typing import Any

from holdfast.demo.drilling import GAME_DAY
from holdfast.demo.outcome import Objective, Outcome
from holdfast.reports.page import humane_seconds

_WHO = {"IAM": "refused by IAM", "lock": "refused by the lock"}


def objectives(outcome: Outcome) -> list[Objective]:
    """The rows, proofs first, then what the drills measured."""
    rows = [_proved(proof) for proof in outcome.proofs if proof["scenario"] and proof["id"].startswith("rpo")]
    for drill in outcome.drills:
        if drill["kind"] == GAME_DAY:
            rows.append(_measured("RTO", {**drill, "dataset": "all together"}, drill["rto"]))
        elif drill["dataset"]:
            rows += [_measured("RPO", drill, drill["rpo"]), _measured("RTO", drill, drill["rto"])]
        if drill["probes"]:
            rows.append(_refusals(drill))
    return rows


def _proved(proof: dict[str, Any]) -> Objective:
    return Objective(
        objective="RPO",
        subject=proof["subject"],
        scenario=proof["scenario"],
        target=humane_seconds(proof["limit_seconds"]),
        measured=f"≤ {humane_seconds(proof['bound_seconds'])}" if proof["bound_seconds"] is not None else "–",
        verdict=proof["verdict"],
        how="proved before apply",
    )


def _measured(objective: str, drill: dict[str, Any], figure: dict[str, Any]) -> Objective:
    met = {True: "met", False: "missed", None: "not judged"}[figure["met"]]
    return Objective(
        objective=objective,
        subject=drill["dataset"],
        scenario=drill["scenario"] or "",
        target=humane_seconds(figure["target_seconds"]),
        measured=humane_seconds(figure["measured_seconds"]),
        verdict=met,
        how=f"measured by {drill['kind']}",
    )


def _refusals(drill: dict[str, Any]) -> Objective:
    tried = [probe for probe in drill["probes"] if probe["verdict"] != "skipped"]
    held = [probe for probe in tried if probe["verdict"] == "passed"]
    by = Counter(_WHO.get(probe["refused_by"], "hid it only (delete marker)") for probe in held)
    return Objective(
        objective="Immutability",
        subject="locked canaries",
        scenario="attack",
        target="nothing is harmed",
        measured=f"{len(held)} of {len(tried)} attempts failed: "
        + ", ".join(f"{count} {who}" for who, count in sorted(by.items())),
        verdict="met" if tried and len(held) == len(tried) else "missed",
        how=f"attempted by {drill['kind']}",
    )
