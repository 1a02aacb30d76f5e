"""What a game day consists of: data, kept in the journal of the drill, so that a resumed one does what was declared."""

from __future__ import annotations

from datetime import timedelta
from graphlib import TopologicalSorter

from pydantic import BaseModel, ConfigDict, Field

from holdfast.environments.durations import Duration
from holdfast.environments.model import Scenario

NAME = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"


class Part(BaseModel):
    """One drill of a game day.

    Args:
        name: what others call it in `after`.
        kind: a kind of drill; not a game day.
        of: the kind to wrap, for kinds that wrap another one.
        after: the parts that must have passed before this one begins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    kind: str
    dataset: str | None = None
    tenant: str | None = None
    scenario: Scenario | None = None
    of: str | None = None
    sample: int | None = Field(default=None, ge=1)
    after: tuple[str, ...] = ()


class GameDay(BaseModel):
    """A game day.

    Args:
        name: what it is called in records.
        rto: how long everything together may take, from the declaration to the last verification; not judged when None.
        steps: its parts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    description: str = ""
    rto: Duration | None = None
    steps: tuple[Part, ...] = Field(min_length=1, max_length=100)

    @property
    def target_seconds(self) -> timedelta | None:
        """The objective for all of it."""
        return self.rto

    def in_order(self) -> list[Part]:
        """The parts, each behind those it depends on; as they are written where that leaves a choice.

        Raises:
            CycleError: they depend on each other in a circle; `load_game_day` refuses that.
        """
        by_name = {part.name: part for part in self.steps}
        graph = {part.name: part.after for part in self.steps}
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        order = {part.name: number for number, part in enumerate(self.steps)}
        found: list[Part] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=lambda name: order[name])
            found += [by_name[name] for name in ready]
            sorter.done(*ready)
        return found
