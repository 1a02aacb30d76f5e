"""Run several drills in the order they depend on each other, and say one thing about all of them.

Each part is a whole drill with a record of its own; the game day's record names them. The clock runs from the game
day's declaration to the end of its last verification.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from holdfast.aws.sessions import Sessions
from holdfast.drills.canary import ROLE
from holdfast.drills.checks import Check, CheckKind, Outcome
from holdfast.drills.context import Drill
from holdfast.drills.game_day.errors import GameDayNeeded, NotConducted
from holdfast.drills.game_day.loading import spec_of
from holdfast.drills.game_day.plan import GameDay as Plan
from holdfast.drills.game_day.plan import Part
from holdfast.drills.interface import Cleaned, Kind, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.register import registered
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Environment, Scenario
from holdfast.errors import HoldfastError, Interrupted

if TYPE_CHECKING:
    from holdfast.drills.surroundings import Surroundings

_STEP = "part"
NOT_RUN = "NOT RUN"
REFUSED = "REFUSED"


@dataclass(frozen=True)
class GameDay:
    """Its parts come from a file; `--file` names it."""

    name: str = "game-day"
    proves: str = "Several systems come back in the order they depend on each other, together in time."
    scenarios: tuple[Scenario, ...] = ()
    restores_dataset: bool = False
    surroundings: Surroundings | None = None

    def conducted_in(self, surroundings: Surroundings) -> Kind:
        """The same, able to run drills."""
        return replace(self, surroundings=surroundings)

    def survey(self, drill: Drill) -> Survey:
        """Who runs it. The clock is S3's in the recovery Region, which every part can still reach."""
        _plan(drill)
        region = drill.environment.regions.recovery
        return Survey(
            principals={ROLE: drill.sessions.caller_arn(ROLE), "caller": drill.sessions.caller_arn()},
            skew_seconds=drill.sessions.server_clock(region, role=ROLE).skew.total_seconds(),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """Each part chooses for itself."""
        return Selection()

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Run every part whose dependencies have passed; what ran before an interruption is not run again."""
        plan = _plan(drill)
        verdicts: dict[str, str] = {}
        for part in plan.in_order():
            verdicts[part.name] = self._run(drill, part, verdicts)
        return Restored(files=sum(verdict not in (NOT_RUN, REFUSED) for verdict in verdicts.values()), bytes=0)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """One check a part."""
        done = {step.announced["name"]: step.outcome for step in drill.steps(_STEP) if step.outcome}
        return Verified(checks=tuple(_check(part, done.get(part.name)) for part in _plan(drill).in_order()))

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """The parts probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """The parts clean up after themselves; one that was killed is resumed or swept as a drill of its own."""
        return Cleaned()

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Nothing of its own."""
        return Cleaned()

    def _run(self, drill: Drill, part: Part, verdicts: dict[str, str]) -> str:
        known = next(
            (step.outcome for step in drill.steps(_STEP) if step.announced["name"] == part.name and step.outcome), None
        )
        if known is not None:
            return str(known["verdict"])
        held_up = [name for name in part.after if verdicts[name] != Verdict.PASSED]
        with drill.step(_STEP, name=part.name, kind=part.kind) as step:
            if held_up:
                step.done(verdict=NOT_RUN, because=f"{', '.join(held_up)} did not pass")
                return NOT_RUN
            outcome = self._drill(drill, part)
            step.done(**outcome)
        return str(outcome["verdict"])

    def _drill(self, drill: Drill, part: Part) -> dict[str, str]:
        """Run one part as a drill, or go on with the one an earlier run of the game day began."""
        from holdfast.drills.engine import resume, run

        if self.surroundings is None:
            raise NotConducted()
        name = drill.environment.environment
        within = replace(self.surroundings, say=lambda line: drill.say(f"{part.name}: {line}"))
        mark = f"{drill.drill_id}/{part.name}"
        try:
            begun = _begun(within, mark)
            if begun is not None and begun[1] in {each.value for each in Verdict}:
                return {"verdict": str(begun[1]), "drill_id": begun[0], "because": ""}
            if begun is not None and begun[1] is None:
                result = resume(begun[0], within, confirm=name)
            else:
                more = {"responsible": drill.spec.responsible, "trigger": drill.spec.trigger}
                spec = spec_of(part, name, part_of=mark, seed=drill.spec.seed, **more)
                result = run(spec.model_copy(update={"not_exercised": drill.spec.not_exercised}), within, confirm=name)
        except Interrupted:
            raise
        except HoldfastError as error:
            return {"verdict": REFUSED, "drill_id": "", "because": error.message}
        return {"verdict": result.verdict.value, "drill_id": result.drill_id, "because": "; ".join(result.issues[:3])}


def _begun(surroundings: Surroundings, mark: str) -> tuple[str, str | None] | None:
    """The newest drill that was begun for a part, and how it ended; None when there is none to go on with."""
    there = registered(surroundings.home, surroundings.environment.environment, surroundings.clock)
    for each in reversed(there):
        if each.state is not None and each.state.spec.part_of == mark:
            return None if each.state.ended in ("swept", "refused") else (each.drill_id, each.state.ended)
    return None


def _plan(drill: Drill) -> Plan:
    if drill.spec.game_day is None:
        raise GameDayNeeded(kind=drill.spec.kind)
    return drill.spec.game_day


def _check(part: Part, outcome: dict[str, str] | None) -> Check:
    """What became of a part, as a check: only a passed drill passes; an inconclusive one leaves all inconclusive."""
    verdict = outcome["verdict"] if outcome else NOT_RUN
    because = (outcome or {}).get("because") or ("it was not run" if verdict == NOT_RUN else verdict.lower())
    by_verdict = {Verdict.PASSED.value: Outcome.PASSED, Verdict.FAILED.value: Outcome.FAILED, REFUSED: Outcome.FAILED}
    result = by_verdict.get(verdict, Outcome.SKIPPED)
    return Check(
        id=part.name,
        kind=CheckKind.PART,
        outcome=result,
        expected=f"{part.kind} PASSED",
        observed=" ".join(each for each in (verdict, (outcome or {}).get("drill_id", "")) if each),
        reason="" if result is Outcome.PASSED else because,
    )
