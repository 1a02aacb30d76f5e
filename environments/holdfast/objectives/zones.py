"""How the clock of a time zone maps local days to UTC, found once per zone and horizon.

What happens to a run when the clock changes follows Amazon EventBridge Scheduler: a run at a local time that does not
exist is skipped; one at a local time that exists twice happens once
(https://repost.aws/knowledge-center/eventbridge-scheduler-adjust-dst). AWS Backup publishes no rule of its own. Which
of the two passes the single run takes is not documented, so a proof takes the worse for every question asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holdfast.objectives.horizon import DAY, MARGIN, Horizon
from holdfast.objectives.schedule import zone


@dataclass(frozen=True)
class LocalDays:
    """Local days on which the clock behaves alike. All numbers are minutes.

    Attributes:
        days: the set of local days, by date.
        before: UTC offset up to the change.
        after: UTC offset from the change on; equal to `before` on a day without one.
        change: wall-clock minute of the day at which the clock is changed, as the old offset shows it.
    """

    days: int
    before: int
    after: int
    change: int

    def place(self, wall: int) -> tuple[int, int] | None:
        """Where a wall-clock minute of these days lies.

        Returns:
            Minutes after the UTC midnight of the same date at which it comes first, and how much later it comes for the
            second time (0 when it comes once); nothing when it does not exist.
        """
        forward = self.after - self.before
        if wall >= self.change:
            return (wall - self.after, 0) if wall >= self.change + forward else None
        return wall - self.before, -forward if wall >= self.change + forward else 0


@lru_cache(maxsize=512)
def local_days(timezone: str, horizon: Horizon) -> tuple[LocalDays, ...]:
    """All local days of the horizon and its margins, grouped by what the clock does on them."""
    place = zone(timezone)
    offset = _offset(place, horizon.start - timedelta(days=MARGIN + 1))
    groups: dict[tuple[int, int, int], int] = {}
    plain_from = 0
    for moment, after in _changes(place, horizon, offset):
        wall = [moment + offset, moment + after]
        first, last = min(wall) // DAY, max(wall) // DAY
        _add(groups, (offset, offset, 0), plain_from, first)
        for day in range(first, last + 1):
            _add(groups, (offset, after, moment + offset - day * DAY), day, day + 1)
        plain_from, offset = last + 1, after
    _add(groups, (offset, offset, 0), plain_from, horizon.size)
    return tuple(LocalDays(days, *key) for key, days in groups.items() if days)


def _add(groups: dict[tuple[int, int, int], int], key: tuple[int, int, int], start: int, end: int) -> None:
    if end > max(start, 0):
        start = max(start, 0)
        groups[key] = groups.get(key, 0) | ((1 << (end - start)) - 1) << start


def _changes(place: ZoneInfo, horizon: Horizon, offset: int) -> list[tuple[int, int]]:
    """Every change of the UTC offset: minutes after UTC midnight of bit 0, and the new offset.

    The offset is read once a day and a change then found by halving: no zone changes its clock twice in 24 hours.
    """
    origin = horizon.start - timedelta(days=MARGIN)
    found = []
    known: timedelta | None = None
    for day, moment in _midnights(horizon):
        seen = moment.astimezone(place).utcoffset()
        if seen == known:
            continue
        known, new = seen, _offset(place, moment)
        if new == offset:
            continue
        low, high = (day - 1) * DAY, day * DAY
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(place, origin + timedelta(minutes=middle)) == offset:
                low = middle
            else:
                high = middle
        found.append((high, new))
        offset = new
    return found


@lru_cache(maxsize=8)
def _midnights(horizon: Horizon) -> tuple[tuple[int, datetime], ...]:
    """Every midnight UTC of the horizon, its margins and a day after them, with its bit."""
    origin = horizon.start - timedelta(days=MARGIN)
    return tuple((day, origin + timedelta(days=day)) for day in range(horizon.size + 2))


def _offset(place: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(place).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)
