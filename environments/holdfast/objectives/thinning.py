"""Which runs of several rules count: runs AWS Backup drops because rules overlap, and runs that never matter.

Both are questions of the form "is there another run between so many minutes before and so many after this one?", asked
of every run of the horizon at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

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
    frequent = sorted(points, key=_frequency, reverse=True)
    faster = {
        usable: [other for other in frequent if other.usable < usable] for usable in {each.usable for each in points}
    }
    earlier: dict[tuple[int, int], list[Points]] = {}
    kept: list[Points] = []
    for each in points:
        as_fast: dict[int, Points] = {}
        for minute in each.minutes:
            place = earlier.setdefault((each.usable, minute), [])
            as_fast.update((id(other), other) for other in place)
            place.append(each)
        kept.extend(_without(each, [*faster[each.usable], *as_fast.values()], _sooner))
    return kept


def _sooner(run: Points, other: Points) -> Reach:
    return 0, (run.usable - other.usable) // 60


def _without(run: Points, others: Iterable[Points], reach: Callable[[Points, Points], Reach]) -> list[Points]:
    """`run` without the days on which one of `others` comes within reach, split where minutes differ in that."""
    left = dict.fromkeys(run.minutes, run.days)
    earliest, latest = run.minutes[0], run.minutes[-1]
    for other in others:
        low, high = reach(run, other)
        first, last = earliest + low, latest + high
        minutes = other.minutes
        for day in range(first // DAY, last // DAY + 1):
            at = day * DAY
            if at + minutes[-1] < first or last < at + minutes[0]:
                continue
            days = run.days & shifted(other.days, -day)
            if not days:
                continue
            for minute in [each for each in left if _any_between(minutes, each + low - at, each + high - at)]:
                rest = left[minute] & ~days
                if rest:
                    left[minute] = rest
                else:
                    del left[minute]
        if not left:
            return []
    if len(left) == len(run.minutes) and all(days == run.days for days in left.values()):
        return [run]
    by_days: dict[int, list[int]] = {}
    for minute, days in left.items():
        by_days.setdefault(days, []).append(minute)
    return [Points(days, tuple(minutes), run.start_window, run.again, run.usable) for days, minutes in by_days.items()]


def _frequency(points: Points) -> int:
    return len(points.minutes)


def _any_between(minutes: Sequence[int], low: int, high: int) -> bool:
    if minutes[-1] < low or minutes[0] > high:
        return False
    return minutes[bisect_left(minutes, low)] <= high
