"""Kinds that are made of others, or choose for themselves what a plain kind is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from holdfast.drills.errors import NotWrapped, UnknownDrillKind
from holdfast.drills.interface import Kind
from holdfast.drills.spec import DrillSpec
from holdfast.drills.surroundings import Surroundings
from holdfast.environments.model import Environment


@runtime_checkable
class Wrapping(Protocol):
    """A kind that runs another one under harder conditions."""

    @property
    def default(self) -> str:
        """The kind it wraps when nobody says."""

    def around(self, inner: Kind) -> Kind:
        """The two as one kind.

        Raises:
            NotWrapped: it cannot be run so.
        """


@runtime_checkable
class Conducting(Protocol):
    """A kind that runs whole drills of other kinds, and needs what they need."""

    def conducted_in(self, surroundings: Surroundings) -> Kind:
        """The same kind, able to run drills."""


@runtime_checkable
class ChoosesDataset(Protocol):
    """A kind that knows which dataset it is about when nobody says."""

    def dataset_of(self, environment: Environment) -> str:
        """The dataset's name.

        Raises:
            InputError: it cannot be told.
        """


@runtime_checkable
class MayTakeDataset(Protocol):
    """A kind that works on the whole environment and can look at one dataset or tenant besides."""

    @property
    def may_take_dataset(self) -> bool:
        """Whether it does."""


@runtime_checkable
class NeedsTenant(Protocol):
    """A kind that is about one tenant and nothing else."""

    @property
    def needs_tenant(self) -> bool:
        """Whether it is."""


@runtime_checkable
class RestoresWhole(Protocol):
    """A kind that restores what it restores as one piece, and takes no option that asks for a part of it."""

    @property
    def whole(self) -> str:
        """What it restores, in words: `a whole volume`."""

    @property
    def not_taken(self) -> tuple[str, ...]:
        """The fields of a spec it does not take: `tenant`, `sample`, `set_id`."""


@runtime_checkable
class ChecksDataset(Protocol):
    """A kind that restores datasets of some kinds only."""

    def require_dataset(self, environment: Environment, name: str) -> None:
        """Check that it can restore a dataset, going by the declaration alone.

        Raises:
            InputError: it cannot.
        """


def kind_for(spec: DrillSpec, kinds: Mapping[str, Kind]) -> Kind:
    """The kind a spec asks for, with the one it wraps.

    Raises:
        UnknownDrillKind: there is no such kind, or none of that name to wrap.
        NotWrapped: the kind wraps none, or not that one.
    """
    kind = _named(spec.kind, kinds)
    if isinstance(kind, Wrapping):
        return kind.around(_named(spec.around or kind.default, kinds))
    if spec.around is not None:
        allowed = ", ".join(sorted(name for name, each in kinds.items() if isinstance(each, Wrapping)))
        raise NotWrapped(kind=spec.kind, inner=spec.around, problem=f"only {allowed or 'no kind'} wraps another one")
    return kind


def _named(name: str, kinds: Mapping[str, Kind]) -> Kind:
    if name not in kinds:
        raise UnknownDrillKind(kind=name, allowed=", ".join(sorted(kinds)))
    return kinds[name]
