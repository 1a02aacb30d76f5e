"""The bound of a recovery point objective, held against two years gone through minute by minute."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from drawing import rules
from every_minute import DAYS, FIRST, ZONES
from hypothesis import given, settings
from hypothesis import strategies as st
from worst_case import END, Rule, made, worst

from holdfast.objectives.horizon import Horizon
from holdfast.objectives.loss import Source, worst_loss
from holdfast.objectives.schedule import parse_schedule

TWO_YEARS = Horizon(FIRST, DAYS)
START = datetime(FIRST.year, 1, 1, tzinfo=UTC)
FOREVER = timedelta(days=20_000)


def source(rule, retention=FOREVER):
    return Source(
        schedule=parse_schedule(rule.expression, rule.timezone),
        start_window=timedelta(minutes=rule.start),
        usable=timedelta(minutes=rule.usable),
        retention=retention,
        precedence=timedelta(days=rule.keep),
        counts=rule.counts,
    )


def loss(*written, one_plan=True):
    return worst_loss(tuple(source(rule) for rule in written), TWO_YEARS, START, one_plan=one_plan)


def minutes(found):
    return None if found.gap is None else found.gap.seconds / 60


@pytest.mark.parametrize("timezone", ZONES)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(data=st.data())
def test_one_rule_loses_what_the_calendar_shows(timezone, data):
    rule = data.draw(rules(zones=[timezone]))
    expected = worst(made([rule])) if rule.counts else None

    assert minutes(loss(rule)) == expected


@pytest.mark.parametrize("day", range(14))
def test_of_stretches_as_long_the_one_that_begins_next_is_shown(day):
    twice_a_week = [Rule("cron(0 0 ? * MON *)"), Rule("cron(0 12 ? * THU *)")]  # 84 hours apart, either way
    now = START + timedelta(days=100 + day)

    found = worst_loss(tuple(source(rule) for rule in twice_a_week), TWO_YEARS, now, one_plan=False)

    following = [now + timedelta(days=1, hours=hour) for hour in range(0, 96, 12)]
    begins = {"Mon 00", "Thu 12"}
    assert found.gap.start == next(moment for moment in following if f"{moment:%a %H}" in begins)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(written=st.lists(rules(), min_size=2, max_size=4, unique_by=lambda rule: (rule.expression, rule.timezone)))
def test_several_rules_of_one_plan_lose_what_the_calendar_shows(written):
    either = [worst(made(order)) for order in (written, written[::-1])]
    expected = max((each for each in either if each is not None), default=None)

    assert minutes(loss(*written)) == expected


@settings(max_examples=20, deadline=None, derandomize=True)
@given(written=st.lists(rules(), min_size=2, max_size=4, unique_by=lambda rule: (rule.expression, rule.timezone)))
def test_several_rules_that_all_run_lose_what_the_calendar_shows(written):
    assert minutes(loss(*written, one_plan=False)) == worst(made(written, one_plan=False))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(written=st.lists(rules(), min_size=1, max_size=3), seed=st.integers(0, 2**32))
def test_no_luck_of_starts_and_ends_loses_more_than_the_bound(written, seed):
    """Starts and ends drawn anywhere within the windows, disasters anywhere after the first usable backup."""
    found = loss(*written)
    dice = random.Random(seed)  # noqa: S311 - drawn to be repeated, not to be secret
    captured = []
    for rule, passes in made(written):
        start = dice.choice(passes) + dice.uniform(0, rule.start)
        captured.append((dice.uniform(start, start + rule.complete), start))
    captured.sort()
    usable, newest = [], []
    for end, start in captured:
        if 0 <= start < END and (not newest or start > newest[-1]):
            usable.append(end)
            newest.append(start)
    lost = [later - start for later, start in zip(usable[1:], newest, strict=False)]

    assert all(each <= minutes(found) for each in lost)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(written=st.lists(rules(), min_size=1, max_size=3, unique_by=lambda rule: (rule.expression, rule.timezone)))
def test_nothing_is_usable_in_the_interval_that_is_shown(written):
    """Unlucky, but within the windows, no backup scheduled after `start` can be used before `end`."""
    found = loss(*written, one_plan=False)
    if found.gap is None:
        return
    begin, end = ((moment - START).total_seconds() / 60 for moment in (found.gap.start, found.gap.end))

    assert end - begin == minutes(found)
    assert not [
        (rule, first)
        for rule, (first, last) in made(written, one_plan=False)
        if begin < first < END and last + rule.usable < end
    ]


def test_a_daily_backup_does_not_keep_a_day():
    """24 hours between runs, an hour to start, two to complete."""
    assert loss(Rule("cron(0 2 * * ? *)")).bound == timedelta(hours=27)


def test_a_backup_in_the_hour_that_is_skipped_loses_two_days():
    found = loss(Rule("cron(30 2 * * ? *)", "America/New_York"))

    assert found.bound == timedelta(hours=48 - 1 + 3)
    assert found.gap.start == datetime(2027, 3, 13, 7, 30, tzinfo=UTC)
    assert found.timezone == "America/New_York"


def test_a_backup_in_the_hour_that_comes_twice_may_wait_for_the_second():
    assert loss(Rule("cron(30 1 * * ? *)", "America/New_York")).bound == timedelta(hours=24 + 1 + 3)


def test_a_monthly_backup_is_judged_by_the_longest_month():
    assert loss(Rule("cron(0 2 1 * ? *)")).bound == timedelta(days=31, hours=3)


def test_a_backup_on_the_31st_skips_the_short_months():
    assert loss(Rule("cron(0 2 31 * ? *)")).bound == timedelta(days=61, hours=3)


def test_two_rules_close_gaps_in_each_other():
    night, noon = Rule("cron(0 2 * * ? *)"), Rule("cron(0 14 * * ? *)", complete=180)

    assert loss(night, noon).bound == timedelta(hours=12 + 4)


def test_a_slow_rule_does_not_make_a_fast_one_worse():
    fast, slow = Rule("cron(0 * * * ? *)"), Rule("cron(30 2 * * ? *)", start=0, complete=2000, keep=30)

    assert loss(fast, slow).bound == loss(fast).bound == timedelta(hours=1 + 3)


def test_a_slow_rule_does_not_make_a_fast_one_worse_at_the_end_of_the_horizon():
    """The last copy of the slow rule is usable after the horizon ends, when a faster one has long come."""
    fast, slow = Rule("cron(0 2 ? * SUN *)"), Rule("cron(0 2 L * ? *)", complete=20 * 1440)

    assert loss(fast, slow, one_plan=False).bound == timedelta(days=7, hours=3)


def test_runs_dropped_for_a_rule_kept_longer_are_not_counted():
    """The daily job starts at some time of 2:00 to 10:00: after the hourly one of 1:00 it alone is sure, at 12:00."""
    hourly, daily = Rule("cron(0 * * * ? *)"), Rule("cron(0 2 * * ? *)", start=480, keep=365)

    assert loss(hourly, daily, one_plan=False).bound == timedelta(hours=4)
    assert loss(hourly, daily).bound == timedelta(hours=12 - 1)


def test_runs_dropped_for_a_rule_that_does_not_survive_are_not_counted():
    hourly, daily = Rule("cron(0 * * * ? *)"), Rule("cron(0 2 * * ? *)", keep=365, counts=False)

    assert loss(hourly, daily).bound == timedelta(hours=2 + 3)


def test_start_windows_that_only_touch_do_not_overlap():
    early, late = Rule("cron(0 1 * * ? *)"), Rule("cron(0 2 * * ? *)", keep=365)

    assert loss(early, late).bound == timedelta(hours=23 + 3)


def test_points_deleted_before_the_next_one_is_usable_leave_nothing():
    found = worst_loss((source(Rule("cron(0 2 ? * SUN *)"), timedelta(days=2)),), TWO_YEARS, START, one_plan=True)

    assert found.expires
    assert found.bound is None
    assert found.gap.seconds == timedelta(days=7, hours=3).total_seconds()


def test_a_rule_that_keeps_too_short_is_left_out_beside_one_that_does_not():
    weekly = source(Rule("cron(0 2 ? * SUN *)"))
    other = source(Rule("cron(0 2 ? * WED *)"), timedelta(days=2))

    assert worst_loss((weekly, other), TWO_YEARS, START, one_plan=True).bound == timedelta(days=7, hours=3)


def test_a_schedule_that_ends_loses_everything_since():
    found = loss(Rule("cron(0 2 * * ? 2027)"))

    assert found.gap.open_end
    assert (found.gap.start, found.gap.end) == (datetime(2027, 12, 31, 2, tzinfo=UTC), TWO_YEARS.end)


def test_a_schedule_that_begins_later_has_nothing_before():
    found = loss(Rule("cron(0 2 * * ? 2028-2199)"))

    assert found.gap.open_start
    assert (found.gap.start, found.gap.end) == (START, datetime(2028, 1, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize("expression", ["cron(0 2 31 2 ? *)", "cron(0 2 * * ? 2199)", "cron(0 2 ? FEB 2#5 2027)"])
def test_a_schedule_that_never_runs_has_no_gap_to_show(expression):
    assert loss(Rule(expression)).gap is None


def test_no_source_at_all_has_no_bound():
    assert worst_loss((), TWO_YEARS, START, one_plan=True).bound is None


def test_a_rate_is_its_interval_and_the_windows():
    rate = Rule("rate(12 hours)")

    assert loss(rate).bound == timedelta(hours=15)
    assert loss(rate, Rule("cron(0 2 * * ? *)"), one_plan=False).bound == timedelta(hours=15)


def test_of_equal_intervals_the_next_one_is_shown():
    now = datetime(2027, 6, 10, 12, tzinfo=UTC)
    found = worst_loss((source(Rule("cron(0 2 * * ? *)")),), TWO_YEARS, now, one_plan=True)

    assert found.gap.start == datetime(2027, 6, 11, 2, tzinfo=UTC)
