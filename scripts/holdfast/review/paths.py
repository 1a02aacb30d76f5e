"""The path of a guarded attribute, as a rule writes it.

`a.b` goes into objects; `lifecycle[].days` into a nested block there is one of at most; `copy_action[*].days` into the
items of a list or set, the most alike matched with each other; `rule[id].days` into items matched by their `id`;
`preferences{}` into every value of a map.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute or block of an object."""

    name: str


@dataclass(frozen=True, slots=True)
class Block:
    """The one item of a nested block: where it is absent, its attributes have their defaults."""


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a list or set without a key; the most alike are matched."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The items of a list or set, matched by an attribute of theirs."""

    key: str


@dataclass(frozen=True, slots=True)
class Each:
    """Every value of a map."""


Step = Field | Block | Items | Keyed | Each

_PART = re.compile(r"(?P<name>\w+)(?:\[(?P<key>\w*|\*)\]|(?P<each>\{\}))?")


def _item(key: str) -> Step:
    return Items() if key == "*" else Keyed(key) if key else Block()


@dataclass(frozen=True)
class Path:
    """A parsed path; the empty path is the whole resource."""

    text: str

    def __str__(self) -> str:
        return self.text

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the path.

        Raises:
            ValueError: the text is not a path.
        """
        steps: list[Step] = []
        for part in self.text.split(".") if self.text else ():
            match = _PART.fullmatch(part)
            if match is None:
                raise ValueError(f"{self.text!r} is not a path: {part!r}")
            steps.append(Field(match["name"]))
            if match["each"]:
                steps.append(Each())
            elif match["key"] is not None:
                steps.append(_item(match["key"]))
        return tuple(steps)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The attribute and block names alone, for looking the path up in a provider schema."""
        return tuple(step.name for step in self.steps if isinstance(step, Field))
