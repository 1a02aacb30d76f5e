"""Run another kind of drill while every call to the primary Region, or to its buckets, is stopped."""

from __future__ import annotations

from dataclasses import dataclass, field

from holdfast.aws.sessions import Sessions
from holdfast.drills.answering import Answering
from holdfast.drills.checks import CheckKind, passed
from holdfast.drills.composing import ChoosesDataset, RestoresWhole
from holdfast.drills.context import Drill
from holdfast.drills.errors import DatasetNeeded, NotWrapped
from holdfast.drills.interface import Cleaned, Kind, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Environment, Scenario

WRAPPED = "wrapped-kind"
"""The check that names the other kind in a record. It is about the drill, so no drill passes for it."""


@dataclass(frozen=True)
class RegionLoss:
    """Wraps a kind that simulates the loss of the Region; by default object recovery.

    Everything is the other kind's; what this one adds is the guard, and that one stopped call fails the drill.
    """

    name: str = "region-loss"
    proves: str = "Another kind of drill (--of, by default object-recovery) passes with the primary Region guarded off."
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS,)
    default: str = "object-recovery"
    inner: Kind = field(default_factory=ObjectRecovery)

    @property
    def restores_dataset(self) -> bool:
        """As the kind it wraps."""
        return self.inner.restores_dataset

    @property
    def may_take_dataset(self) -> bool:
        """As the kind it wraps."""
        return bool(getattr(self.inner, "may_take_dataset", False))

    @property
    def needs_tenant(self) -> bool:
        """As the kind it wraps."""
        return bool(getattr(self.inner, "needs_tenant", False))

    @property
    def whole(self) -> str:
        """As the kind it wraps."""
        return self.inner.whole if isinstance(self.inner, RestoresWhole) else ""

    @property
    def not_taken(self) -> tuple[str, ...]:
        """As the kind it wraps."""
        return self.inner.not_taken if isinstance(self.inner, RestoresWhole) else ()

    def dataset_of(self, environment: Environment) -> str:
        """As the kind it wraps; a kind that does not choose is told.

        Raises:
            DatasetNeeded: nobody said which.
        """
        if isinstance(self.inner, ChoosesDataset):
            return self.inner.dataset_of(environment)
        raise DatasetNeeded(kind=self.name, allowed=", ".join(each.name for each in environment.datasets))

    def around(self, inner: Kind) -> Kind:
        """The same for another kind.

        Raises:
            NotWrapped: it does not simulate the loss of the Region.
        """
        if Scenario.REGION_LOSS not in inner.scenarios or isinstance(inner, RegionLoss):
            problem = f"{inner.name} does not simulate {Scenario.REGION_LOSS}"
            raise NotWrapped(kind=self.name, inner=inner.name, problem=problem)
        return RegionLoss(inner=inner)

    def survey(self, drill: Drill) -> Survey:
        """As the kind it wraps."""
        return self.inner.survey(drill)

    def select(self, drill: Drill) -> Selection | Nothing:
        """As the kind it wraps."""
        return self.inner.select(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """As the kind it wraps."""
        return self.inner.restore(drill, selection)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """As the kind it wraps, which is named beside its checks so that the record says what was drilled."""
        found = self.inner.verify(drill, selection, restored)
        name = passed(WRAPPED, CheckKind.CARRIED_OUT, expected=self.inner.name, observed=self.inner.name)
        return found.model_copy(update={"checks": (*found.checks, name)})

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """As the kind it wraps."""
        return self.inner.probe(drill, selection)

    def clean_up(self, drill: Drill) -> Cleaned:
        """As the kind it wraps."""
        return self.inner.clean_up(drill)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Nothing of its own; the kind it wraps is swept as itself."""
        return Cleaned()

    def answer(self, drill: Drill, verdict: Verdict, reasons: tuple[str, ...]) -> None:
        """As the kind it wraps, if that one has somebody to tell."""
        if isinstance(self.inner, Answering):
            self.inner.answer(drill, verdict, reasons)
