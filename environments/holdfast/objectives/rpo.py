"""Recovery point objectives: for each dataset and scenario the most data that can be lost, against what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from holdfast.objectives.declaration import Dataset, Declaration
from holdfast.objectives.gaps import Gap
from holdfast.objectives.horizon import Horizon
from holdfast.objectives.loss import Loss, worst_loss
from holdfast.objectives.proof import Assumption, Proof, Scenario, Verdict, Witness, spell, verdict_under
from holdfast.objectives.services import Mechanism
from holdfast.objectives.survival import copies_survive, sources, streams


def prove_rpo(declaration: Declaration, horizon: Horizon) -> Iterator[Proof]:
    """One proof for each dataset and each scenario its tier has an objective for."""
    for dataset in declaration.datasets:
        for scenario, limit in declaration.tier_of(dataset).rpo.items():
            yield _prove(dataset, scenario, limit, declaration, horizon)


@dataclass(frozen=True)
class _Worst:
    """The most that can be lost of a dataset, when that happens, and what the figure is made of."""

    bound: timedelta | None
    witness: Witness
    basis: str
    assumptions: tuple[Assumption, ...]


def _prove(dataset: Dataset, scenario: Scenario, limit: timedelta, declaration: Declaration, horizon: Horizon) -> Proof:
    worst = _worst(dataset, scenario, declaration, horizon)
    name = f"rpo.{dataset.name}.{scenario}"
    if worst is None:
        because = why_nothing_survives(dataset, scenario, declaration)
        return Proof(name, dataset.name, Verdict.REFUTED, because, scenario, None, limit)
    proof = Proof(
        name,
        dataset.name,
        Verdict.REFUTED,
        worst.basis,
        scenario,
        worst.bound,
        limit,
        worst.witness,
        worst.assumptions,
    )
    if worst.bound is None:
        return proof
    if worst.bound > limit:
        return replace(proof, because=f"{spell(worst.bound - limit)} too long: {worst.basis}")
    verdict = verdict_under(worst.assumptions, declaration.today, declaration.tier_of(dataset).drill_every)
    return replace(proof, verdict=verdict, witness=None)


def _worst(dataset: Dataset, scenario: Scenario, declaration: Declaration, horizon: Horizon) -> _Worst | None:
    """The worst of the better of the two: continuous backup, and the rules that have a schedule."""
    scheduled, copy_time = sources(dataset, scenario, declaration)
    one_plan = dataset.service.mechanism is Mechanism.AWS_BACKUP
    loss = worst_loss(scheduled, horizon, declaration.now, one_plan=one_plan)
    stream = min(streams(dataset, scenario, declaration), key=lambda each: each.bound, default=None)
    if stream is not None and (loss.bound is None or stream.bound <= loss.bound):
        witness = Witness(declaration.now, declaration.now + stream.bound)
        says = [each.says for each in stream.published] + [f"assumed: {each}" for each in stream.assumptions]
        return _Worst(stream.bound, witness, f"continuous backup; {'; '.join(says)}", stream.assumptions)
    if loss.gap is None:
        return None
    witness = Witness(loss.gap.start, loss.gap.end, loss.timezone)
    return _Worst(loss.bound, witness, _basis(loss, loss.gap, copy_time), (copy_time,) if copy_time else ())


def _basis(loss: Loss, gap: Gap, copy_time: Assumption | None) -> str:
    if gap.open_end:
        return "the schedules end and no run follows"
    if gap.open_start:
        return "the schedules have not begun and no run comes before"
    if loss.expires:
        return "recovery points are deleted before the next one can be used"
    windows = "longest gap between runs + start and completion windows"
    return f"{windows} + copy; assumed: {copy_time}" if copy_time else windows


def why_nothing_survives(dataset: Dataset, scenario: Scenario, declaration: Declaration) -> str:
    """Why no recovery point of a dataset is left after a disaster, or ever there."""
    rules = declaration.tier_of(dataset).rules
    if scenario is Scenario.ACCOUNT_LOSS and not declaration.own_backup_account:
        return "copies are in the account that is lost; give the backup account an id of its own"
    if scenario is not Scenario.CORRUPTION and not any(rule.copy for rule in rules):
        return "no rule copies recovery points to the recovery Region"
    if scenario is not Scenario.CORRUPTION and dataset.service.mechanism is Mechanism.STREAM:
        return "the change log is not replicated to the recovery Region"
    if all(rule.continuous for rule in rules) and not dataset.service.has_continuous:
        return f"{dataset.kind} has no continuous backup, and no rule has a schedule"
    return "the schedules never run"


def anything_survives(dataset: Dataset, scenario: Scenario, declaration: Declaration, horizon: Horizon) -> bool:
    """Whether there is something to restore after a disaster."""
    if streams(dataset, scenario, declaration):
        return True
    if scenario is not Scenario.CORRUPTION and not copies_survive(scenario, declaration):
        return False
    one_plan = dataset.service.mechanism is Mechanism.AWS_BACKUP
    scheduled, _ = sources(dataset, scenario, declaration)
    return worst_loss(scheduled, horizon, declaration.now, one_plan=one_plan).gap is not None
