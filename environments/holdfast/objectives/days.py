"""Which dates a cron expression means: its two day fields, with `L`, `W` and `#`, its month and its year."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from holdfast.objectives.fields import DAY_OF_MONTH, DAY_OF_WEEK

Days = Callable[[int, int], frozenset[int]]
"""A rule that picks days: year and month (1 to 12) in, days of that month out; none when the month has none."""


@dataclass(frozen=True)
class Dates:
    """The dates of a schedule. Two are equal when they are written alike.

    Attributes:
        fields: day of month, month, day of week and year, as written.
        days: picks the days of a month.
        months: 1 to 12.
        years: 1970 to 2199.
    """

    fields: tuple[str, str, str, str]
    days: Days = field(repr=False, compare=False)
    months: frozenset[int] = field(repr=False, compare=False)
    years: frozenset[int] = field(repr=False, compare=False)


def length(year: int, month: int) -> int:
    """Days in a month of the Gregorian calendar."""
    return calendar.monthrange(year, month)[1]


def aws_weekday(year: int, month: int, day: int) -> int:
    """The day of the week as AWS counts it: 1 is Sunday, 7 is Saturday."""
    return (calendar.weekday(year, month, day) + 1) % 7 + 1


def on_dates(days: tuple[int, ...], year: int, month: int) -> frozenset[int]:
    """Days by number; a month without the day is passed over."""
    last = length(year, month)
    return frozenset(day for day in days if day <= last)


def last_day(year: int, month: int) -> frozenset[int]:
    """`L` in the day-of-month field: the last day of the month."""
    return frozenset({length(year, month)})


def nearest_weekday(day: int, year: int, month: int) -> frozenset[int]:
    """`15W`: the Monday to Friday nearest to a day, without leaving its month.

    AWS documents "the weekday closest to the third day of the month" and not what happens at the ends of a month; like
    Quartz, from which the syntax comes, `1W` on a Saturday is Monday the 3rd. A month without the day is passed over.
    """
    last = length(year, month)
    if day > last:
        return frozenset()
    weekday = aws_weekday(year, month, day)
    if weekday == 7:
        return frozenset({day - 1 if day > 1 else day + 2})
    if weekday == 1:
        return frozenset({day + 1 if day < last else day - 2})
    return frozenset({day})


def on_weekdays(weekdays: tuple[int, ...], year: int, month: int) -> frozenset[int]:
    """Days of the week, 1 = Sunday."""
    first, last = aws_weekday(year, month, 1), length(year, month)
    return frozenset(day for weekday in weekdays for day in range((weekday - first) % 7 + 1, last + 1, 7))


def nth_weekday(weekday: int, nth: int, year: int, month: int) -> frozenset[int]:
    """`3#2`: the second Tuesday of the month; a month without a fifth one is passed over."""
    day = (weekday - aws_weekday(year, month, 1)) % 7 + 1 + 7 * (nth - 1)
    return frozenset({day}) if day <= length(year, month) else frozenset()


def last_weekday(weekday: int, year: int, month: int) -> frozenset[int]:
    """`6L`: the last Friday of the month."""
    return frozenset({max(on_weekdays((weekday,), year, month))})


def parse_day_of_month(text: str) -> Days:
    """The day-of-month field, `?` excepted.

    Raises:
        FieldProblem: for anything the field may not hold.
    """
    if text == "L":
        return last_day
    if nearest := re.fullmatch(r"([0-9]{1,2})W", text):
        return partial(nearest_weekday, DAY_OF_MONTH.number(nearest[1]))
    if "L" in text or "W" in text:
        raise DAY_OF_MONTH.problem("L and W stand alone, as in L or 15W", text)
    return partial(on_dates, DAY_OF_MONTH.parse(text))


def parse_day_of_week(text: str) -> Days:
    """The day-of-week field, `?` excepted. `L` alone is the last day of the week, Saturday.

    Raises:
        FieldProblem: for anything the field may not hold.
    """
    if text == "L":
        return partial(on_weekdays, (7,))
    if nth := re.fullmatch(r"([0-9A-Za-z]+)#([1-5])", text):
        return partial(nth_weekday, DAY_OF_WEEK.number(nth[1]), int(nth[2]))
    if last := re.fullmatch(r"([1-7]|[A-Z]{3})L", text):
        return partial(last_weekday, DAY_OF_WEEK.number(last[1]))
    if "#" in text or re.search(r"[1-7]L", text):
        raise DAY_OF_WEEK.problem("L and # stand alone, as in 6L or 3#2, and # counts to 5", text)
    return partial(on_weekdays, DAY_OF_WEEK.parse(text))
