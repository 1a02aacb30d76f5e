"""When a cron schedule runs, field by field: sets of days and the minutes of those days, in UTC.

A schedule has few different days (a plain one, one in summer time, the two on which the clock changes) and many of
each; keeping each kind once, with the set of days it falls on, makes a question about decades cost as much as about a
week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from holdfast.objectives.days import Dates
from holdfast.objectives.horizon import DAY, EARLY, Horizon, bits, month_kinds, shifted
from holdfast.objectives.schedule import Cron
from holdfast.objectives.zones import LocalDays, local_days


class Layer(NamedTuple):
    """Runs at the same UTC minutes on a set of days.

    Attributes:
        days: the set of UTC days, as in `Horizon`, margins included.
        minutes: minutes of the UTC day, ascending.
        again: minutes until the local time of the run comes a second time; 0 but for the hour a clock is set back.
    """

    days: int
    minutes: tuple[int, ...]
    again: int


@lru_cache(maxsize=4096)
def layers(schedule: Cron, horizon: Horizon) -> tuple[Layer, ...]:
    """All runs of a schedule in the horizon and its margins; no layers when it never runs."""
    found: dict[tuple[tuple[int, ...], int], int] = {}
    for group, days in _zoned(schedule.dates, schedule.timezone, horizon):
        placed = _placed(schedule.minutes, group)
        for (shift, again), minutes in placed.items():
            key = (tuple(minutes), again)
            at = shifted(days, shift)
            found[key] = found[key] | at if key in found else at
    return tuple(Layer(days, *key) for key, days in found.items())


@lru_cache(maxsize=4096)
def _zoned(dates: Dates, timezone: str, horizon: Horizon) -> tuple[tuple[LocalDays, int], ...]:
    """The local days of some dates by what the clock does on them."""
    local = local_dates(dates, horizon)
    return tuple((group, days) for group in local_days(timezone, horizon) if (days := local & group.days))


def _placed(walls: tuple[int, ...], group: LocalDays) -> dict[tuple[int, int], list[int]]:
    """Where wall-clock minutes of days that are alike lie: by days later and `again`, the minutes of the UTC day."""
    placed: dict[tuple[int, int], list[int]] = {}
    if group.before == group.after:  # no change of the clock: all move by the same
        for shift in range((walls[0] - group.after) // DAY, (walls[-1] - group.after) // DAY + 1):
            by = group.after + shift * DAY
            if minutes := [wall - by for wall in walls if 0 <= wall - by < DAY]:
                placed[shift, 0] = minutes
        return placed
    for wall in walls:
        if (at := group.place(wall)) is not None:
            shift, minute = divmod(at[0], DAY)
            placed.setdefault((shift, at[1]), []).append(minute)
    return placed


def runs(schedule: Cron, horizon: Horizon) -> Iterator[datetime]:
    """The runs within the horizon, in order; a local time that comes twice at its first pass."""
    times: dict[int, list[int]] = {}
    for layer in layers(schedule, horizon):
        for bit in bits(layer.days & horizon.inside):
            times.setdefault(bit, []).extend(layer.minutes)
    for bit in sorted(times):
        for minute in sorted(times[bit]):
            yield horizon.moment(bit, 60 * minute)


@lru_cache(maxsize=4096)
def local_dates(dates: Dates, horizon: Horizon) -> int:
    """The set of local days a schedule runs on; schedules with the same day fields share it."""
    found, every_year = 0, dates.fields[3] == "*"
    for kind in month_kinds(horizon):
        if kind.month not in dates.months:
            continue
        if every_year or dates.years.issuperset(kind.years):
            days = sum(1 << day for day in dates.days(kind.year, kind.month))
            found |= days * kind.before  # months of a kind lie a year apart: no two of the products meet
        else:
            found |= sum(_of_month(dates, year, kind.month, horizon) for year in kind.years if year in dates.years)
    return found >> EARLY & (1 << horizon.size) - 1


def _of_month(dates: Dates, year: int, month: int, horizon: Horizon) -> int:
    first = horizon.bit(date(year, month, 1)) - 1 + EARLY
    return sum(1 << day + first for day in dates.days(year, month))
