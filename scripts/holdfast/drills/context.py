"""What a kind of drill works with."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.drills.journal import Entry, Journal
from holdfast.drills.memory import NAME, Memory
from holdfast.drills.spec import DrillSpec
from holdfast.environments.model import Environment
from holdfast.environments.names import Names


@dataclass
class Step:
    """One thing a kind does, announced in the journal before it is done.

    Args:
        announced: what was written before.
        outcome: what was written after; None when the drill died, or failed, in between.
    """

    name: str
    announced: dict[str, Any]
    outcome: dict[str, Any] | None = None

    def done(self, /, **outcome: Any) -> None:  # whatever JSON can hold
        """Say what came of it; written when the step is left."""
        self.outcome = outcome


@dataclass(frozen=True)
class Drill:
    """A drill in progress, as its kind sees it.

    Args:
        sessions: AWS; guarded when the scenario loses a Region.
        target: the folder to restore into: this drill's own, and empty when the restore begins.
        failed_at: when the disaster is supposed to have happened, by the clock that stamps recovery points.
        say: where progress is told, one line a call.
    """

    drill_id: str
    spec: DrillSpec
    environment: Environment
    sessions: Sessions
    clock: Clock
    target: Path
    journal: Journal
    failed_at: datetime
    say: Callable[[str], None]

    @property
    def names(self) -> Names:
        """The names of the environment."""
        return Names(self.environment)

    @property
    def memory(self) -> Memory:
        """What drills of the same dataset and tenant proved before."""
        scope = f"{self.spec.dataset}/{self.spec.tenant or '_'}"
        return Memory(self.journal.path.parent.parent / NAME, scope)

    @property
    def rng(self) -> random.Random:
        """A new generator from the recorded seed: the same draws in a resumed drill."""
        return random.Random(self.spec.seed)  # noqa: S311  repeatable on purpose, not secret

    @contextmanager
    def step(self, name: str, /, **announced: Any) -> Iterator[Step]:  # whatever JSON can hold
        """Journal a step before it acts and after; call `done` with what to remember."""
        step = Step(name, announced)
        begun = self.journal.append("step-begin", step=name, announced=announced)
        yield step
        self.journal.append("step-end", step=name, begun=begun.number, outcome=step.outcome or {})

    def steps(self, name: str) -> list[Step]:
        """All steps of that name so far, those of earlier runs included."""
        return steps_in(self.journal.entries, name)


def steps_in(entries: tuple[Entry, ...], name: str) -> list[Step]:
    """The steps of one name a journal holds, in order."""
    found: dict[int, Step] = {}
    for entry in entries:
        if entry.event == "step-begin" and entry.data["step"] == name:
            found[entry.number] = Step(name, entry.data["announced"])
        elif entry.event == "step-end" and entry.data["begun"] in found:
            found[entry.data["begun"]].outcome = entry.data["outcome"]
    return list(found.values())
