"""What a record may claim. Every rule fails closed: what is not shown did not happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from holdfast.evidence.sections import Check, Outcome, Probe, Rpo, Rto, Timeline, Verdict

_ROUNDING = 0.002
"""Moments and seconds are each rounded to the millisecond."""

if TYPE_CHECKING:
    from holdfast.evidence.record import Record


def unsupported(record: Record) -> Iterator[str]:
    """What the record claims without showing it, in words."""
    yield from _objectives(record)
    yield from _outcomes(record)
    yield from _sampling(record)
    yield from _copy(record)
    verdict, reason = record.result.verdict, record.result.reason
    if verdict is Verdict.PASSED:
        yield from _passed(record)
    elif verdict is Verdict.INCONCLUSIVE and not reason:
        yield "INCONCLUSIVE without a reason"
    elif verdict is Verdict.FAILED and not (reason or _failures(record)):
        yield "FAILED without a reason, a failed check or a missed objective"


def _executable(record: Record) -> list[Check | Probe]:
    return [*record.checks, *record.probes]


def _passed(record: Record) -> Iterator[str]:
    outcomes = [each.outcome for each in _executable(record)]
    if Outcome.PASSED not in outcomes:
        yield "PASSED, but no check was executed"
    for failure in _failures(record):
        yield f"PASSED, but {failure}"
    yield from (f"PASSED, but {problem}" for problem in _incomplete(record.timeline))


def _failures(record: Record) -> list[str]:
    failures = [f"{each.id} failed" for each in _executable(record) if each.outcome is Outcome.FAILED]
    failures += [f"the {name} was missed" for name, each in _measured(record) if each.met is False]
    if record.erasure and record.erasure.residual:
        failures.append(f"{record.erasure.residual} erased entries came back")
    return failures


def _incomplete(timeline: Timeline) -> Iterator[str]:
    if timeline.ended_at is None:
        yield "it has no end"
        return
    for phase in timeline.phases:
        if phase.ended_at is None:
            yield f"phase {phase.name} has no end"
        elif not timeline.declared_at <= phase.started_at <= phase.ended_at <= timeline.ended_at:
            yield f"phase {phase.name} does not lie between declaration and end"
    if timeline.ended_at < timeline.declared_at:
        yield "it ended before it was declared"
    for before, after in pairwise(timeline.phases):
        if after.started_at < before.started_at:
            yield f"phase {after.name} started before {before.name}"


def _measured(record: Record) -> Iterator[tuple[str, Rpo | Rto]]:
    if record.rpo:
        yield "recovery point objective", record.rpo
    if record.rto:
        yield "recovery time objective", record.rto


def _objectives(record: Record) -> Iterator[str]:
    declared = record.objective
    for each, target in (
        (record.rpo, declared.rpo_target_seconds if declared else None),
        (record.rto, declared.rto_target_seconds if declared else None),
    ):
        if each and None not in (target, each.target_seconds) and target != each.target_seconds:
            yield f"it is judged against {each.target_seconds} s, but the declared objective is {target} s"
    for name, each in _measured(record):
        if each.met is None:
            continue
        if each.measured_seconds is None or each.target_seconds is None:
            yield f"the {name} is judged without a measure and a target"
        elif _contradicts(each.met, each.measured_seconds - each.target_seconds):
            yield (
                f"the {name} is called {'met' if each.met else 'missed'} "
                f"with {each.measured_seconds} s measured and {each.target_seconds} s allowed"
            )


def _contradicts(met: bool, over: float) -> bool:
    """Figures are rounded to the millisecond: what was missed by less looks as if it were just met."""
    return over > 0 if met else over < 0


def _outcomes(record: Record) -> Iterator[str]:
    every = _executable(record)
    for each in every:
        if each.outcome is Outcome.SKIPPED and not each.reason:
            yield f"{each.id} was skipped without a reason"
    for name, count in Counter(each.id for each in every).items():
        if count > 1:
            yield f"{name} is listed twice"


def _copy(record: Record) -> Iterator[str]:
    copy = record.source.copied if record.source else None
    if copy and abs((copy.ended_at - copy.began_at).total_seconds() - copy.elapsed_seconds) > _ROUNDING:
        yield f"its copy is said to have taken {copy.elapsed_seconds} s, from {copy.began_at} to {copy.ended_at}"


def _sampling(record: Record) -> Iterator[str]:
    if record.sampling and record.sampling.size > record.sampling.population:
        yield f"{record.sampling.size} were sampled out of {record.sampling.population}"
