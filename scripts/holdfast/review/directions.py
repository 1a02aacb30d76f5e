"""The ways a guarded attribute must not move. Each direction compares two readings; None is an absent value."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from holdfast.review.finding import Json
from holdfast.review.patterns import uncovered
from holdfast.review.rule import PRESENCE, SAME, Comparison, Outcome, Reading
from holdfast.review.schedules import NotASchedule, longest_gap
from holdfast.review.words import listed

_WEAKER = Comparison(Outcome.WEAKER)
_STRONGER = Comparison(Outcome.STRONGER)
_UNCLEAR = Comparison(Outcome.UNCLEAR)

Extreme = Literal["least", "most", "ignored"]
"""How an absent (or zero) number counts: as less than any other, as more, or not at all (another rule looks at it)."""


def _number(value: Json, null: Extreme, zero: Extreme | None) -> float | None:
    extremes = {"least": float("-inf"), "most": float("inf"), "ignored": 0.0}
    if value is None:
        return extremes[null]
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if value == 0 and (zero is not None or null == "least"):
        return extremes[zero or null]
    return float(min(max(value, -1e300), 1e300))


def _ordered(before: float | None, after: float | None) -> Comparison:
    if before is None or after is None:
        return _UNCLEAR
    return SAME if before == after else _WEAKER if after < before else _STRONGER


@dataclass(frozen=True, slots=True)
class Lowered:
    """A number must not go down."""

    null: Extreme = "least"
    zero: Extreme | None = None
    words: str = "is lowered or removed"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when the number after is smaller."""
        if self.null == "ignored" and (before is None or after is None):
            return SAME
        return _ordered(_number(before, self.null, self.zero), _number(after, self.null, self.zero))

    def at_risk(self, before: Json) -> bool:
        """Unless it is as small as can be."""
        if self.null == "ignored" and before is None:
            return False
        return _number(before, self.null, self.zero) != float("-inf")


@dataclass(frozen=True, slots=True)
class Raised:
    """A number must not go up."""

    null: Extreme = "most"
    zero: Extreme | None = None
    words: str = "is raised or removed"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when the number after is larger."""
        if self.null == "ignored" and (before is None or after is None):
            return SAME
        return _ordered(_number(after, self.null, self.zero), _number(before, self.null, self.zero))

    def at_risk(self, before: Json) -> bool:
        """Unless it is as large as can be."""
        if self.null == "ignored" and before is None:
            return False
        return _number(before, self.null, self.zero) != float("inf")


def _flag(value: Json, null: bool) -> bool | None:
    if value is None:
        return null
    words = {"true": True, "false": False}
    return value if isinstance(value, bool) else words.get(str(value).lower())


@dataclass(frozen=True, slots=True)
class TurnedOff:
    """A flag must not become false; `null` is what an absent flag means."""

    null: bool = False
    words: str = "is turned off"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker from true to false."""
        old, new = _flag(before, self.null), _flag(after, self.null)
        if old is None or new is None:
            return _UNCLEAR
        return SAME if old == new else _WEAKER if old else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only while it is on."""
        return _flag(before, self.null) is not False


@dataclass(frozen=True, slots=True)
class TurnedOn:
    """A flag must not become true; `null` is what an absent flag means."""

    null: bool = False
    words: str = "is turned on"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker from false to true."""
        old, new = _flag(before, self.null), _flag(after, self.null)
        if old is None or new is None:
            return _UNCLEAR
        return SAME if old == new else _WEAKER if new else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only while it is off."""
        return _flag(before, self.null) is not True


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value must not move down a ranking, best first. A group holds values of equal worth; None is absent."""

    groups: tuple[tuple[str | None, ...], ...]

    @property
    def words(self) -> str:
        """The direction in words."""
        order = " > ".join("/".join("absent" if v is None else v for v in group) for group in self.groups)
        return f"moves down in {order}"

    def _rank(self, value: Json) -> int | None:
        return next((rank for rank, group in enumerate(self.groups) if value in group), None)

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when the group after is a later one; a value outside the ranking is unclear."""
        old, new = self._rank(before), self._rank(after)
        if before == after:
            return SAME
        if old is None or new is None:
            return _WEAKER if old == 0 else _UNCLEAR
        return SAME if old == new else _WEAKER if new > old else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Unless it is at the bottom."""
        return self._rank(before) != len(self.groups) - 1


