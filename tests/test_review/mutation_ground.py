"""Changes of one attribute, made from the type of its value and the words of the rule, not by the code under test."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from holdfast.review.paths import Block, Each, Field
from holdfast.review.rule import Appears, Described, Gone
from holdfast.review.rules import CATALOGUE

ALLOW_ALL = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}
OTHER_READINGS = {
    "days, or years × 365, in COMPLIANCE mode",
    "an AWS managed policy that can delete backups",
    "AWS managed policies that can delete backups",
    "threshold, seen from comparison_operator",
    "content of a service control, resource control or backup policy",
    "key=value pairs",
    "interval or cron_expression",
    "a date, absent meaning never",
    "days until GLACIER or DEEP_ARCHIVE",
    "filter of an enabled rule that expires objects",
    "prefix, tags and sizes of the filter",
    "days, or count × interval",
    "expiration.date of an enabled rule",
    "days until noncurrent versions reach GLACIER or DEEP_ARCHIVE",
    "unlock_delay_value in unlock_delay_unit",
    "value in type",
}
"""Read from several attributes: their mutations are in the corpus and in the tests of the readings."""


def places(value: Any, rule: Any) -> Iterator[list[Any]]:
    """Every place in a value the rule looks at, as a list of keys."""
    found: list[tuple[list[Any], Any]] = [([], value)]
    for step in rule.path.steps:
        following = []
        for way, here in found:
            if isinstance(step, Field):
                if isinstance(here, dict) and step.name in here:
                    following.append(([*way, step.name], here[step.name]))
            elif isinstance(step, Each):
                following.extend(([*way, name], here[name]) for name in here or {})
            elif isinstance(here, list):
                items = [i for i in here if not _idle(i)][: 1 if isinstance(step, Block) else None]
                following.extend(([*way, here.index(item)], item) for item in items)
        found = following
    for way, here in found:
        ends = [(way, here)]
        for name in rule.reading.field.split(".") if rule.reading.field else ():
            ends = [([*w, 0], h[0]) if isinstance(h, list) and h else (w, h) for w, h in ends]
            ends = [([*w, name], h[name]) for w, h in ends if isinstance(h, dict) and name in h]
        yield from (w for w, _ in ends if w)


def _idle(item: Any) -> bool:
    """A disabled rule does nothing, whatever it says."""
    return isinstance(item, dict) and "id" in item and item.get("status") == "Disabled"


def at(value: Any, way: list[Any]) -> Any:
    for key in way:
        value = value[key]
    return value


def put(value: Any, way: list[Any], new: Any) -> Any:
    result = copy.deepcopy(value)
    at(result, way[:-1])[way[-1]] = new
    return result


def weaker(rule: Any, value: Any) -> list[Any]:
    """Values that protect less than `value`, by the name of the rule's direction."""
    direction = rule.direction
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match type(direction).__name__:
        case "Lowered" if number and value > 1:
            return [value - 1, 1, *([None, 0] if direction.null == "least" else [])]
        case "Lowered" if value is None and direction.null == "most":
            return [5]
        case "Raised" if number and value > 0:
            return [value + 1, value * 10]
        case "TurnedOff" if value in (True, "true"):
            return [False, "false", *([] if direction.null else [None])]
        case "TurnedOn" if value is False:
            return [True, *([None] if direction.null else [])]
        case "Ranked":
            rank = next((i for i, group in enumerate(direction.groups) if value in group), len(direction.groups))
            return [other for group in direction.groups[rank + 1 :] for other in group]
        case "Leaves" if value in direction.good:
            return ["something else", None]
        case "Becomes" if value not in direction.bad:
            return list(direction.bad)
        case "Changed" | "Differs" if value not in (None, "", [], {}, 0):
            return [other(value), None]
        case "Differs":
            return ["set now"]
        case "Removed" if value not in (None, "", [], {}):
            return [None, [] if isinstance(value, list) else None]
        case "Shrunk" if isinstance(value, list) and value:
            return [value[1:]] if "*" not in value else [["arn:something"]]
        case "Grown" if "*" not in (value or []):
            return [[*(value or []), _member(value)]]
        case "Rarer" if value:
            return ["rate(400 days)", None]
        case "PolicyWeaker" if isinstance(value, str) and value.startswith("{"):
            return list(_weaker_policies(json.loads(value), direction.kind))
    return []


