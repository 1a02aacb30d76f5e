"""How long a schedule can leave a gap: cron and rate expressions of AWS Backup, EventBridge and DLM.

`cron(minutes hours day-of-month month day-of-week year)` with AWS's own marks `?`, `L`, `W` and `#`.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

_RATE = re.compile(r"rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)", re.IGNORECASE)
_CRON = re.compile(r"cron\(\s*([^()]{1,200}?)\s*\)", re.IGNORECASE)
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_START = date(2027, 1, 1)
_CYCLE = 4 * 366
_WRAPS = 12
"""Ranges may run over the end (`FRI-MON`, `NOV-FEB`) in fields of at most this many values."""


class NotASchedule(Exception):  # a signal inside this package
    """The expression is not one this module can read."""


@lru_cache(maxsize=512)
def longest_gap(expression: str) -> timedelta:
    """The longest time between two runs over four years.

    Raises:
        NotASchedule: the expression cannot be read, or never runs twice in that time.
    """
    rate = _RATE.fullmatch(expression.strip())
    if rate:
        return timedelta(minutes=int(rate[1]) * _MINUTES[rate[2].lower()])
    cron = _CRON.fullmatch(expression.strip())
    fields = cron[1].split() if cron else []
    if len(fields) not in (5, 6):
        raise NotASchedule(expression)
    minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    times = sorted(hour * 60 + minute for hour in hours for minute in minutes)
    months = _numbers(fields[3], 1, 12, _MONTHS)
    years = _numbers(fields[5], 1970, 2199) if len(fields) == 6 else None
    runs = _day_test(fields[2], fields[4].upper())
    days = [
        number
        for number, day in enumerate(_START + timedelta(days=n) for n in range(_CYCLE))
        if day.month in months and (years is None or day.year in years) and runs(day)
    ]
    if len(days) < 2:
        raise NotASchedule(expression)
    within = max((b - a for a, b in pairwise(times)), default=0)
    between = max((b - a for a, b in pairwise(days)), default=0) * 1440 - times[-1] + times[0]
    return timedelta(minutes=max(within, between))


def _day_test(of_month: str, of_week: str) -> Callable[[date], bool]:
    if of_week not in ("?", "*"):
        return _week_test(of_week)
    if of_month in ("?", "*"):
        return lambda _day: True
    if of_month.upper() == "L":
        return lambda day: day.day == _last(day)
    if of_month.upper() == "LW":
        return lambda day: day == _nearest_weekday(day.replace(day=_last(day)))
    if of_month.upper().endswith("W"):
        wanted = _number(of_month[:-1], {})
        return lambda day: day == _nearest_weekday(day.replace(day=min(wanted, _last(day))))
    numbers = _numbers(of_month, 1, 31)
    return lambda day: day.day in numbers


def _week_test(mark: str) -> Callable[[date], bool]:
    if "#" in mark:
        weekday, nth = (_number(part, _DAYS) for part in mark.split("#", 1))
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == nth
    if mark.endswith("L"):
        final = _number(mark[:-1] or "7", _DAYS)
        return lambda day: _weekday(day) == final and day.day > _last(day) - 7
    numbers = _numbers(mark, 1, 7, _DAYS)
    return lambda day: _weekday(day) in numbers


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weekday(day: date) -> int:
    """1 is Sunday, as AWS counts."""
    return day.isoweekday() % 7 + 1


def _nearest_weekday(day: date) -> date:
    if day.weekday() == 5:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.weekday() == 6:
        return day + timedelta(days=1) if day.day < _last(day) else day - timedelta(days=2)
    return day


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    """The values of one cron field: `*`, `a`, `a-b`, `a/step`, `a-b/step`, joined by commas."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, names or {})
            end = _number(last, names or {}) if last else (high if step else start)
        width = _number(step, {}) if step else 1
        backwards = start > end and high > _WRAPS
        if not low <= start <= high or not low <= end <= high or width < 1 or backwards:
            raise NotASchedule(field)
        found.update(range(start, end + 1, width) if start <= end else [*range(start, high + 1), *range(low, end + 1)])
    return found


def _number(text: str, names: dict[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise NotASchedule(text)
    return int(text)
