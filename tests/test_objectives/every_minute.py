"""A calendar that knows nothing: it looks at every minute, and reads cron fields one value at a time.

What the tests hold the fast code against. It shares no code with it beyond `zoneinfo`.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST = date(2027, 1, 1)
DAYS = 731  # two years, one of them with a leap day
AROUND = 4  # days looked at before and after
ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
)
NAMES = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
WEEKDAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}


@lru_cache
def minutes_of(timezone):
    """What the clock shows at every minute of the two years and a few days around them.

    Returns:
        The UTC minute of each minute on the clock, the first and, where it comes twice, the last time; both count from
        the beginning of the two years, the one in UTC and the other as the clock shows it.
    """
    place, start = ZoneInfo(timezone), datetime(FIRST.year, 1, 1, tzinfo=UTC)
    minute, step = timedelta(minutes=1), -AROUND * 1440
    moment, first, last = start + step * minute, {}, {}
    while step < (DAYS + AROUND) * 1440:
        offset = moment.astimezone(place).utcoffset()
        shown = step + offset.days * 1440 + offset.seconds // 60
        if first.setdefault(shown, step) != step:
            last[shown] = step
        moment += minute
        step += 1
    return first, last


def means(text, value, low, high, names):
    """Whether one field of an expression means a value."""
    number = lambda word: names[word] if word in names else int(word)  # noqa: E731
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            begin, end = low, high
        else:
            begin = number(first)
            end = number(last) if last else (high if step else begin)
        # A range may run over the end of the field and on from its beginning.
        over = [*range(begin, high + 1), *range(low, end + 1)]
        values = over if end < begin else range(begin, end + 1)
        if value in values[:: int(step or 1)]:
            return True
    return False


def on_day(fields, year, month, day):
    """Whether an expression means a date."""
    _, _, of_month, months, of_week, years = fields
    if not means(months, month, 1, 12, NAMES) or not means(years, year, 1970, 2199, {}):
        return False
    last = calendar.monthrange(year, month)[1]
    weekday = (date(year, month, day).weekday() + 1) % 7 + 1
    if of_week == "?":
        if of_month == "L":
            return day == last
        if of_month.endswith("W"):
            wanted = int(of_month[:-1])
            working = [each for each in range(1, last + 1) if date(year, month, each).weekday() < 5]
            return wanted <= last and day == min(working, key=lambda each: abs(each - wanted))
        return means(of_month, day, 1, 31, {})
    if of_week == "L":
        return weekday == 7
    if of_week.endswith("L"):
        return weekday == WEEKDAYS.get(of_week[:-1], of_week[:-1] and _int(of_week[:-1])) and day + 7 > last
    if "#" in of_week:
        wanted, nth = of_week.split("#")
        return weekday == WEEKDAYS.get(wanted, _int(wanted)) and (day - 1) // 7 + 1 == int(nth)
    return means(of_week, weekday, 1, 7, WEEKDAYS)


def _int(text):
    return int(text) if text.isdigit() else None


@lru_cache(maxsize=256)
def runs_of(expression, timezone):
    """Every run in the two years and a few days around them: UTC minutes of the first and last pass of its time."""
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    first, last = minutes_of(timezone)
    at = [
        minute
        for minute in range(1440)
        if means(fields[0], minute % 60, 0, 59, {}) and means(fields[1], minute // 60, 0, 23, {})
    ]
    found = []
    for number in range(-AROUND, DAYS + AROUND):
        day = FIRST + timedelta(days=number)
        if on_day(fields, day.year, day.month, day.day):
            shown = [number * 1440 + minute for minute in at]
            found += [(first[each], last.get(each, first[each])) for each in shown if each in first]
    return sorted(found)
