"""From a journal to a result: figures, objectives, verdict. Pure: the same journal always gives the same result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from holdfast.drills.checks import Check, CheckKind, Outcome, Probe, compare, failed, passed
from holdfast.drills.copy_timing import copy_checks, copy_of, with_copy
from holdfast.drills.folders import Folders
from holdfast.drills.journal import Entry
from holdfast.drills.measure import (
    MOVED_NOTED,
    Measured,
    against,
    moved_seconds,
    objective_check,
    ran_backwards,
    recovery_point_seconds,
    recovery_seconds,
    timeline,
)
from holdfast.drills.phases import Phase
from holdfast.drills.result import DrillResult
from holdfast.drills.state import State, fold
from holdfast.drills.verdict import judge
from holdfast.environments.model import Environment, Scenario

_ISOLATED_FROM = {
    Scenario.REGION_LOSS: "no-call-to-the-lost-region",
    Scenario.KEY_LOSS: "nothing-read-under-the-lost-key",
}
"""What must not have been needed, by scenario."""


def draw_up(entries: Sequence[Entry], environment: Environment, folders: Folders) -> DrillResult:
    """Draw up the result of a drill from all it journalled before the record was begun.

    Args:
        entries: the journal.
        environment: declares the objectives.
        folders: where the target was.
    """
    told = _before_the_record(entries)
    state = fold(told)
    rpo, rto = measure(told, state, environment)
    copy = copy_of(told)
    objectives = _objective_checks(rpo, rto, state)
    checks = (
        *state.problems,
        *state.verified.checks,
        *state.probed.checks,
        *_isolation(state),
        *objectives,
        *_clean_up(state),
        *copy_checks(copy),
    )
    findings: list[Check | Probe] = [*checks, *state.probed.probes]
    judgement = judge(findings, doubts=_doubts(told, state), remarks=_remarks(told, objectives, state))
    point = state.selection.point if state.selection else None
    return DrillResult(
        drill_id=state.drill_id,
        spec=state.spec,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        declared_at=state.declared_at,
        failed_at=state.failed_at,
        rpo=rpo,
        rto=rto,
        point_age_seconds=_age(state.failed_at, point.committed_at) if point else None,
        times=timeline(told),
        survey=state.survey,
        selection=with_copy(state.selection, copy),
        checks=checks,
        probes=state.probed.probes,
        refused_calls=state.refused_calls,
        cleaned=state.cleaned,
        target=str(folders.target),
        resumed=state.resumed,
        newest_committed=state.verified.newest_committed,
        provenance=state.provenance,
        location=state.restored.location if state.restored else None,
        isolation=state.restored.isolation if state.restored else (),
        issues=tuple(f"{each.id}: {each.reason}" for each in findings if each.outcome is Outcome.FAILED),
    )


def measure(entries: Sequence[Entry], state: State, environment: Environment) -> tuple[Measured, Measured]:
    """Recovery point and recovery time against what the dataset's tier declares for the scenario."""
    dataset = environment.dataset(state.spec.dataset) if state.spec.dataset else None
    tier = environment.tier_of(dataset) if dataset else None
    scenario = state.spec.scenario
    lost = recovery_point_seconds(state.failed_at, state.verified.newest_committed)
    game_day = state.spec.game_day
    took = recovery_seconds(entries) if dataset or game_day else None
    sampling = state.selection.sampling if state.selection else None
    whole = sampling is not None and sampling.size == sampling.population
    return (
        against(lost, _objective(tier.rpo if tier else {}, scenario)),
        against(took, game_day.rto)
        if game_day
        else against(took, _objective(tier.rto if tier else {}, scenario), representative=whole),
    )


def _age(failed_at: datetime, committed_at: datetime) -> float:
    """Server times are good to a second, so a point of the second of the failure is of age 0."""
    return round(max(0.0, (failed_at - committed_at).total_seconds()), 3)


