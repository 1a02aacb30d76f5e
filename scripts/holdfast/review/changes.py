"""Walking an object before and after together, each with its shadow trees, down the path of a guarded attribute."""

from __future__ import annotations

import json
from collections.abc import Iterator

from holdfast.review.matching import match_items
from holdfast.review.node import ABSENT, Node
from holdfast.review.paths import Block, Each, Field, Keyed, Path, Step


class Pair:
    """The same place before and after; `path` in Terraform's notation.

    `whole` is False when a list on the way is hidden, so that the pair stands for everything below that list;
    `new` is True inside an item of a list that was not there before.
    """

    __slots__ = ("after", "before", "new", "path", "whole")

    def __init__(self, path: str, before: Node, after: Node, *, whole: bool = True, new: bool = False) -> None:
        self.path = path
        self.before = before
        self.after = after
        self.whole = whole
        self.new = new


def pairs(path: Path, before: Node, after: Node) -> Iterator[Pair]:
    """Every place `path` names, before and after; list items are matched, not counted.

    Where a list on the way is itself unknown or sensitive, one pair for that list stands for all below it.
    """
    return _walk(path.steps, "", before, after, new=False)


def _walk(steps: tuple[Step, ...], label: str, before: Node, after: Node, *, new: bool) -> Iterator[Pair]:
    if not steps:
        yield Pair(label, before, after, new=new)
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, Field):
        name = f"{label}.{step.name}" if label else step.name
        yield from _walk(rest, name, before.get(step.name), after.get(step.name), new=new)
        return
    if any(shadow is True for shadow in (before.unknown, before.sensitive, after.unknown, after.sensitive)):
        yield Pair(label, before, after, whole=False)
        return
    for item, old, now in _matched(step, before, after):
        added = old is ABSENT and bool(rest) and not isinstance(step, Block)
        yield from _walk(rest, f"{label}[{item}]", old, now, new=new or added)


def _matched(step: Step, before: Node, after: Node) -> Iterator[tuple[str, Node, Node]]:
    if isinstance(step, Each):
        names = dict.fromkeys([*_names(before), *_names(after)])
        for name in names:
            yield json.dumps(name, ensure_ascii=False), before.get(name), after.get(name)
        return
    key = step.key if isinstance(step, Keyed) else None
    yield from match_items(before.items(), after.items(), key)


def _names(node: Node) -> list[str]:
    return [*(node.value if isinstance(node.value, dict) else ())]
