"""Which days are left once those with a run near another one are taken away, against a look at every minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdfast.objectives.horizon import DAY
from holdfast.objectives.timetable import Timetable

DAYS = 6
SETS = st.integers(0, (1 << DAYS) - 1)
RUNS = st.lists(st.tuples(st.integers(0, DAY - 1), SETS), max_size=8)


def by_every_minute(runs, days, low, high):
    """The same, run by run."""
    return sum(
        1 << day
        for day in range(DAYS)
        if days >> day & 1
        and not any(
            low <= (other - day) * DAY + minute <= high
            for minute, others in runs
            for other in range(DAYS)
            if others >> other & 1
        )
    )


@given(RUNS, SETS, st.integers(-3 * DAY, 3 * DAY), st.integers(0, 3 * DAY))
def test_the_days_left_are_those_without_a_run_within_reach(runs, days, low, reach):
    assert Timetable(runs).without(days, low, low + reach) == by_every_minute(runs, days, low, low + reach)


@given(RUNS, SETS, st.integers(-DAY, DAY), st.integers(1, DAY))
def test_nothing_is_taken_within_an_empty_reach(runs, days, low, below):
    assert Timetable(runs).without(days, low, low - below) == days


def test_without_runs_all_days_are_left():
    assert Timetable([]).without(0b1011, -DAY, 2 * DAY) == 0b1011
