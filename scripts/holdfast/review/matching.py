"""Matching the items of a list before with those after: by key, else by likeness; never by position alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from holdfast.review.finding import Json
from holdfast.review.node import ABSENT, Node

Match = tuple[str, Node, Node]
"""The label of an item, and the item before and after (`ABSENT` where there is none)."""

_COMPARED = 400
"""Above this many possible pairs, items without a key are matched in order: a list that long has no near twins."""


def match_items(before: list[Node], after: list[Node], key: str | None) -> Iterator[Match]:
    """Match the items of two lists: by `key` where it is set and unique, else the most alike with each other.

    Items with a key that only one side has are a removal and an addition, unless nothing but the key differs
    (a rename), or the key is unknown after apply (then they are taken for the same item).
    """
    if key is None and len(before) == len(after) == 1:
        yield "0", before[0], after[0]
        return
    named_before, rest_before = _by_key(before, key)
    named_after, rest_after = _by_key(after, key)
    for name in [name for name in named_before if name in named_after]:
        yield _label(name), named_before.pop(name), named_after.pop(name)
    yield from _renamed(named_before, named_after, key)
    unnamed = [node for node in rest_after if key and node.get(key).hidden()]
    for name, old in named_before.items():
        new = unnamed.pop(0) if unnamed else ABSENT
        rest_after = [node for node in rest_after if node is not new]
        yield _label(name), old, new
    for name, new in named_after.items():
        yield _label(name), ABSENT, new
    places = {id(node): str(index) for items in (after, before) for index, node in enumerate(items)}
    for old, new in _alike(rest_before, rest_after):
        yield places[id(new if old is ABSENT else old)], old, new


def _label(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _by_key(items: list[Node], key: str | None) -> tuple[dict[str, Node], list[Node]]:
    if key is None:
        return {}, items
    names = [_name(item.get(key)) for item in items]
    times = Counter(names)
    named = {n: item for n, item in zip(names, items, strict=True) if n is not None and times[n] == 1}
    rest = [item for n, item in zip(names, items, strict=True) if n is None or times[n] > 1]
    return named, rest


def _name(node: Node) -> str | None:
    usable = node.hidden() is None and isinstance(node.value, str | int) and not isinstance(node.value, bool)
    return str(node.value) if usable and node.value != "" else None


def _renamed(before: dict[str, Node], after: dict[str, Node], key: str | None) -> Iterator[Match]:
    by_content = {_content(node, key): name for name, node in after.items()}
    for name, old in list(before.items()):
        twin = by_content.pop(_content(old, key), None)
        if twin is not None:
            yield _label(name), before.pop(name), after.pop(twin)


def _content(node: Node, key: str | None) -> str:
    """What an item says beyond its key. Unset, empty and zero are the same: providers exchange them at will."""
    value = node.value
    if isinstance(value, dict):
        value = {name: item for name, item in value.items() if name != key}
    return json.dumps(_set(value), sort_keys=True, default=str)


def _set(value: Json) -> Json:
    if isinstance(value, dict):
        kept = {name: _set(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item}
    return [_set(item) for item in value] if isinstance(value, list) else value


def _alike(before: list[Node], after: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Equal items first, then greedily the pair that shares most; what is left was removed or added."""
    equal: dict[str, list[Node]] = {}
    for node in reversed(after):
        equal.setdefault(_content(node, None), []).append(node)
    left, taken = [], set()
    for old in before:
        twins = equal.get(_content(old, None))
        if twins:
            new = twins.pop()
            taken.add(id(new))
            yield old, new
        else:
            left.append(old)
    right = [node for node in after if id(node) not in taken]
    while left and right:
        old, new = left[0], right[0]
        if len(left) * len(right) <= _COMPARED:
            choices = ((o, n) for o in left for n in right)
            old, new = max(choices, key=lambda pair: _likeness(pair[0].value, pair[1].value))
        left.remove(old)
        right.remove(new)
        yield old, new
    yield from ((old, ABSENT) for old in left)
    yield from ((ABSENT, new) for new in right)


def _likeness(left: Json, right: Json) -> float:
    """How many leaves two values share, from 0 to 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        names = left.keys() | right.keys()
        return sum(_likeness(left.get(n), right.get(n)) for n in names) / len(names) if names else 1.0
    if isinstance(left, list) and isinstance(right, list):
        longer = max(len(left), len(right))
        return sum(_likeness(a, b) for a, b in zip(left, right, strict=False)) / longer if longer else 1.0
    return 1.0 if left == right else 0.0