def stronger(rule: Any, value: Any) -> list[Any]:
    """Values that protect as much or more."""
    direction = rule.direction
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match type(direction).__name__:
        case "Lowered" if number and value > 0:
            return [value + 1, *([None] if direction.null == "most" else [])]
        case "Raised" if number and value > 1:
            return [value - 1]
        case "TurnedOff" if value is not True:
            return [True]
        case "TurnedOn" if value is True:
            return [False]
        case "Ranked":
            rank = next((i for i, group in enumerate(direction.groups) if value in group), 0)
            return [other for group in direction.groups[: rank + 1] for other in group]
        case "Leaves" if value not in direction.good:
            return list(direction.good)
        case "Changed" if value is None:
            return ["set now"]
        case "Shrunk" if isinstance(value, list):
            return [[*value, _member(value)], [*reversed(value)]]
        case "Grown" if isinstance(value, list) and value:
            return [value[1:], [*reversed(value)]]
        case "Rarer" if value:
            return ["rate(1 minute)"]
        case "PolicyWeaker" if isinstance(value, str) and value.startswith("{"):
            return list(_same_policies(json.loads(value)))
    return []


def other(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: other(item) for key, item in value.items()}
    if isinstance(value, list):
        return [other(item) for item in value]
    return value + 1 if isinstance(value, int | float) else f"{value}-other"


def _member(value: Any) -> Any:
    sample = value[0] if value else "arn:something"
    return {key: f"{item}-more" for key, item in sample.items()} if isinstance(sample, dict) else f"{sample}-more"


def _statements(policy: Any) -> list[Any]:
    found = policy["Statement"]
    return found if isinstance(found, list) else [found]


def _weaker_policies(policy: Any, kind: str) -> Iterator[str]:
    for index, statement in enumerate(_statements(policy)):
        others = [s for i, s in enumerate(_statements(policy)) if i != index]
        if statement["Effect"] == "Deny":
            condition = {**statement.get("Condition", {}), "StringEquals": {"aws:username": "x"}}
            yield json.dumps({**policy, "Statement": others})
            yield json.dumps({**policy, "Statement": [*others, {**statement, "Condition": condition}]})
    if kind != "guardrail":
        yield json.dumps({**policy, "Statement": [*_statements(policy), ALLOW_ALL]})


def _same_policies(policy: Any) -> Iterator[str]:
    statements = _statements(policy)
    yield json.dumps({**policy, "Statement": [*reversed(statements)]})
    yield json.dumps({**policy, "Statement": [{**s, "Sid": f"Renamed{i}"} for i, s in enumerate(statements)]})
    yield json.dumps({**policy, "Statement": [*statements, {**ALLOW_ALL, "Effect": "Deny"}]})
    split = [{**s, "Action": action} for s in statements for action in _list(s.get("Action", "*"))]
    if all("Action" in s for s in statements):
        yield json.dumps({**policy, "Statement": split})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def has_unknown(shadow: Any) -> bool:
    return "true" in json.dumps(shadow)


def entry_of(type_: str, before: Any, after: Any) -> Any:
    change = {"actions": ["update"], "before": before, "after": after, "after_unknown": {}}
    address = f"{type_}.x"
    return {
        "change": {"address": address, "mode": "managed", "type": type_, "name": "x", "change": change},
        "configuration": {"address": address, "expressions": {name: {} for name in {*before, *after}}},
    }


def mutations(states, rule, make) -> Iterator[tuple[str, Any, Any]]:
    for type_ in rule.types:
        for before in states.get(type_, ()):
            for way in places(before, rule):
                for new in make(rule, at(before, way)):
                    if new != at(before, way):
                        yield type_, before, put(before, way, new)


COMPARED = [
    rule
    for rule in CATALOGUE.values()
    if not isinstance(rule.direction, Gone | Appears | Described)
    and rule.reading.name not in OTHER_READINGS
    and type(rule.direction).__name__ not in ("Added", "Narrowed", "Widened")
    and rule.provider == 5
]
