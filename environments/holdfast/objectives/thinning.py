"""Which runs of several rules count: runs AWS Backup drops because rules overlap, and runs that never matter.

Both are questions of the form "is there another run between so many minutes before and so many after this one?", asked
of every run of the horizon at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from holdfast.objectives.horizon import DAY
from holdfast.objectives.occurrences import shifted

Reach = tuple[int, int]
"""Minutes from a run within which another run removes it, both ends included; empty when the first is the larger."""


@dataclass(frozen=True)
class Points:
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


def without_overlapped(points: Sequence[Points], others: Iterable[Points]) -> list[Points]:
    """Leave out the runs AWS Backup may drop in favour of `others`.

    "If you have a backup plan with multiple rules and the time frames of the two rules overlap, AWS Backup optimizes
    the backup and takes a backup for the rule with the longer retention time. The optimization takes into account the
    full start window" (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html). A
    run counts as dropped as soon as the two start windows share a minute, and when both are due at the same minute.

    Args:
        points: the runs of one rule.
        others: the runs of the rules that go before it.
    """

    def reach(run: Points, other: Points) -> Reach:
        return min(0, 1 - other.start_window), max(0, run.start_window - 1)

    others = list(others)
    return [left for each in points for left in _without(each, others, reach)]


def without_dominated(points: Sequence[Points]) -> list[Points]:
    """Leave out the runs that another run, scheduled no earlier and usable no later, makes worthless.

    What remains is ordered alike by scheduled time and by the time it is usable.
    """
    kept: list[Points] = []
    for index, each in enumerate(points):

        def reach(run: Points, other: Points) -> Reach:
            return 0, (run.usable - other.usable) // 60

        faster = sorted((other for other in points if other.usable < each.usable), key=_frequency, reverse=True)
        as_fast = [
            other
            for other in points[:index]
            if other.usable == each.usable and not set(each.minutes).isdisjoint(other.minutes)
        ]
        kept.extend(_without(each, faster + as_fast, reach))
    return kept


def _without(run: Points, others: Iterable[Points], reach: Callable[[Points, Points], Reach]) -> list[Points]:
    """`run` without the days on which one of `others` comes within reach, split where minutes differ in that."""
    left = dict.fromkeys(run.minutes, run.days)
    for other in others:
        low, high = reach(run, other)
        first, last = run.minutes[0] + low, run.minutes[-1] + high
        for day in range(first // DAY, last // DAY + 1):
            if day * DAY + other.minutes[-1] < first or last < day * DAY + other.minutes[0]:
                continue
            near = [
                minute
                for minute in left
                if _any_between(other.minutes, minute + low - day * DAY, minute + high - day * DAY)
            ]
            if near and (days := run.days & shifted(other.days, -day)):
                for minute in near:
                    if left[minute] == left[minute] & days:
                        del left[minute]
                    else:
                        left[minute] &= ~days
        if not left:
            return []
    by_days: dict[int, list[int]] = {}
    for minute, days in left.items():
        by_days.setdefault(days, []).append(minute)
    return [replace(run, days=days, minutes=tuple(minutes)) for days, minutes in by_days.items()]


def _frequency(points: Points) -> int:
    return len(points.minutes)


def _any_between(minutes: Sequence[int], low: int, high: int) -> bool:
    if minutes[-1] < low or minutes[0] > high:
        return False
    return minutes[bisect_left(minutes, low)] <= high
