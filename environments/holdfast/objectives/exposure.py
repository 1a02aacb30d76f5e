"""What is at stake: the most that can be lost of a dataset in a disaster, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.objectives.declaration import Dataset, Declaration
from holdfast.objectives.gaps import Gap
from holdfast.objectives.horizon import Horizon
from holdfast.objectives.loss import Loss, worst_loss
from holdfast.objectives.proof import Assumption, Scenario, Witness
from holdfast.objectives.services import Mechanism
from holdfast.objectives.survival import sources, streams


@dataclass(frozen=True)
class Worst:
    """The most that can be lost.

    Attributes:
        bound: its age; nothing when nothing limits it.
        witness: a stretch of time in which that much is lost.
        basis: what the figure is made of, in words.
        assumptions: what it rests on.
    """

    bound: timedelta | None
    witness: Witness
    basis: str
    assumptions: tuple[Assumption, ...] = ()


class Exposure:
    """Answers for one declaration; each is found once for all datasets of a tier and kind."""

    def __init__(self, declaration: Declaration, horizon: Horizon) -> None:
        self.declaration = declaration
        self.horizon = horizon
        self._known: dict[tuple[str, str, Scenario, Assumption], Worst | None] = {}

    def worst(self, dataset: Dataset, scenario: Scenario) -> Worst | None:
        """The most that can be lost, or nothing when no recovery point is left or ever made."""
        key = (dataset.tier, dataset.kind, scenario, self.declaration.copy_time_of(dataset.name, scenario))
        if key not in self._known:
            self._known[key] = self._find(dataset, scenario)
        return self._known[key]

    def _find(self, dataset: Dataset, scenario: Scenario) -> Worst | None:
        """The better of the two: continuous backup, and the rules that have a schedule."""
        now = self.declaration.now
        scheduled, copy_time = sources(dataset, scenario, self.declaration)
        one_plan = dataset.service.mechanism is Mechanism.AWS_BACKUP
        loss = worst_loss(scheduled, self.horizon, now, one_plan=one_plan)
        stream = min(streams(dataset, scenario, self.declaration), key=lambda each: each.bound, default=None)
        if stream is not None and (loss.bound is None or stream.bound <= loss.bound):
            says = [each.says for each in stream.published] + [f"assumed: {each}" for each in stream.assumptions]
            witness = Witness(now, now + stream.bound)
            return Worst(stream.bound, witness, f"continuous backup; {'; '.join(says)}", stream.assumptions)
        if loss.gap is None:
            return None
        witness = Witness(loss.gap.start, loss.gap.end, loss.timezone)
        return Worst(loss.bound, witness, _basis(loss, loss.gap, copy_time), (copy_time,) if copy_time else ())


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