def _objective(declared: dict[Scenario, timedelta], scenario: Scenario | None) -> timedelta | None:
    return None if scenario is None else declared.get(scenario)


def _objective_checks(rpo: Measured, rto: Measured, state: State) -> tuple[Check, ...]:
    if state.spec.game_day is not None:
        unjudged = "RTO not judged: the game day declares none" if rto.target is None else "RTO not measured"
        return (objective_check("recovery-time", rto, unjudged),)
    if state.spec.dataset is None:
        return ()
    return (
        objective_check("recovery-point", rpo, _unjudged("RPO", rpo, state)),
        objective_check("recovery-time", rto, _unjudged("RTO", rto, state)),
    )


def _unjudged(name: str, measured: Measured, state: State) -> str:
    if state.spec.scenario is None:
        return f"{name} not judged: the drill simulates no disaster"
    if measured.target is None:
        return f"{name} not judged: the tier declares none for {state.spec.scenario}"
    if measured.seconds is None:
        return f"{name} not judged: it was not measured"
    return f"{name} not judged: only a sample was restored"


def _isolation(state: State) -> tuple[Check, ...]:
    id_ = _ISOLATED_FROM.get(state.spec.scenario) if state.spec.scenario else None
    if id_ is None or state.survey is None:
        return ()
    calls = "; ".join(state.refused_calls)
    check = compare(
        id_,
        CheckKind.ISOLATION,
        expected=0,
        observed=len(state.refused_calls),
        because=f"the recovery depends on what is lost: {calls}",
    )
    return (check,)


def _clean_up(state: State) -> tuple[Check, ...]:
    if Phase.CLEAN_UP not in state.outcomes:
        return ()
    orphaned = state.cleaned.orphaned
    if orphaned:
        return (
            failed("cleaned-up", CheckKind.CLEAN_UP, f"left behind: {', '.join(orphaned)}", expected="nothing left"),
        )
    return (passed("cleaned-up", CheckKind.CLEAN_UP, expected="nothing left", observed="nothing left"),)


def _doubts(entries: Sequence[Entry], state: State) -> list[str]:
    doubts = list(state.doubts)
    back = ran_backwards(entries)
    if back is not None:
        doubts.append(f"the clock of this host ran back by {back:.0f} s while the drill was interrupted")
    if state.spec.dataset is not None and Phase.VERIFY in state.outcomes and state.verified.newest_committed is None:
        doubts.append("what was restored names no time, so the recovery point could not be measured")
    return doubts


def _remarks(entries: Sequence[Entry], objectives: Sequence[Check], state: State) -> list[str]:
    remarks = [check.reason for check in objectives if check.outcome is Outcome.SKIPPED]
    asked: tuple[Check | Probe, ...] = (*state.verified.checks, *state.probed.checks, *state.probed.probes)
    aside = [each for each in asked if each.outcome is Outcome.SKIPPED and not each.essential]
    remarks += [f"{each.id} was skipped: {each.reason}" for each in aside]
    for left in state.cleaned.left:
        until = f" until {left.until:%Y-%m-%dT%H:%M:%SZ}" if left.until else ""
        remarks.append(f"{left.resource} stays{until}: {left.because}")
    if state.restored and state.restored.warned:
        shown = "; ".join(state.restored.warnings[:3])
        remarks.append(f"{state.restored.warned} entries were restored with a warning: {shown}")
    moved = moved_seconds(entries)
    if abs(moved) > MOVED_NOTED:
        remarks.append(f"this host's clock was moved by {moved:.0f} s; times are the declaration plus elapsed time")
    if state.resumed:
        remarks.append("the drill was interrupted and resumed: its recovery time includes the interruption")
    return remarks


def _before_the_record(entries: Sequence[Entry]) -> list[Entry]:
    """What a killed record was drawn up from, so that a resumed one says the same."""
    begun = (each.number for each in entries if each.event == "phase-begin" and each.phase == Phase.RECORD)
    return list(entries[: next(begun, len(entries))])
