"""When schedules run, held against a calendar that looks at every minute of two years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from drawing import crons
from every_minute import DAYS, FIRST, ZONES, minutes_of, runs_of
from hypothesis import given, settings

from holdfast.objectives.horizon import MARGIN, Horizon, bits, horizon_from
from holdfast.objectives.occurrences import layers, local_dates, runs
from holdfast.objectives.schedule import parse_schedule

TWO_YEARS = Horizon(FIRST, DAYS)
START = datetime(FIRST.year, 1, 1, tzinfo=UTC)


def fast(expression, timezone):
    found = runs(parse_schedule(expression, timezone), TWO_YEARS)
    return [int((moment - START).total_seconds() // 60) for moment in found]


def brute(expression, timezone):
    return [first for first, _ in runs_of(expression, timezone) if 0 <= first < DAYS * 1440]


@pytest.mark.parametrize("timezone", ZONES)
def test_every_minute_of_two_years(timezone):
    """Each minute on the clock once, and twice on record where the clock shows it twice."""
    found = {}
    for layer in layers(parse_schedule("cron(* * * * ? *)", timezone), TWO_YEARS):
        for day in bits(layer.days & TWO_YEARS.inside):
            found.update(((day - MARGIN) * 1440 + minute, layer.again) for minute in layer.minutes)
    first, last = minutes_of(timezone)
    inside = {shown: minute for shown, minute in first.items() if 0 <= minute < DAYS * 1440}

    assert found.keys() == set(inside.values())
    assert {minute: again for minute, again in found.items() if again} == {
        inside[shown]: minute - inside[shown] for shown, minute in last.items() if shown in inside
    }


@pytest.mark.parametrize("timezone", ZONES)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(expression=crons())
def test_any_schedule_runs_when_its_fields_say(timezone, expression):
    assert fast(expression, timezone) == brute(expression, timezone)


@pytest.mark.parametrize(
    ("expression", "first", "second"),
    [
        ("cron(0 2 L * ? *)", "2027-01-31T02:00", "2027-02-28T02:00"),
        ("cron(0 2 1W * ? *)", "2027-01-01T02:00", "2027-02-01T02:00"),
        ("cron(0 2 15W MAY ? *)", "2027-05-14T02:00", "2028-05-15T02:00"),
        ("cron(0 2 ? * 6L *)", "2027-01-29T02:00", "2027-02-26T02:00"),
        ("cron(0 2 ? * 3#2 *)", "2027-01-12T02:00", "2027-02-09T02:00"),
        ("cron(0 2 ? * L *)", "2027-01-02T02:00", "2027-01-09T02:00"),
        ("cron(0 2 29 2 ? *)", "2028-02-29T02:00", None),
    ],
)
def test_days_written_with_l_w_and_number_sign(expression, first, second):
    found = [moment.strftime("%Y-%m-%dT%H:%M") for moment in runs(parse_schedule(expression, "UTC"), TWO_YEARS)]

    assert found[:2] == [each for each in (first, second) if each]


def test_a_first_weekday_does_not_leave_its_month():
    # 1 May 2027 is a Saturday and the month before would be nearer.
    found = runs(parse_schedule("cron(0 2 1W MAY ? 2027)", "UTC"), TWO_YEARS)

    assert [moment.date() for moment in found] == [date(2027, 5, 3)]


def test_a_local_time_that_does_not_exist_is_skipped():
    found = {moment.date() for moment in runs(parse_schedule("cron(30 2 * * ? *)", "Europe/Berlin"), TWO_YEARS)}

    assert date(2027, 3, 28) not in found
    assert {date(2027, 3, 27), date(2027, 3, 29)} <= found


def test_a_local_time_that_exists_twice_happens_once():
    found = [
        moment
        for moment in runs(parse_schedule("cron(30 2 * * ? *)", "Europe/Berlin"), TWO_YEARS)
        if moment.date() == date(2027, 10, 31)
    ]

    assert found == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]


def test_a_change_of_half_an_hour_is_not_taken_for_an_hour():
    found = [
        moment
        for moment in runs(parse_schedule("cron(15 2 * * ? *)", "Australia/Lord_Howe"), TWO_YEARS)
        if datetime(2027, 10, 2, tzinfo=UTC) <= moment < datetime(2027, 10, 4, tzinfo=UTC)
    ]

    # 2:15 on 3 October does not exist: clocks go from 2:00 to 2:30.
    assert found == [datetime(2027, 10, 3, 15, 15, tzinfo=UTC)]


def test_a_clock_set_back_at_midnight_doubles_the_evening_before():
    # Nuuk sets its clock from 0:00 on Sunday back to 23:00 on Saturday.
    found = runs(parse_schedule("cron(30 23 30 10 ? 2027)", "America/Nuuk"), TWO_YEARS)

    assert list(found) == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    "fields",
    [
        "L * ? *",
        "29 2 ? *",
        "? * 6L 2026/3",
        "1W 1-6 ? 2027-2029",
        "? 11,12 3#5 2025",
        "31 * ? 2058-2100",
        "1 1 ? 1990",
    ],
)
def test_dates_are_picked_month_by_month_in_the_margins_as_well(fields):
    dates = parse_schedule(f"cron(0 2 {fields})", "UTC").dates
    horizon = horizon_from(date(2026, 11, 22))
    days = [horizon.first + timedelta(days=bit - MARGIN) for bit in range(horizon.size)]
    expected = {
        bit
        for bit, day in enumerate(days)
        if day.year in dates.years and day.month in dates.months and day.day in dates.days(day.year, day.month)
    }

    assert set(bits(local_dates(dates, horizon))) == expected


def test_a_day_that_does_not_exist_has_no_run():
    assert not list(runs(parse_schedule("cron(0 2 31 2,4,6,9,11 ? *)", "UTC"), TWO_YEARS))


def test_the_horizon_holds_every_kind_of_year():
    horizon = horizon_from(date(2026, 11, 22))
    kinds = {
        (date(year, 1, 1).weekday(), date(year, 12, 31).timetuple().tm_yday)
        for year in range(horizon.first.year, horizon.end.year)
    }

    assert len(kinds) == 14
    assert horizon.end - horizon.start == timedelta(days=11688)
