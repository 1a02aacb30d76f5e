"""Items of lists are matched by what they are, not by where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.review.changes import pairs
from holdfast.review.matching import match_items
from holdfast.review.node import ABSENT, Node
from holdfast.review.paths import Path


def matched(before, after, key=None, unknown=None):
    after_nodes = Node(after, unknown).items()
    return [(label, old.value, new.value) for label, old, new in match_items(Node(before).items(), after_nodes, key)]


def test_items_are_matched_by_their_key():
    before = [{"id": "a", "days": 1}, {"id": "b", "days": 2}]
    after = [{"id": "b", "days": 9}, {"id": "a", "days": 1}]

    assert matched(before, after, "id") == [('"a"', before[0], after[1]), ('"b"', before[1], after[0])]


def test_a_key_on_one_side_only_is_a_removal_and_an_addition():
    before, after = [{"id": "a", "days": 1}], [{"id": "b", "days": 9}]

    assert matched(before, after, "id") == [('"a"', before[0], None), ('"b"', None, after[0])]


def test_a_renamed_item_is_the_same_item():
    before, after = [{"id": "a", "days": 1, "x": None}], [{"id": "b", "days": 1, "x": ""}]

    assert matched(before, after, "id") == [('"a"', before[0], after[0])]


def test_an_item_whose_key_is_known_after_apply_is_taken_for_the_missing_one():
    before, after = [{"id": "a", "days": 1}], [{"days": 5}]

    assert matched(before, after, "id", [{"id": True}]) == [('"a"', before[0], after[0])]


def test_a_key_two_items_share_is_no_key():
    before = [{"id": "a", "days": 1}, {"id": "a", "days": 2}]
    after = [{"id": "a", "days": 2}, {"id": "a", "days": 1}]

    assert matched(before, after, "id") == [("0", before[0], after[1]), ("1", before[1], after[0])]


def test_the_most_alike_are_matched_where_there_is_no_key():
    before = [{"to": "west", "days": 90, "key": "k"}, {"to": "east", "days": 7, "key": None}]
    after = [{"to": "east", "days": 8, "key": None}, {"to": "west", "days": 30, "key": "k"}]

    assert {(old["to"], new["to"]) for _, old, new in matched(before, after)} == {("west", "west"), ("east", "east")}


def test_long_lists_without_keys_are_matched_in_bearable_time():
    before = [{"n": n} for n in range(3000)]
    after = [{"n": -n} for n in range(3000)]

    assert len(matched(before, after)) == 3000


@given(st.lists(st.fixed_dictionaries({"id": st.sampled_from("abcdef"), "days": st.integers(0, 3)})), st.randoms())
def test_a_reordered_list_has_no_removals(items, random):
    shuffled = items.copy()
    random.shuffle(shuffled)

    for key in (None, "id"):
        assert all(old == new for _, old, new in matched(items, shuffled, key))


def test_paths_go_into_blocks_items_and_maps():
    before = Node({"rule": [{"id": "a", "expiration": [{"days": 3}]}], "opt": {"S3": True}})
    after = Node({"rule": [{"id": "a", "expiration": [{"days": 1}]}], "opt": {"S3": False, "EBS": True}})

    def seen(path):
        return [(p.path, p.before.value, p.after.value) for p in pairs(Path(path), before, after)]

    assert seen("rule[id].expiration[].days") == [('rule["a"].expiration[0].days', 3, 1)]
    assert seen("opt{}") == [('opt["S3"]', True, False), ('opt["EBS"]', None, True)]
    assert seen("missing[].days") == []


def test_a_hidden_list_stands_for_all_below_it():
    found = list(pairs(Path("rule[id].days"), Node({"rule": [{"id": "a"}]}), Node({}, {"rule": True})))

    assert [(pair.path, pair.whole) for pair in found] == [("rule", False)]


def test_inside_an_item_that_is_new_pairs_are_marked():
    after = Node({"rule": [{"id": "a", "days": 1}]})

    assert [pair.new for pair in pairs(Path("rule[id].days"), ABSENT, after)] == [True]
    assert [pair.new for pair in pairs(Path("rule[id]"), ABSENT, after)] == [False]
    assert [pair.new for pair in pairs(Path("rule[].days"), ABSENT, after)] == [False]


@pytest.mark.parametrize("text", ["a..b", "a[", "a[b].", "a-b", "[x]", "a[b]c"])
def test_what_is_not_a_path_is_refused(text):
    with pytest.raises(ValueError, match="is not a path"):
        _ = Path(text).steps
