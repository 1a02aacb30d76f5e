"""Schedule expressions: what is read, and what is refused with the field that is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.errors import InputError
from holdfast.objectives.errors import BadSchedule, UnknownTimeZone
from holdfast.objectives.schedule import Cron, Rate, parse_schedule


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("cron(0 2 * * ? *)", (120,)),
        ("cron(0/30 8-9 ? * MON-FRI *)", (480, 510, 540, 570)),
        ("cron(5,35 */12 1 JAN ? 2027)", (5, 35, 725, 755)),
        ("cron(10-50/20 23 L * ? *)", (1390, 1410, 1430)),
        ("cron(  0   0 ? jan-mar sun  1970-2199 )", (0,)),
        ("cron(7,7,7 1 * * ? *)", (67,)),
        ("cron(58/1 0 * * ? *)", (58, 59)),
        ("cron(0 22-2 * * ? *)", (0, 60, 120, 1320, 1380)),
        ("cron(0 21-3/2 * * ? *)", (60, 180, 1260, 1380)),
    ],
)
def test_times_of_the_day(expression, minutes):
    schedule = parse_schedule(expression, "UTC")

    assert isinstance(schedule, Cron)
    assert schedule.minutes == minutes


@pytest.mark.parametrize(
    ("expression", "interval"),
    [
        ("rate(1 minute)", timedelta(minutes=1)),
        ("rate(12 hours)", timedelta(hours=12)),
        ("rate(1 day)", timedelta(days=1)),
    ],
)
def test_rates(expression, interval):
    schedule = parse_schedule(expression, "Europe/Berlin")

    assert isinstance(schedule, Rate)
    assert schedule.interval == interval


@pytest.mark.parametrize(
    ("expression", "field", "value"),
    [
        ("cron(60 2 * * ? *)", "minutes", "60"),
        ("cron(0 24 * * ? *)", "hours", "24"),
        ("cron(0 2 32 * ? *)", "day-of-month", "32"),
        ("cron(0 2 0 * ? *)", "day-of-month", "0"),
        ("cron(0 2 * 13 ? *)", "month", "13"),
        ("cron(0 2 * FOO ? *)", "month", "FOO"),
        ("cron(0 2 ? * 0 *)", "day-of-week", "0"),
        ("cron(0 2 ? * 8 *)", "day-of-week", "8"),
        ("cron(0 2 ? * JUL *)", "day-of-week", "JUL"),
        ("cron(0 2 * * ? 1969)", "year", "1969"),
        ("cron(0 2 * * ? 2200)", "year", "2200"),
        ("cron(-5 2 * * ? *)", "minutes", ""),
        ("cron(1- 2 * * ? *)", "minutes", ""),
        ("cron(0,,5 2 * * ? *)", "minutes", ""),
        ("cron(1-2-3 2 * * ? *)", "minutes", "2-3"),
        ("cron(0 2 * * ? 2030-2027)", "year", "2030-2027"),
        ("cron(0/0 2 * * ? *)", "minutes", "0/0"),
        ("cron(*/60 * * * ? *)", "minutes", "*/60"),
        ("cron(0/5/5 2 * * ? *)", "minutes", "0/5/5"),
        ("cron(0 2 ? * 2/2 *)", "day-of-week", "2/2"),
        ("cron(0 2 LW * ? *)", "day-of-month", "LW"),
        ("cron(0 2 L-3 * ? *)", "day-of-month", "L-3"),
        ("cron(0 2 1,15W * ? *)", "day-of-month", "1,15W"),
        ("cron(0 2 32W * ? *)", "day-of-month", "32"),
        ("cron(0 2 ? * 3#1,6#3 *)", "day-of-week", "3#1,6#3"),
        ("cron(0 2 ? * 1#6 *)", "day-of-week", "1#6"),
        ("cron(0 2 ? * 1L,6L *)", "day-of-week", "1L,6L"),
        ("cron(0 2 ? ? ? *)", "day-of-month and day-of-week", "? and ?"),
        ("cron(0 2 * * * *)", "day-of-month and day-of-week", "* and *"),
        ("cron(? 2 * * ? *)", "minutes", "?"),
        ("cron(0 ٢ * * ? *)", "hours", "٢"),
        ("cron(0 2 * * ?)", "fields", "0 2 * * ?"),
        ("cron()", "fields", ""),
        ("cron(0 2 * * ? * *)", "fields", "0 2 * * ? * *"),
        ("rate(1 days)", "rate", "1 days"),
        ("rate(2 day)", "rate", "2 day"),
        ("rate(0 days)", "rate", "0 days"),
        ("rate(1.5 hours)", "rate", "1.5 hours"),
        ("rate(5 weeks)", "rate", "5 weeks"),
        ("rate(5)", "rate", "5"),
        ("rate(9999999 days)", "rate", "9999999 days"),
        ("CRON(0 2 * * ? *)", "expression", "CRON(0 2 * * ? *)"),
        ("0 2 * * *", "expression", "0 2 * * *"),
        ("", "expression", ""),
        ("at(2027-01-01T00:00:00)", "expression", "at(2027-01-01T00:00:00)"),
    ],
)
def test_what_aws_refuses_or_does_not_document_is_refused(expression, field, value):
    with pytest.raises(BadSchedule) as raised:
        parse_schedule(expression, "UTC")

    assert (raised.value.values["field"], raised.value.values["value"]) == (field, value)
    assert repr(expression) in str(raised.value)
    assert raised.value.values["allowed"]


@pytest.mark.parametrize(
    "timezone", ["Mars/Olympus", "", "America", "../etc/passwd", "/etc/localtime", "a\0b", "utc+1"]
)
def test_a_time_zone_that_is_none_is_refused(timezone):
    with pytest.raises(UnknownTimeZone) as raised:
        parse_schedule("rate(1 day)", timezone)

    assert isinstance(raised.value, InputError)


def test_equal_expressions_in_different_zones_differ():
    expression = "cron(0 2 * * ? *)"

    assert parse_schedule(expression, "UTC") == parse_schedule(expression, "UTC")
    assert parse_schedule(expression, "UTC") != parse_schedule(expression, "Europe/Berlin")
