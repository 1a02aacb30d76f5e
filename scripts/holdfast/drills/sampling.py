"""Which members of a recovery point are restored, and how likely that finds damage."""

from __future__ import annotations

import random
import re
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from holdfast.drills.errors import BadSample

ALL = "all"
SUPPOSED_DAMAGE = 0.01
"""The share of damaged members a record states its detection probability for."""


def parse_sample(text: str) -> int | None:
    """Read `--sample`: a whole number of 1 or more, or `all` (None).

    Raises:
        BadSample: for anything else.
    """
    if text == ALL:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) < 1:
        raise BadSample(got=text)
    return int(text)


class Sampling(BaseModel):
    """How the sample was drawn; with the seed anybody can draw it again.

    Args:
        chosen: the positions, where a memory of earlier drills had a say in it.
        never_proved: how many of all members no drill had proved before, where that is known.
        oldest_proof: when the member of the sample that was proved longest ago was proved; None when one never was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    population: int
    size: int
    seed: int
    supposed_damage: float = SUPPOSED_DAMAGE
    chosen: tuple[int, ...] | None = None
    never_proved: int | None = None
    oldest_proof: datetime | None = None

    @property
    def method(self) -> str:
        """`all`; `random`: drawn without replacement; or `proved longest ago`, equals drawn at random."""
        if self.size == self.population:
            return ALL
        return "random" if self.chosen is None else "proved longest ago"

    @property
    def detection_probability(self) -> float:
        """Chance of at least one damaged member in the sample when `supposed_damage` of all members are damaged.

        `1 - (1 - f)^n`; certain when everything is restored.
        """
        if self.size == 0:
            return 0.0
        return 1.0 if self.size == self.population else 1.0 - (1.0 - self.supposed_damage) ** self.size

    def members(self) -> frozenset[int] | None:
        """The positions in the sample (0-based, in the order of the manifest), or None for every one."""
        if self.size == self.population:
            return None
        if self.chosen is not None:
            return frozenset(self.chosen)
        drawn = random.Random(self.seed).sample(range(self.population), self.size)  # noqa: S311  repeatable, not secret
        return frozenset(drawn)

    def document(self) -> dict[str, Any]:
        """The sampling as a record states it."""
        return {
            "population": self.population,
            "sample_size": self.size,
            "method": self.method,
            "seed": self.seed,
            "supposed_damage": self.supposed_damage,
            "detection_probability": round(self.detection_probability, 6),
            **({} if self.never_proved is None else self._memory()),
        }

    def _memory(self) -> dict[str, Any]:
        """What earlier drills had proved of the members, and how likely all of them together find damage."""
        proved = self.population - (self.never_proved or 0)
        together = min(self.population, proved + min(self.size, self.never_proved or 0))
        return {
            "never_proved": self.never_proved,
            "oldest_proof": self.oldest_proof.isoformat() if self.oldest_proof else None,
            "proved_with_this_drill": together,
            "detection_probability_with_earlier_drills": round(1.0 - (1.0 - self.supposed_damage) ** together, 6),
        }


def draw(population: int, sample: int | None, seed: int) -> Sampling:
    """Plan a sample: at most `sample` of `population` members, every one for None."""
    return Sampling(population=population, size=population if sample is None else min(sample, population), seed=seed)
