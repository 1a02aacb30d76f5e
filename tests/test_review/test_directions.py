"""The ways an attribute must not move: each with what is weaker, what is not, and what cannot be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.review.directions import (
    Added,
    Becomes,
    Changed,
    Differs,
    Grown,
    Leaves,
    Lowered,
    Raised,
    Ranked,
    Rarer,
    Removed,
    Shrunk,
    TurnedOff,
    TurnedOn,
)
from holdfast.review.rule import Outcome

MODES = Ranked((("COMPLIANCE",), ("GOVERNANCE",), (None,)))
SAME, WEAKER, STRONGER, UNCLEAR = Outcome.SAME, Outcome.WEAKER, Outcome.STRONGER, Outcome.UNCLEAR


@pytest.mark.parametrize(
    ("direction", "before", "after", "outcome"),
    [
        (Lowered(), 35, 34, WEAKER),
        (Lowered(), 35, 36, STRONGER),
        (Lowered(), 35, 35.0, SAME),
        (Lowered(), 35, None, WEAKER),
        (Lowered(), 35, 0, WEAKER),
        (Lowered(), None, 0, SAME),
        (Lowered(), None, 5, STRONGER),
        (Lowered(null="most"), None, 30, WEAKER),
        (Lowered(null="most"), 30, None, STRONGER),
        (Lowered(null="most"), 30, 0, WEAKER),
        (Lowered(null="most", zero="most"), 30, 0, STRONGER),
        (Lowered(null="most", zero="most"), None, 0, SAME),
        (Lowered(null="ignored"), 5, None, SAME),
        (Lowered(null="ignored"), 5, 4, WEAKER),
        (Lowered(), "35", "7", WEAKER),
        (Lowered(), 35, "many", UNCLEAR),
        (Lowered(), 35, True, UNCLEAR),
        (Lowered(), 35, "nan", UNCLEAR),
        (Lowered(), 10**400, 10**399, SAME),
        (Raised(), 15, 16, WEAKER),
        (Raised(), 15, 5, STRONGER),
        (Raised(), 15, None, WEAKER),
        (Raised(null="ignored"), 15, None, SAME),
        (TurnedOff(), True, False, WEAKER),
        (TurnedOff(), True, None, WEAKER),
        (TurnedOff(), None, False, SAME),
        (TurnedOff(null=True), None, False, WEAKER),
        (TurnedOff(null=True), True, None, SAME),
        (TurnedOff(), "true", "false", WEAKER),
        (TurnedOff(), True, "maybe", UNCLEAR),
        (TurnedOn(), False, True, WEAKER),
        (TurnedOn(), None, True, WEAKER),
        (TurnedOn(null=True), False, None, WEAKER),
        (TurnedOn(), True, False, STRONGER),
        (MODES, "COMPLIANCE", "GOVERNANCE", WEAKER),
        (MODES, "GOVERNANCE", None, WEAKER),
        (MODES, "GOVERNANCE", "COMPLIANCE", STRONGER),
        (MODES, None, None, SAME),
        (MODES, "COMPLIANCE", "SOMETHING NEW", WEAKER),
        (MODES, "GOVERNANCE", "SOMETHING NEW", UNCLEAR),
        (Leaves(("Enabled",)), "Enabled", "Suspended", WEAKER),
        (Leaves(("Enabled",)), "Enabled", None, WEAKER),
        (Leaves(("Enabled",)), "Suspended", "Enabled", STRONGER),
        (Leaves(("Enabled",)), "Suspended", "Disabled", SAME),
        (Becomes(("DISABLED",)), "ENABLED", "DISABLED", WEAKER),
        (Becomes(("DISABLED",)), None, "ENABLED", SAME),
        (Becomes(("DISABLED",)), "DISABLED", "ENABLED", STRONGER),
        (Changed(), "a", "b", WEAKER),
        (Changed(), "a", None, WEAKER),
        (Changed(), None, "b", SAME),
        (Differs(), None, "b", WEAKER),
        (Differs(), "b", "b", SAME),
        (Removed(), True, None, WEAKER),
        (Removed(), None, True, STRONGER),
        (Removed(), True, True, SAME),
        (Added(), None, True, WEAKER),
        (Added(), True, None, STRONGER),
        (Shrunk(), ["a", "b"], ["b"], WEAKER),
        (Shrunk(), ["a", "b"], ["b", "a"], SAME),
        (Shrunk(), ["a"], ["a", "b"], STRONGER),
        (Shrunk(), ["arn:x:one"], ["arn:x:*"], STRONGER),
        (Shrunk(), ["arn:x:*"], ["arn:x:one"], WEAKER),
        (Shrunk(), ["a"], None, WEAKER),
        (Shrunk(null_is_all=True), None, ["a"], WEAKER),
        (Shrunk(), [{"k": 1, "v": 2}], [{"v": 2, "k": 1}], SAME),
        (Grown(), ["a"], ["a", "b"], WEAKER),
        (Grown(), None, ["b"], WEAKER),
        (Grown(), ["a", "b"], ["a"], STRONGER),
        (Grown(), ["*"], ["a"], STRONGER),
        (Rarer(), "rate(1 hour)", "rate(2 hours)", WEAKER),
        (Rarer(), "rate(60 minutes)", "rate(1 hour)", SAME),
        (Rarer(), "cron(0 2 * * ? *)", "cron(0 5 * * ? *)", SAME),
        (Rarer(), "cron(0 2 * * ? *)", None, WEAKER),
        (Rarer(), None, "cron(0 2 * * ? *)", STRONGER),
        (Rarer(), "cron(0 2 * * ? *)", "whenever", UNCLEAR),
    ],
)
def test_a_direction_says(direction, before, after, outcome):
    assert direction.compare(before, after).outcome is outcome


DIRECTIONS = [
    Lowered(), Lowered(null="most"), Lowered(null="most", zero="most"), Raised(), TurnedOff(), TurnedOff(null=True),
    TurnedOn(), TurnedOn(null=True), MODES, Leaves(("a",)), Becomes(("a",)), Changed(), Differs(), Removed(), Added(),
    Shrunk(), Grown(), Rarer(),
]  # fmt: skip
values = (
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.sampled_from(["COMPLIANCE", "GOVERNANCE", "a", "b", "rate(1 hour)", "rate(2 days)"])
    | st.lists(st.sampled_from(["a", "b", "c*"]), min_size=1, max_size=3)
)


@given(st.sampled_from(DIRECTIONS), values)
def test_nothing_is_weaker_than_itself(direction, value):
    assert direction.compare(value, value).outcome in (SAME, UNCLEAR)


@given(st.sampled_from(DIRECTIONS), values, values)
def test_what_is_weaker_one_way_is_not_weaker_the_other_way_but_for_mere_change(direction, one, other):
    both = {direction.compare(one, other).outcome, direction.compare(other, one).outcome}

    if not isinstance(direction, Changed | Differs | Shrunk | Grown):
        assert both != {WEAKER}


@given(st.sampled_from(DIRECTIONS), values, values)
def test_what_can_become_weaker_was_said_to_be_at_risk(direction, before, after):
    if direction.compare(before, after).outcome is WEAKER:
        assert direction.at_risk(before)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_direction_has_words(direction):
    assert direction.words
