"""The longest stretch between two recovery points that follow each other, over the whole horizon.

Days are sorted into classes of days with the same runs. A gap lies inside a day (one look at each class) or reaches
from the last run of a day to the first of the next day with runs (one look at each pair of classes and each distance in
days, whether such a pair exists being an `and` of two sets of days). Decades cost what a handful of days cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from holdfast.objectives.horizon import DAY, MARGIN, Horizon
from holdfast.objectives.occurrences import shifted
from holdfast.objectives.thinning import Points

_DAY_SECONDS = 60 * DAY

_Runs = list[tuple[int, int]]
"""Runs of a day: seconds after midnight UTC it is scheduled at, and seconds after midnight UTC it is usable by."""


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
    seconds, days, start, end = max(_candidates(classes), key=lambda found: found[0])
    edge = _longest_edge(classes, horizon)
    if edge.seconds > seconds:
        return edge
    bit = _first(days, horizon.bit(around.date()) + 1)
    return Gap(seconds, horizon.moment(bit, start), horizon.moment(bit, end))


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
    seconds, days, start, end = max(_candidates(classes), key=lambda found: found[0])
    if _longest_edge(classes, horizon).seconds > seconds:
        return None
    for each in others:
        for day in range(start // _DAY_SECONDS, end // _DAY_SECONDS + 1):
            at = day * _DAY_SECONDS
            if any(start < at + 60 * minute < end - each.usable for minute in each.minutes):
                days &= ~shifted(each.days, -day)
    if not days:
        return None
    bit = _first(days, horizon.bit(around.date()) + 1)
    return Gap(seconds, horizon.moment(bit, start), horizon.moment(bit, end))


def _classes(points: Sequence[Points], horizon: Horizon) -> list[tuple[int, _Runs]]:
    """Days of the horizon with the same runs, and those runs in order."""
    by_days: dict[int, _Runs] = {}
    for each in points:
        runs = [(60 * minute, 60 * minute + each.usable) for minute in each.minutes]
        if days := each.days & horizon.inside:
            by_days.setdefault(days, []).extend(runs)
    classes: list[tuple[int, _Runs]] = []
    for days, runs in by_days.items():
        split: list[tuple[int, _Runs]] = []
        alone = days
        for others, other_runs in classes:
            if both := others & days:
                alone ^= both
                split.append((both, other_runs + runs))
            if others != both:
                split.append((others ^ both, other_runs))
        classes = [*split, (alone, runs)] if alone else split
    return [(days, sorted(runs)) for days, runs in classes]


def _candidates(classes: Sequence[tuple[int, _Runs]]) -> Iterator[tuple[int, int, int, int]]:
    """Ever longer gaps: seconds, the days it begins on, where it begins and ends from midnight of that day."""
    longest = -1
    for days, runs in classes:
        for (start, _), (_, end) in pairwise(runs):
            if end - start > longest:
                longest = end - start
                yield longest, days, start, end
    for distance, reached in _distances(classes):
        for days, runs in classes:
            start, here = runs[-1][0], days & reached
            for next_days, next_runs in classes if here else ():
                end = distance * DAY * 60 + next_runs[0][1]
                if end - start > longest and (found := here & next_days >> distance):
                    longest = end - start
                    yield longest, found, start, end
    if longest < 0:
        yield -1, 1, 0, 0


def _distances(classes: Sequence[tuple[int, _Runs]]) -> Iterator[tuple[int, int]]:
    """Each distance in days between days with runs that follow each other, and the days it is found after."""
    firing = 0
    for days, _ in classes:
        firing |= days
    waiting = firing ^ 1 << firing.bit_length() - 1
    distance = 0
    while waiting:
        distance += 1
        if reached := waiting & firing >> distance:
            yield distance, reached
            waiting ^= reached


def _longest_edge(classes: Sequence[tuple[int, _Runs]], horizon: Horizon) -> Gap:
    """The longer of: horizon begins to first point usable; last point to horizon ends."""
    first, runs = min(((_lowest(days), runs) for days, runs in classes), key=lambda found: found[0])
    begin = (first - MARGIN) * DAY * 60 + runs[0][1]
    last, runs = max(((days.bit_length() - 1, runs) for days, runs in classes), key=lambda found: found[0])
    rest = (horizon.days - (last - MARGIN)) * DAY * 60 - runs[-1][0]
    if begin > rest:
        return Gap(begin, horizon.start, horizon.moment(first, begin - (first - MARGIN) * DAY * 60), open_start=True)
    return Gap(rest, horizon.moment(last, runs[-1][0]), horizon.end, open_end=True)


def _lowest(days: int) -> int:
    return (days & -days).bit_length() - 1


def _first(days: int, bit: int) -> int:
    """The first bit of a set at or after `bit`; the first of all when there is none."""
    bit = max(bit, 0)
    return _lowest(days >> bit << bit or days)
