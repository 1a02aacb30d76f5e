"""What drills of one environment run in."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock, SystemClock
from holdfast.drills.interface import Kind
from holdfast.drills.result import Recorder
from holdfast.environments.model import Environment


def _quiet(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Surroundings:
    """What drills of one environment run in.

    Args:
        home: Holdfast's folder.
        sessions: AWS, without a guard: the engine guards what a scenario takes for lost.
        recorder: makes the evidence; unguarded, because evidence is kept where the environment keeps it.
        kinds: the kinds there are, by name.
        rng: makes drill ids, and seeds where none is given.
        say: where progress is told, one line a call.
    """

    environment: Environment
    home: Path
    sessions: Sessions
    recorder: Recorder
    kinds: Mapping[str, Kind]
    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.SystemRandom)
    say: Callable[[str], None] = _quiet
