"""Schedules as AWS writes them: `cron(…)` with six fields, or `rate(…)`.

Sources: the cron and rate pages of the Amazon EventBridge User Guide
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html), which AWS Backup refers to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holdfast.objectives.days import Dates, parse_day_of_month, parse_day_of_week
from holdfast.objectives.errors import BadSchedule, UnknownTimeZone
from holdfast.objectives.fields import HOURS, MINUTES, MONTH, YEAR, FieldProblem

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Cron:
    """Runs at wall-clock times of a time zone. Two are equal when expression and time zone are.

    Attributes:
        expression: as written, `cron(…)` included.
        timezone: IANA name the fields are read in.
        minutes: wall-clock minutes of the day it runs at, 0 to 1439, ascending.
        dates: the dates it runs on.
    """

    expression: str
    timezone: str
    minutes: tuple[int, ...] = field(repr=False, compare=False)
    dates: Dates = field(repr=False, compare=False)

    def __hash__(self) -> int:
        """Quick: it is asked for thousands of times."""
        return hash(self.expression)


@dataclass(frozen=True)
class Rate:
    """Runs at a fixed interval from a start nobody declares.

    Elapsed time, not wall-clock time: a rate of one day is 24 hours even where the clock changes.
    """

    expression: str
    timezone: str
    interval: timedelta


Schedule = Cron | Rate


@lru_cache(maxsize=4096)
def zone(timezone: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        UnknownTimeZone: there is none.
    """
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(timezone=timezone) from None


@lru_cache(maxsize=65_536)
def parse_schedule(expression: str, timezone: str) -> Schedule:
    """Read a schedule expression.

    Args:
        expression: `cron(minutes hours day-of-month month day-of-week year)` or `rate(value unit)`.
        timezone: IANA name of the time zone a cron expression is read in, such as `UTC` or `Europe/Berlin`.

    Raises:
        BadSchedule: AWS would refuse the expression, or does not document what it means.
        UnknownTimeZone: the time zone is not in the IANA database.
    """
    zone(timezone)
    if cron := re.fullmatch(r"cron\((.*)\)", expression):
        return _cron(expression, timezone, cron[1].split())
    if rate := re.fullmatch(r"rate\((.*)\)", expression):
        return _rate(expression, timezone, rate[1].split())
    raise BadSchedule(
        expression=expression,
        field="expression",
        problem="this is no schedule",
        value=expression,
        allowed="cron(minutes hours day-of-month month day-of-week year) or rate(value unit)",
    )


def _cron(expression: str, timezone: str, texts: list[str]) -> Cron:
    if len(texts) != 6:
        raise BadSchedule(
            expression=expression,
            field="fields",
            problem=f"there are {len(texts)} fields",
            value=" ".join(texts),
            allowed="six: minutes hours day-of-month month day-of-week year",
        )
    minute_text, hour_text, date, month, weekday, year = texts
    try:
        if (date == "?") == (weekday == "?"):
            raise FieldProblem(
                "day-of-month and day-of-week",
                "exactly one of the two is ?",
                f"{date} and {weekday}",
                "? in one of them, a value or * in the other",
            )
        minutes, hours = MINUTES.parse(minute_text), HOURS.parse(hour_text)
        dates = _dates(date, month, weekday, year)
    except FieldProblem as found:
        raise BadSchedule(
            expression=expression, field=found.field, problem=found.problem, value=found.value, allowed=found.allowed
        ) from None
    times = tuple(60 * hour + minute for hour in hours for minute in minutes)
    return Cron(expression, timezone, times, dates)


@lru_cache(maxsize=4096)
def _dates(date: str, month: str, weekday: str, year: str) -> Dates:
    days = parse_day_of_month(date) if weekday == "?" else parse_day_of_week(weekday)
    return Dates((date, month, weekday, year), days, frozenset(MONTH.parse(month)), frozenset(YEAR.parse(year)))


def _rate(expression: str, timezone: str, texts: list[str]) -> Rate:
    allowed = "a whole number and minute(s), hour(s) or day(s); singular for 1, plural for more"
    value, unit = texts if len(texts) == 2 else ("", "")
    singular = unit.removesuffix("s")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", value) or singular not in _UNITS:
        raise BadSchedule(
            expression=expression, field="rate", problem="this is no rate", value=" ".join(texts), allowed=allowed
        )
    if unit.endswith("s") == (value == "1"):
        raise BadSchedule(
            expression=expression,
            field="rate",
            problem="number and unit disagree",
            value=f"{value} {unit}",
            allowed=allowed,
        )
    return Rate(expression, timezone, int(value) * _UNITS[singular])
