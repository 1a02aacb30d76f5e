"""The middle of the demo: the drills, run by the same engine as `holdfast drill run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.demo.outcome import Outcome
from holdfast.demo.steps import Steps
from holdfast.drills.engine import Surroundings, run
from holdfast.drills.evidence_recorder import recorder_for
from holdfast.drills.kinds import KINDS
from holdfast.drills.spec import DrillSpec
from holdfast.environments.model import Scenario
from holdfast.evidence.sections import NotExercised
from holdfast.reports.page import humane_seconds

OBJECT_RECOVERY = "object-recovery"
IMMUTABILITY = "immutability"

_TITLES = {
    OBJECT_RECOVERY: "Lose the primary Region and restore",
    IMMUTABILITY: "Attack what is locked",
}


def drill(
    kind: str,
    dataset: str | None,
    sessions: Sessions,
    *,
    home: Path,
    declared_in: Path,
    outcome: Outcome,
    steps: Steps,
    clock: Clock,
) -> None:
    """Run one drill of everything there is, and keep its result."""
    environment = sessions.environment
    spec = DrillSpec(
        environment=environment.environment,
        kind=kind,
        dataset=dataset,
        scenario=Scenario.REGION_LOSS if dataset else None,
        not_exercised=tuple(NotExercised(**each) for each in outcome.declared_not_exercised),
    )
    with steps.step(_TITLES[kind]) as step:
        surroundings = Surroundings(
            environment=environment,
            home=home,
            sessions=sessions,
            recorder=recorder_for(environment, sessions, home, declared_in, clock),
            kinds=KINDS,
            clock=clock,
            say=step.progress,
        )
        result = run(spec, surroundings)
        document = result.document()
        outcome.drills.append(document)
        step.done(f"{document['verdict']}: {_in_words(document)}", good=document["verdict"] == "PASSED")


def _in_words(document: dict[str, Any]) -> str:
    if document["probes"]:
        tried = [probe for probe in document["probes"] if probe["verdict"] != "skipped"]
        refused = [probe for probe in tried if probe["refused_by"] in {"lock", "IAM"}]
        harmless = sum(probe["verdict"] == "passed" for probe in tried) - len(refused)
        skipped = len(document["probes"]) - len(tried)
        return f"{len(refused)} attempts refused, {harmless} without effect, {skipped} not judged here"
    rpo, rto = document["rpo"]["measured_seconds"], document["rto"]["measured_seconds"]
    passed = sum(check["verdict"] == "passed" for check in document["checks"])
    return f"RPO {humane_seconds(rpo)}, RTO {humane_seconds(rto)}, {passed} checks passed"
