"""The model of a rule: data with an id, a severity, what is at risk, what to do, and where that is written.

A rule about an attribute says which way the attribute must not move (`direction`); the comparison itself is in
`directions.py`, the reading of the value in `normalisers.py`. Rules that look at a whole plan carry `Described`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from holdfast.review.finding import Json, Kind, Severity
from holdfast.review.node import Node
from holdfast.review.paths import Path


class Outcome(Enum):
    """What a comparison says of the side after."""

    SAME = "the same"
    STRONGER = "stronger"
    WEAKER = "weaker"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome, and in which words it differs where that is worth saying."""

    outcome: Outcome
    detail: str = ""


SAME = Comparison(Outcome.SAME)


class Direction(Protocol):
    """The way a guarded attribute must not move."""

    @property
    def words(self) -> str:
        """The direction in words, for the reference: `is lowered`."""

    def compare(self, before: Json, after: Json) -> Comparison:
        """Compare two readings; None is an absent value."""

    def at_risk(self, before: Json) -> bool:
        """Whether some value after could be weaker than `before`."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The resource leaves the plan: destroyed or forgotten; `replaced` says whether a replacement loses as much."""

    replaced: bool = True

    @property
    def words(self) -> str:
        """The direction in words."""
        return "is destroyed, forgotten or replaced" if self.replaced else "is destroyed or forgotten"


@dataclass(frozen=True, slots=True)
class Appears:
    """A resource of this type is created: its being there is the weakening (with a reading: when that is not None)."""

    words: str = "is created"


@dataclass(frozen=True, slots=True)
class Described:
    """A rule with code of its own; the words say what it looks for."""

    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How the value of an attribute is read.

    Attributes:
        name: what is read, in words, for the reference.
        read: takes the node at the path of the rule.
        unit: the unit of what is read; with a unit the reading is shown, without one the attribute.
        field: the attribute below the path that matters most, dotted; it completes the path of a finding.
    """

    name: str
    read: Callable[[Node], Json]
    unit: str = ""
    field: str = ""


def _plain(node: Node) -> Json:
    return node.read()


PLAIN = Reading("as it stands", _plain)


def _present(node: Node) -> Json:
    if node.unknown is True or node.sensitive is True:
        node.read()
    return None if node.absent else True


PRESENCE = Reading("whether it is there", _present)


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue.

    Attributes:
        id: the stable name; suppressions and the reference use it.
        types: the resource types it looks at; empty for rules on the whole plan.
        path: where in the resource; "" is the whole resource.
        direction: what must not happen there.
        title: what happened, as a short sentence without a full stop.
        risk: what can go wrong because of it.
        remediation: what to do about it.
        source: the page this comes from.
        reading: how the value is read (units, combined attributes).
        one_way: strengthening it cannot be undone; `irreversible.py` says what that means.
        opens_deletion: with it, a later plan can destroy what this one leaves.
        attached: the attribute that names the resource this one belongs to; when that resource exists already,
            creating this one is compared with having none.
        new_items: attributes of items a list gains count as well.
        provider: the first major version of the provider that has the attribute.
    """

    id: str
    types: tuple[str, ...]
    path: Path
    direction: Direction | Gone | Appears | Described
    severity: Severity
    title: str
    risk: str
    remediation: str
    source: str
    reading: Reading = PLAIN
    kind: Kind = Kind.WEAKENING
    one_way: bool = False
    opens_deletion: bool = False
    attached: str = ""
    new_items: bool = False
    provider: int = 5

    @property
    def replaced_is_loss(self) -> bool:
        """Whether a replacement of the resource loses as much as its destruction."""
        return isinstance(self.direction, Gone) and self.direction.replaced


def row(
    id: str,  # the name of the column
    types: str | tuple[str, ...],
    path: str,
    direction: Direction | Gone | Appears | Described,
    severity: Severity,
    title: str,
    **columns: Any,
) -> Rule:
    """One row of a table, with its path parsed. `columns` are the other attributes of `Rule`.

    Raises:
        ValueError: the path is no path.
    """
    parsed = Path(path)
    _ = parsed.steps
    columns.setdefault("reading", getattr(direction, "default_reading", PLAIN))
    columns.setdefault("kind", Kind.LOSS if isinstance(direction, Gone) else Kind.WEAKENING)
    types = (types,) if isinstance(types, str) else types
    return Rule(id=id, types=types, path=parsed, direction=direction, severity=severity, title=title, **columns)


def told(id: str, looks_for: str, severity: Severity, title: str, **columns: Any) -> Rule:
    """A row about no resource of a plan, found by code of its own.

    Args:
        id: the stable name.
        looks_for: what it looks for, in words.
        severity: of its findings.
        title: what happened.
        columns: the other attributes of `Rule`.
    """
    return row(id, (), "", Described(looks_for), severity, title, **columns)
