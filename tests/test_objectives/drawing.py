"""Schedules and rules to try, drawn by hypothesis."""

from __future__ import annotations

from every_minute import ZONES
from hypothesis import strategies as st
from worst_case import Rule

_minutes = st.sampled_from(["0", "30", "59", "0/20", "5,35", "*/30", "10-12", "7", "45"])
_hours = st.sampled_from(["*", "0", "1", "2", "3", "23", "0/6", "2,14", "*/2", "8-18", "20-2", "0-5/2", "1,2,3"])
_dates = st.sampled_from(["*", "1", "15", "31", "29-31", "28-3", "L", "1W", "15W", "31W", "1/7", "2,16", "*/10"])
_weekdays = st.sampled_from(
    ["*", "SUN", "MON-FRI", "1,7", "L", "6L", "1L", "SUNL", "2#1", "7#5", "TUE#2", "4", "SAT-SUN"]
)
_months = st.sampled_from(["*", "*", "*", "*", "1-3", "MAR", "OCT,NOV", "2", "NOV-FEB", "*/3", "APR-SEP"])
_years = st.sampled_from(["*", "*", "*", "*", "2027", "2028", "2020/2", "2028-2199"])


@st.composite
def crons(draw):
    """A cron expression AWS would take."""
    by_date = draw(st.booleans())
    date, weekday = (draw(_dates), "?") if by_date else ("?", draw(_weekdays))
    return f"cron({draw(_minutes)} {draw(_hours)} {date} {draw(_months)} {weekday} {draw(_years)})"


@st.composite
def rules(draw, zones=ZONES):
    """A rule with windows of up to a day and a half."""
    return Rule(
        expression=draw(crons()),
        timezone=draw(st.sampled_from(zones)),
        start=draw(st.sampled_from([0, 15, 60, 90, 480])),
        complete=draw(st.sampled_from([0, 60, 120, 600, 1680])),
        keep=draw(st.sampled_from([30, 90, 90, 365])),
        counts=draw(st.sampled_from([True, True, True, False])),
    )
