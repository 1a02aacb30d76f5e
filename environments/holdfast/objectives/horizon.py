"""The stretch of time a proof is about, and sets of its days as the bits of one whole number.

A proof speaks of the `YEARS` years that begin with the year it is made in. Within 1901 to 2099 the Gregorian calendar
(weekdays and leap years together) repeats every 28 years, and a time zone changes its clocks by a rule of month and
weekday, so 28 years show every combination; 4 more let the longest regular gap, from one leap day to the next, lie
inside wherever it begins. A schedule with gaps longer than that, or one that ends, is judged by the part of the gap
inside the horizon, which is a lower limit of the real one: enough to refute, never used to prove.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

YEARS = 32
MARGIN = 400
"""Days kept before and after the horizon. Whether a run at its end counts depends on runs until it is usable, and a
local day lies beside the UTC day of the same date: windows of up to `MARGIN` - 2 days are judged exactly.
"""

DAY = 1440
"""Minutes of a day."""


@dataclass(frozen=True)
class Horizon:
    """A number of whole UTC days.

    Sets of days are integers: bit `MARGIN + n` stands for the day `n` days after `first`.
    """

    first: date
    days: int

    @property
    def size(self) -> int:
        """Bits of a set of days, margins included."""
        return self.days + 2 * MARGIN

    @property
    def inside(self) -> int:
        """The set of all days of the horizon, without the margins."""
        return ((1 << self.days) - 1) << MARGIN

    @property
    def start(self) -> datetime:
        """Midnight UTC of the first day."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """Midnight UTC after the last day."""
        return self.start + timedelta(days=self.days)

    def moment(self, bit: int, seconds: int) -> datetime:
        """The moment so many seconds after midnight UTC of the day a bit stands for."""
        return self.start + timedelta(days=bit - MARGIN, seconds=seconds)

    def bit(self, day: date) -> int:
        """The bit of a day."""
        return (day - self.first).days + MARGIN


EARLY = 32
"""How far the sets of `month_kinds` are shifted up: the first month begins before the first bit."""


@dataclass(frozen=True)
class MonthKind:
    """Months of the horizon that have the same name, begin on the same weekday and are equally long.

    Attributes:
        year: the year of one of them.
        month: 1 to 12.
        before: the set of the days before their first days, shifted up by `EARLY`.
        years: the years they lie in.
    """

    year: int
    month: int
    before: int
    years: tuple[int, ...]


@lru_cache(maxsize=64)
def month_kinds(horizon: Horizon) -> tuple[MonthKind, ...]:
    """Every month the horizon and its margins touch, by kind: a rule for days picks the same days in all of a kind."""
    last = horizon.first + timedelta(days=horizon.days + MARGIN - 1)
    day = (horizon.first - timedelta(days=MARGIN)).replace(day=1)
    found: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    while day <= last:
        following = (day + timedelta(days=32)).replace(day=1)
        kind = (day.month, day.weekday(), (following - day).days)
        found.setdefault(kind, []).append((day.year, 1 << horizon.bit(day) - 1 + EARLY))
        day = following
    return tuple(
        MonthKind(months[0][0], month, sum(bit for _, bit in months), tuple(year for year, _ in months))
        for (month, _, _), months in found.items()
    )


def horizon_from(today: date) -> Horizon:
    """The horizon of proofs made on a day: `YEARS` years from 1 January of its year."""
    first = date(today.year, 1, 1)
    return Horizon(first, (date(today.year + YEARS, 1, 1) - first).days)


def shifted(days: int, by: int) -> int:
    """The set of days `by` later."""
    if by == 0:
        return days
    return days << by if by > 0 else days >> -by


def less(days: int, others: int) -> int:
    """The days that are in the first set only. Of sets of decades, `&` and `^` cost a fraction of what `& ~` costs."""
    both = days & others
    return days ^ both if both else days


def bits(days: int) -> Iterator[int]:
    """The bits set in a set of days, ascending."""
    while days:
        lowest = days & -days
        yield lowest.bit_length() - 1
        days ^= lowest
