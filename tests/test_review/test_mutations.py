"""From safe states, every weakening of a single attribute is found, and no strengthening or neutral change is.

The mutations are made here from the type of value and the words of the rule, not by the code under test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from mutation_ground import COMPARED, at, entry_of, has_unknown, mutations, other, put, stronger, weaker

from holdfast.review.finding import Kind
from holdfast.review.rules import attribute_rules

HARMFUL = {Kind.WEAKENING, Kind.LOSS, Kind.UNVERIFIED}


@pytest.fixture(scope="module")
def states(corpus):
    """Every distinct state of the corpus that protects: before each change, and after each near miss, by type."""
    found: dict[str, dict[str, Any]] = {}
    for key, entry in corpus.items():
        change = entry["change"]["change"]
        for tree in ("before", "after"):
            value = change.get(tree)
            safe = tree == "before" or (key.endswith("__near") and not has_unknown(change.get("after_unknown")))
            if safe and isinstance(value, dict):
                found.setdefault(entry["change"]["type"], {})[json.dumps(value, sort_keys=True)] = value
    return {type_: list(values.values()) for type_, values in found.items()}


@pytest.mark.parametrize("rule", COMPARED, ids=lambda rule: rule.id)
def test_every_single_weakening_is_found(rule, states, reviewed):
    made = list(mutations(states, rule, weaker))
    assert made

    missed = [
        (type_, after)
        for type_, before, after in made
        if rule.id not in {f.rule for f in reviewed(entry_of(type_, before, after)).findings}
    ]
    assert missed == []


@pytest.mark.parametrize("rule", COMPARED, ids=lambda rule: rule.id)
def test_no_strengthening_is_called_a_weakening(rule, states, reviewed):
    wrong = [
        (before, after, finding.rule)
        for type_, before, after in mutations(states, rule, stronger)
        for finding in reviewed(entry_of(type_, before, after)).findings
        if finding.rule == rule.id
    ]
    assert wrong == []


def _leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*way, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*way, index))
    else:
        yield way


def _looked_at(type_: str) -> set[str]:
    rules = attribute_rules()[type_]
    return {(rule.path.names + tuple(rule.reading.field.split(".")))[0] for rule in rules} | {"region", "type"}


def test_no_change_of_an_attribute_nobody_guards_is_found(states, reviewed):
    tried, wrong = 0, []
    for type_ in sorted(states.keys() & attribute_rules().keys()):
        for before in states[type_][:3]:
            for way in _leaves(before):
                if way[0] in _looked_at(type_):
                    continue
                value = at(before, list(way))
                for new in (None, other(value) if not isinstance(value, bool) and value is not None else not value):
                    tried += 1
                    result = reviewed(entry_of(type_, before, put(before, list(way), new)))
                    wrong += [(type_, way, f.rule) for f in result.findings if f.kind in HARMFUL]
    assert tried > 300
    assert wrong == []


def test_a_change_between_unset_empty_and_zero_is_not_found(states, reviewed):
    empties = (None, "", [], {})
    wrong = []
    for type_, values in states.items():
        for before in values[:3]:
            for way in _leaves(before):
                if at(before, list(way)) is None:
                    for empty in empties[1:]:
                        result = reviewed(entry_of(type_, before, put(before, list(way), empty)))
                        wrong += [(type_, way, empty, f.rule) for f in result.findings if f.kind in HARMFUL]
    assert wrong == []
