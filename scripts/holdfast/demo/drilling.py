"""The middle of the demo: the drills, run by the same engine as `holdfast drill run`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.demo.outcome import Outcome
from holdfast.demo.steps import Steps
from holdfast.drills.checks import CheckKind
from holdfast.drills.engine import run
from holdfast.drills.evidence_recorder import recorder_for
from holdfast.drills.game_day.loading import load_game_day
from holdfast.drills.interface import Provenance
from holdfast.drills.kinds import KINDS
from holdfast.drills.result import DrillResult, Recorder
from holdfast.drills.spec import DrillSpec
from holdfast.drills.surroundings import Surroundings
from holdfast.environments.model import Scenario
from holdfast.evidence.environment_records import Recorded
from holdfast.evidence.sections import NotExercised
from holdfast.reports.page import humane_seconds

OBJECT_RECOVERY = "object-recovery"
IMMUTABILITY = "immutability"
GAME_DAY = "game-day"

_TITLES = {
    OBJECT_RECOVERY: "Lose the primary Region and restore",
    IMMUTABILITY: "Attack what is locked",
    GAME_DAY: "Lose the primary Region for a day",
}


@dataclass
class Keeping:
    """A recorder that also keeps every result it recorded: those of a game day's parts pass only through here."""

    recorder: Recorder
    results: list[DrillResult] = field(default_factory=list)

    def provenance(self) -> Provenance:
        """What the drill speaks of."""
        return self.recorder.provenance()

    def record(self, result: DrillResult) -> Recorded:
        """Record a result, and keep it with where its evidence is."""
        recorded = self.recorder.record(result)
        self.results.append(replace(result, evidence=recorded))
        return recorded


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
    game_day: Path | None = None,
) -> None:
    """Run one drill of everything there is, and keep its result, and those of its parts."""
    environment = sessions.environment
    spec = DrillSpec(
        environment=environment.environment,
        kind=kind,
        dataset=dataset,
        scenario=Scenario.REGION_LOSS if dataset else None,
        game_day=load_game_day(game_day, environment, KINDS) if game_day else None,
        not_exercised=tuple(NotExercised(**each) for each in outcome.declared_not_exercised),
    )
    with steps.step(_TITLES[kind]) as step:
        keeping = Keeping(recorder_for(environment, sessions, home, declared_in, clock))
        surroundings = Surroundings(
            environment=environment,
            home=home,
            sessions=sessions,
            recorder=keeping,
            kinds=KINDS,
            clock=clock,
            say=step.progress,
        )
        result = run(spec, surroundings)
        document = result.document()
        outcome.drills += [each.document() for each in keeping.results if each.drill_id != result.drill_id]
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
    if document["kind"] == GAME_DAY:
        parts = ", ".join(check["id"] for check in document["checks"] if _is_part_back(check)) or "nothing"
        return f"{parts} back, all in {humane_seconds(rto)}"
    passed = sum(check["verdict"] == "passed" for check in document["checks"])
    return f"RPO {humane_seconds(rpo)}, RTO {humane_seconds(rto)}, {passed} checks passed"


def _is_part_back(check: dict[str, Any]) -> bool:
    return bool(check["kind"] == CheckKind.PART and check["verdict"] == "passed")
