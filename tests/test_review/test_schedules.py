"""The longest gap a schedule leaves, for AWS's cron and rate expressions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.review.schedules import NotASchedule, longest_gap


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        ("rate(5 minutes)", timedelta(minutes=5)),
        ("rate(1 hour)", timedelta(hours=1)),
        ("rate(7 days)", timedelta(days=7)),
        ("cron(0 2 * * ? *)", timedelta(days=1)),
        ("cron(0/15 * * * ? *)", timedelta(minutes=15)),
        ("cron(0 */6 * * ? *)", timedelta(hours=6)),
        ("cron(0 8-18/2 * * ? *)", timedelta(hours=14)),
        ("cron(0 9 ? * MON-FRI *)", timedelta(days=3)),
        ("cron(0 9 ? * 2-6 *)", timedelta(days=3)),
        ("cron(0 9 ? * FRI-MON *)", timedelta(days=4)),
        ("cron(0 2 ? * SUN *)", timedelta(days=7)),
        ("cron(0 2 1 * ? *)", timedelta(days=31)),
        ("cron(0 2 L * ? *)", timedelta(days=31)),
        ("cron(0 2 31 * ? *)", timedelta(days=61)),
        ("cron(0 2 ? * 6L *)", timedelta(days=35)),
        ("cron(0 2 ? * 2#1 *)", timedelta(days=35)),
        ("cron(0 2 LW * ? *)", timedelta(days=33)),
        ("cron(0 2 15W * ? *)", timedelta(days=32)),
        ("cron(0 2 1 JAN,JUL ? *)", timedelta(days=184)),
        ("cron(0 2 * * ?)", timedelta(days=1)),
    ],
)
def test_the_longest_gap(expression, gap):
    assert longest_gap(expression) == gap


@pytest.mark.parametrize(
    "expression",
    ["", "daily", "cron()", "cron(0 2 *)", "cron(99 2 * * ? *)", "cron(0 2 * * ? 2027-2026)", "cron(0 2 32 * ? *)",
     "cron(x 2 * * ? *)", "cron(0 2 1 1 ? 2027)", "cron(0/0 * * * ? *)", "rate(1 fortnight)", "at(2027-01-01T00:00:00)",
     "cron(0 2 ? * MON#x *)"],
)  # fmt: skip
def test_what_cannot_be_read_is_said(expression):
    with pytest.raises(NotASchedule):
        longest_gap(expression)


@given(st.integers(0, 59), st.integers(0, 23), st.integers(1, 23))
def test_a_daily_job_has_the_same_gap_at_any_time(minute, hour, shift):
    later = (hour + shift) % 24

    assert longest_gap(f"cron({minute} {hour} * * ? *)") == longest_gap(f"cron({minute} {later} * * ? *)")


@given(st.text(max_size=60))
def test_no_text_leaks_another_error(text):
    for expression in (text, f"cron({text})", f"cron({text} {text} * * ? *)"):
        try:
            assert longest_gap(expression) > timedelta(0)
        except NotASchedule:
            continue
