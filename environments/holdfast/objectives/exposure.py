"""What is at stake: the most that can be lost of a dataset in a disaster, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from holdfast.objectives.copies import scheduled
from holdfast.objectives.declaration import Dataset, Declaration
from holdfast.objectives.gaps import Gap
from holdfast.objectives.horizon import Horizon
from holdfast.objectives.loss import Loss, worst_loss
from holdfast.objectives.proof import Assumption, Scenario, Witness
from holdfast.objectives.services import Mechanism
from holdfast.objectives.survival import copies_survive, streams


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
        self._known: dict[tuple[str, str, bool, Scenario, Assumption], tuple[Worst, ...]] = {}
        self._known_scheduled: dict[tuple[str, str, bool, bool, Assumption], tuple[Worst, ...]] = {}

    def worst(self, dataset: Dataset, scenario: Scenario) -> Worst | None:
        """The most that can be lost, or nothing when no recovery point is left or ever made."""
        return next(iter(self.ways(dataset, scenario)), None)

    def ways(self, dataset: Dataset, scenario: Scenario) -> tuple[Worst, ...]:
        """The most that can be lost by each way there is to recover, the least first.

        Several can keep an objective, and they rest on different assumptions: a proof takes the surest.
        """
        copy_time = self.declaration.copy_time_of(dataset.name, scenario)
        key = (dataset.tier, dataset.kind, dataset.replicated, scenario, copy_time)
        if key not in self._known:
            found = [*self._continuous(dataset, scenario), *self._scheduled(dataset, scenario)]
            self._known[key] = tuple(sorted(found, key=_least_first))
        return self._known[key]

    def _continuous(self, dataset: Dataset, scenario: Scenario) -> Iterator[Worst]:
        now = self.declaration.now
        for each in streams(dataset, scenario, self.declaration):
            says = [figure.says for figure in each.published] + [f"assumed: {figure}" for figure in each.assumptions]
            witness = Witness(now, now + each.bound)
            yield Worst(each.bound, witness, f"continuous backup; {'; '.join(says)}", each.assumptions)

    def _scheduled(self, dataset: Dataset, scenario: Scenario) -> Sequence[Worst]:
        """What AWS Backup, a push or a stream leaves; found once for scenarios that leave the same."""
        copy_time = self.declaration.copy_time_of(dataset.name, scenario)
        survives = scenario is Scenario.CORRUPTION, copies_survive(scenario, self.declaration)
        key = (dataset.tier, dataset.kind, *survives, copy_time)
        if key not in self._known_scheduled:
            self._known_scheduled[key] = tuple(self._find_scheduled(dataset, scenario))
        return self._known_scheduled[key]

    def _find_scheduled(self, dataset: Dataset, scenario: Scenario) -> Iterator[Worst]:
        now, one_plan = self.declaration.now, dataset.service.mechanism is Mechanism.AWS_BACKUP
        for each in scheduled(dataset, scenario, self.declaration):
            loss = worst_loss(each.sources, self.horizon, now, one_plan=one_plan)
            if loss.gap is not None:
                witness = Witness(loss.gap.start, loss.gap.end, loss.timezone)
                yield Worst(loss.bound, witness, _basis(loss, loss.gap, each.assumptions), each.assumptions)


def _least_first(worst: Worst) -> tuple[bool, timedelta]:
    return worst.bound is None, worst.bound or timedelta()


def _basis(loss: Loss, gap: Gap, assumptions: tuple[Assumption, ...]) -> str:
    if gap.open_end:
        return "the schedules end and no run follows"
    if gap.open_start:
        return "the schedules have not begun and no run comes before"
    if loss.expires:
        return "recovery points are deleted before the next one can be used"
    windows = "longest gap between runs + start and completion windows"
    assumed = "".join(f"; assumed: {each}" for each in assumptions)
    return f"{windows} + copy{assumed}" if assumed else windows


def why_nothing_survives(dataset: Dataset, scenario: Scenario, declaration: Declaration) -> str:
    """Why no recovery point of a dataset is left after a disaster, or ever there."""
    rules = declaration.tier_of(dataset).rules
    if scenario is Scenario.ACCOUNT_LOSS and not declaration.own_backup_account:
        return "copies are in the account that is lost; give the backup account an id of its own"
    if scenario is not Scenario.CORRUPTION and not any(rule.leaves_the_region for rule in rules):
        return "no rule copies recovery points to the recovery Region"
    if scenario is not Scenario.CORRUPTION and dataset.service.mechanism is Mechanism.STREAM:
        return "the change log is not replicated to the recovery Region"
    if all(rule.continuous for rule in rules) and not dataset.service.has_continuous:
        return f"{dataset.kind} has no continuous backup, and no rule has a schedule"
    return "the schedules never run"