@dataclass(frozen=True, slots=True)
class Leaves:
    """A value must stay what it is once it is one of `good`."""

    good: tuple[str, ...]

    @property
    def words(self) -> str:
        """The direction in words."""
        return f"is no longer {' or '.join(self.good)}"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when a good value becomes any other."""
        if (before in self.good) == (after in self.good):
            return SAME
        return _WEAKER if before in self.good else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only while it is good."""
        return before in self.good


@dataclass(frozen=True, slots=True)
class Becomes:
    """A value must not become one of `bad`."""

    bad: tuple[str, ...]

    @property
    def words(self) -> str:
        """The direction in words."""
        return f"becomes {' or '.join(self.bad)}"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when any other value becomes a bad one."""
        if (before in self.bad) == (after in self.bad):
            return SAME
        return _WEAKER if after in self.bad else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Unless it is bad already."""
        return before not in self.bad


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that is set must not change; setting one that was absent is no change."""

    words: str = "changes or is removed"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when a set value differs."""
        return SAME if before is None or before == after else _WEAKER

    def at_risk(self, before: Json) -> bool:
        """Only where something is set."""
        return before is not None


@dataclass(frozen=True, slots=True)
class Differs:
    """A value must stay what it is, set or not."""

    words: str = "changes, appears or is removed"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when anything differs."""
        return SAME if before == after else _WEAKER

    def at_risk(self, before: Json) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that is there must stay, whatever it says."""

    words: str = "is removed"
    default_reading: ClassVar[Reading] = PRESENCE

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when nothing is left."""
        if (before is None) == (after is None):
            return SAME
        return _WEAKER if after is None else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only where something is set."""
        return before is not None


@dataclass(frozen=True, slots=True)
class Added:
    """Something that is not there must not appear."""

    words: str = "is added"
    default_reading: ClassVar[Reading] = PRESENCE

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when there is something new."""
        if (before is None) == (after is None):
            return SAME
        return _WEAKER if before is None else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only where nothing is set."""
        return before is None


def _members(value: Json) -> list[str]:
    items: Iterable[Json] = [] if value is None else value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item, sort_keys=True, default=str) for item in items]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A set must not lose members; a wildcard stands for what it covers. `null_is_all`: absent means everything."""

    null_is_all: bool = False
    words: str = "loses members"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when a member before is covered by none after."""
        everything = ["*"] if self.null_is_all else []
        lost = uncovered(_members(before) or everything, _members(after) or everything)
        if lost:
            return Comparison(Outcome.WEAKER, f"lost: {listed(lost)}")
        return SAME if not uncovered(_members(after), _members(before)) else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only while there are members."""
        return self.null_is_all or bool(_members(before))


@dataclass(frozen=True, slots=True)
class Grown:
    """A set must not gain members; a wildcard stands for what it covers."""

    words: str = "gains members"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when a member after is covered by none before."""
        gained = uncovered(_members(after), _members(before))
        if gained:
            return Comparison(Outcome.WEAKER, f"gained: {listed(gained)}")
        return SAME if not uncovered(_members(before), _members(after)) else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Unless it covers everything."""
        return "*" not in _members(before)


@dataclass(frozen=True, slots=True)
class Rarer:
    """A schedule must not leave longer gaps. An absent schedule never runs."""

    words: str = "runs less often or not at all"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when the longest gap grows; unclear when an expression cannot be read."""
        if before == after:
            return SAME
        if before is None or after is None:
            return _STRONGER if before is None else _WEAKER
        try:
            old, new = longest_gap(str(before)), longest_gap(str(after))
        except NotASchedule:
            return _UNCLEAR
        if old == new:
            return SAME
        return Comparison(Outcome.WEAKER, f"longest gap {old} → {new}") if new > old else _STRONGER

    def at_risk(self, before: Json) -> bool:
        """Only where there is a schedule."""
        return before is not None
