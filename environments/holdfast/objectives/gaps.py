"""The longest stretch between two recovery points that follow each other, over the whole horizon.

Days are sorted into classes of days with the same runs. A gap lies inside a day (one look at each class) or reaches
from the last run of a day to the first of the next day with runs (one look at each pair of classes and each distance in
days, whether such a pair exists being an `and` of two sets of days). Decades cost what a handful of days cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import pairwise
from operator import or_

from holdfast.objectives.horizon import DAY, MARGIN, Horizon, less, shifted
from holdfast.objectives.thinning import Points

_DAY_SECONDS = 60 * DAY

_Runs = list[tuple[int, int]]
"""Runs of a day: seconds after midnight UTC it is scheduled at, and seconds after midnight UTC it is usable by."""

_Class = tuple[int, _Runs]
"""Days with the same runs, and those runs in order."""

_Found = tuple[int, int, int]
"""A gap: the days it begins on, and where it begins and ends, in seconds from midnight of such a day."""


@dataclass(frozen=True)
class Gap:
    """From the scheduled time of one recovery point to the moment the next can be restored from.

    Attributes:
        seconds: its length.
        start: scheduled time of the earlier one; the beginning of the horizon when there is none.
        end: when the later one is usable at the latest; the end of the horizon when there is none.
        open_start: no recovery point at `start`.
        open_end: no recovery point at `end`.
    """

    seconds: int
    start: datetime
    end: datetime
    open_start: bool = False
    open_end: bool = False


def longest_gap(points: Sequence[Points], horizon: Horizon, around: datetime) -> Gap | None:
    """The longest gap between recovery points of which none is dominated (`without_dominated`).

    Args:
        points: the recovery points.
        horizon: the days looked at.
        around: of several gaps as long, the first that begins after this moment is returned.

    Returns:
        The longest gap; nothing when there is no recovery point at all.
    """
    classes = _classes(points, horizon)
    if not classes:
        return None
    seconds, found = _longest(classes)
    edge = _longest_edge(classes, horizon)
    return edge if edge.seconds > seconds else _next(found, horizon, around)


def gap_left_open(own: Sequence[Points], others: Sequence[Points], horizon: Horizon, around: datetime) -> Gap | None:
    """The longest gap of `own`, if on some day none of `others` falls into it; then it is the longest of all together.

    More recovery points never make a gap longer, so the longest gap of some is an upper limit. Where the others leave
    it open on one day, it is a lower limit as well. That is far cheaper to see than to sort all points in.

    Args:
        own: recovery points of which none is dominated by another of them.
        others: all other recovery points.
        horizon: the days looked at.
        around: as in `longest_gap`.

    Returns:
        The longest gap of `own` and `others` together; nothing where this does not show it.
    """
    classes = _classes(own, horizon)
    if not classes:
        return None
    seconds, found = _longest(classes)
    if _longest_edge(classes, horizon).seconds > seconds:
        return None
    left = [(_without_any(others, days, start, end), start, end) for days, start, end in found]
    left_open = [each for each in left if each[0]]
    return _next(left_open, horizon, around) if left_open else None


def _without_any(points: Sequence[Points], days: int, start: int, end: int) -> int:
    """The days on which no point is scheduled after `start` and usable before `end`, seconds after their midnight."""
    for each in points:
        for day in range(start // _DAY_SECONDS, end // _DAY_SECONDS + 1):
            at = day * _DAY_SECONDS
            if any(start < at + 60 * minute < end - each.usable for minute in each.minutes):
                days = less(days, shifted(each.days, -day))
    return days


def _classes(points: Sequence[Points], horizon: Horizon) -> list[_Class]:
    """Days of the horizon with the same runs, and those runs in order."""
    together: dict[int, tuple[int, _Runs]] = {}
    for each in points:  # by the object: comparing and hashing sets of decades costs more than it saves
        _, runs = together.setdefault(id(each.days), (each.days, []))
        runs += [(60 * minute, 60 * minute + each.usable) for minute in each.minutes]
    classes: list[_Class] = []
    inside = horizon.inside
    for alike, runs in together.values():
        days = alike & inside
        split: list[_Class] = []
        alone = days
        for others, other_runs in classes:
            if both := others & days:
                alone ^= both
                split.append((both, other_runs + runs))
            if others != both:
                split.append((others ^ both, other_runs))
        classes = [*split, (alone, runs)] if alone else split
    return [(days, sorted(runs)) for days, runs in classes]


def _longest(classes: Sequence[_Class]) -> tuple[int, list[_Found]]:
    """How long the longest gap is, and everywhere it is found; -1 and nowhere where there is but one recovery point."""
    longest = -1
    found: list[_Found] = []
    for days, runs in classes:
        for (start, _), (_, end) in pairwise(runs):
            if end - start >= longest:
                found = [*(found if end - start == longest else ()), (days, start, end)]
                longest = end - start
    before = sorted(classes, key=lambda each: each[1][-1][0])
    after = sorted(classes, key=lambda each: each[1][0][1], reverse=True)
    for distance, reached in _distances(classes):
        for days, runs in before:
            start, here = runs[-1][0], days & reached
            for next_days, next_runs in after if here else ():
                end = distance * _DAY_SECONDS + next_runs[0][1]
                if end - start < longest:  # so are all that come later in `after`
                    break
                if both := here & shifted(next_days, -distance):
                    found = [*(found if end - start == longest else ()), (both, start, end)]
                    longest = end - start
    return longest, found


def _next(found: Sequence[_Found], horizon: Horizon, around: datetime) -> Gap:
    """Of gaps as long, the first that begins after a moment; the first of all when there is none."""
    tomorrow = horizon.bit(around.date()) + 1
    bit, start, end = min(
        ((_first(days, tomorrow), start, end) for days, start, end in found),
        key=lambda each: (each[0] < tomorrow, *each),
    )
    return Gap(end - start, horizon.moment(bit, start), horizon.moment(bit, end))


def _distances(classes: Sequence[_Class]) -> Iterator[tuple[int, int]]:
    """Each distance in days between days with runs that follow each other, and the days it is found after."""
    firing = _all_days(classes)
    waiting = firing ^ 1 << firing.bit_length() - 1
    distance = 0
    while waiting:
        distance += 1
        if reached := waiting & firing >> distance:
            yield distance, reached
            waiting ^= reached


def _longest_edge(classes: Sequence[_Class], horizon: Horizon) -> Gap:
    """The longer of: horizon begins to first point usable; last point to horizon ends."""
    firing = _all_days(classes)
    first, last = _lowest(firing), firing.bit_length() - 1
    usable, newest = _runs_on(first, classes)[0][1], _runs_on(last, classes)[-1][0]
    begin = (first - MARGIN) * _DAY_SECONDS + usable
    rest = (horizon.days - (last - MARGIN)) * _DAY_SECONDS - newest
    if begin > rest:
        return Gap(begin, horizon.start, horizon.moment(first, usable), open_start=True)
    return Gap(rest, horizon.moment(last, newest), horizon.end, open_end=True)


def _all_days(classes: Sequence[_Class]) -> int:
    return reduce(or_, (days for days, _ in classes))


def _runs_on(bit: int, classes: Sequence[_Class]) -> _Runs:
    return next(runs for days, runs in classes if days >> bit & 1)


def _lowest(days: int) -> int:
    return (days & -days).bit_length() - 1


def _first(days: int, bit: int) -> int:
    """The first bit of a set at or after `bit`; the first of all when there is none."""
    bit = max(bit, 0)
    return _lowest(days >> bit << bit or days)
