"""Which runs of several rules count: runs AWS Backup drops because rules overlap, and runs that never matter.

Both are questions of the form "is there another run between so many minutes before and so many after this one?", asked
of every run of the horizon at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from holdfast.objectives.horizon import less
from holdfast.objectives.timetable import Timetable

_NONE: Mapping[int, int] = {}


class Points(NamedTuple):
    """Recovery points of one rule, made at the same UTC minutes on a set of days.

    Attributes:
        days: the set of UTC days, as in `Horizon`.
        minutes: minutes of the day a run is scheduled at, ascending.
        start_window: minutes from the scheduled time within which the run begins, `again` of the clock included.
        again: minutes until the local time of the run comes a second time, as in `Layer`.
        usable: seconds from the scheduled time until the point can be restored from, at the latest.
    """

    days: int
    minutes: tuple[int, ...]
    start_window: int
    again: int = 0
    usable: int = 0


class Windows:
    """The runs of the rules that go before others in a plan, by start window, as far as they are known."""

    def __init__(self) -> None:
        self._tables: dict[int, Timetable] = {}

    def add(self, points: Iterable[Points]) -> None:
        """Put in the runs of one more rule."""
        for each in points:
            table = self._tables.get(each.start_window)
            if table is None:
                table = self._tables[each.start_window] = Timetable()
            for minute in each.minutes:
                table.add(minute, each.days)

    def leave(self, points: Iterable[Points]) -> list[Points]:
        """The runs AWS Backup makes for sure: without those it may drop in favour of the runs in here.

        "If you have a backup plan with multiple rules and the time frames of the two rules overlap, AWS Backup
        optimizes the backup and takes a backup for the rule with the longer retention time. The optimization takes into
        account the full start window"
        (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html). A run counts as
        dropped as soon as the two start windows share a minute, and when both are due at the same minute.
        """
        made = []
        for each in points:
            before = max(0, each.start_window - 1)
            reach = [(min(0, 1 - window), before, table) for window, table in self._tables.items()]
            made += _without(each, reach)
        return made


def without_dominated(points: Sequence[Points]) -> list[Points]:
    """Leave out the runs that another run, scheduled no earlier and usable no later, makes worthless.

    What remains is ordered alike by scheduled time and by the time it is usable.
    """
    by_usable: dict[int, list[Points]] = {}
    for each in points:
        by_usable.setdefault(each.usable, []).append(each)
    latest = max(by_usable, default=0)
    tables = [(usable, _timetable(runs)) for usable, runs in by_usable.items() if usable < latest]
    faster = {
        usable: [(0, (usable - other) // 60, table) for other, table in tables if other < usable]
        for usable in by_usable
    }
    taken: dict[tuple[int, int], int] = {}
    kept: list[Points] = []
    for each in points:
        alike = {}
        for minute in each.minutes:
            place = each.usable, minute
            if place in taken:
                alike[minute] = taken[place]
                taken[place] |= each.days
            else:
                taken[place] = each.days
        kept.extend(_without(each, faster[each.usable], alike))
    return kept


def _timetable(points: Iterable[Points]) -> Timetable:
    return Timetable((minute, each.days) for each in points for minute in each.minutes)


def _without(
    run: Points, others: Sequence[tuple[int, int, Timetable]], taken: Mapping[int, int] = _NONE
) -> list[Points]:
    """`run` without the days on which another timetable has a run so many minutes before to so many after it, and
    without those taken at a minute; split where minutes differ in that.
    """
    parts: list[tuple[int, list[int]]] = []
    for minute in run.minutes:
        days = less(run.days, taken[minute]) if minute in taken else run.days
        for low, high, table in others:
            if not days:
                break
            days = table.without(days, minute + low, minute + high)
        if not days:
            continue
        for known, minutes in parts:
            if known == days:
                minutes.append(minute)
                break
        else:
            parts.append((days, [minute]))
    if len(parts) == 1 and len(parts[0][1]) == len(run.minutes) and parts[0][0] is run.days:
        return [run]
    return [Points(days, tuple(minutes), *run[2:]) for days, minutes in parts]
