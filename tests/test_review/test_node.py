"""Values are walked together with their shadows; what is hidden is never shown and never equal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.review.node import ABSENT, Hidden, Node, Unverifiable

SECRET = "canary-secret"
HIDDEN = st.sampled_from([True])


def test_a_missing_attribute_is_absent():
    assert Node({"a": 1}).get("b").absent


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_null_and_empty_are_both_absent(empty):
    assert Node(empty).absent
    assert Node(empty).read() is None


@pytest.mark.parametrize("value", [0, False, "x", [None], {"a": None}])
def test_zero_and_false_are_values(value):
    assert not Node(value).absent


def test_true_on_a_subtree_hides_everything_below():
    node = Node({"rule": [{"days": 3}]}, None, {"rule": True}).at("rule", "days")

    assert node.hidden() is Hidden.SENSITIVE
    with pytest.raises(Unverifiable):
        node.read()


def test_a_shadow_may_be_shorter_than_its_value():
    items = Node([1, 2, 3], [False, True]).items()

    assert [item.hidden() for item in items] == [None, Hidden.UNKNOWN, None]


def test_an_unknown_value_is_not_absent():
    assert not Node(None, unknown=True).absent


def test_a_value_with_one_hidden_leaf_cannot_be_read_as_a_whole():
    with pytest.raises(Unverifiable) as caught:
        Node({"a": 1, "b": 2}, {"b": True}).read()

    assert caught.value.why is Hidden.UNKNOWN


def test_the_visible_part_beside_a_hidden_one_can_be_read():
    assert Node({"a": 1, "b": 2}, sensitive={"b": True}).get("a").read() == 1


def test_the_block_of_an_absent_list_is_absent():
    assert Node({"rule": []}).block("rule", "default_retention").absent
    assert Node({"rule": [{}]}).block("rule").absent
    assert ABSENT.absent


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


def _shadow_of(value):
    """A shadow that marks every secret, at its leaf or anywhere above it."""
    if value == SECRET:
        return HIDDEN
    if isinstance(value, dict):
        inner = st.fixed_dictionaries({key: _shadow_of(item) for key, item in value.items()})
        return inner | HIDDEN if SECRET in json.dumps(value) else inner
    if isinstance(value, list):
        inner = st.tuples(*map(_shadow_of, value)).map(list)
        return inner | HIDDEN if SECRET in json.dumps(value) else inner
    return st.sampled_from([False, None])


@given(json_values.flatmap(lambda value: st.tuples(st.just(value), _shadow_of(value))))
def test_a_marked_secret_is_never_shown(pair):
    value, shadow = pair

    assert SECRET not in json.dumps(Node(value, None, shadow).redacted())
    assert SECRET not in json.dumps(Node(value, shadow, None).redacted())


@given(json_values)
def test_a_value_without_shadows_is_shown_whole(value):
    leaves = json.dumps(value).count(SECRET)

    assert json.dumps(Node(value).redacted()).count(SECRET) == leaves
