"""Runs by the minute of the day: on which days is there none between so many minutes before and after another one?"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from holdfast.objectives.horizon import DAY, less, shifted


class Timetable:
    """Minutes of the UTC day, and at each the set of UTC days with a run at it.

    Args:
        runs: minute and days of each; a minute may come several times.
    """

    def __init__(self, runs: Iterable[tuple[int, int]] = ()) -> None:
        self._days: dict[int, int] = {}
        self._minutes: list[int] = []
        for minute, days in runs:
            self.add(minute, days)

    def add(self, minute: int, days: int) -> None:
        """Put in one more run."""
        known = self._days.get(minute)
        if known is None:
            insort(self._minutes, minute)
            self._days[minute] = days
        elif known is not days:
            self._days[minute] = known | days

    def without(self, days: int, low: int, high: int) -> int:
        """The days on which there is no run from minute `low` to minute `high`, both included and counted from the
        midnight each day begins with: below 0 is the day before, beyond 1439 a day after.
        """
        minutes = self._minutes
        for shift in range(low // DAY, high // DAY + 1):
            at = shift * DAY
            place, last = bisect_left(minutes, low - at), high - at
            before = None
            while place < len(minutes) and minutes[place] <= last:
                found = self._days[minutes[place]]
                if found is not before:
                    before = found
                    days = less(days, shifted(found, -shift))
                    if not days:
                        return 0
                place += 1
        return days
