"""What pydantic found, in the user's words: the file and line, the field, the value, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from holdfast.environments.errors import Problem
from holdfast.environments.faults import did_you_mean
from holdfast.environments.inheritance import REMOVE
from holdfast.environments.model import Environment
from holdfast.environments.provenance import item_name, join
from holdfast.environments.written import Written

_WORDS = {
    "missing": "is missing",
    "bool_type": "is not true or false",
    "string_type": "is not text",
    "string_pattern_mismatch": "is not written as it has to be",
    "string_too_short": "is too short",
    "enum": "is not one of those allowed",
    "too_short": "is empty",
    "model_type": "is not a mapping",
    "dict_type": "is not a mapping",
    "tuple_type": "is not a list",
}
_OF_THE_FILE = ("extends", "abstract")
_LONGEST_VALUE = 80


def from_validation(error: ValidationError, root: Written, *, missing: bool = True) -> list[Problem]:
    """One problem for each error pydantic reports about the plain values of `root`, what is missing only if asked."""
    found = error.errors()
    return [_problem(each, root) for each in found if (missing or each["type"] != "missing") and not _echo(each, found)]


def _echo(found: ErrorDetails, others: list[ErrorDetails]) -> bool:
    """Whether a list or mapping is called empty only because what is in it is wrong."""
    place = found["loc"]
    return found["type"] == "too_short" and any(
        len(each["loc"]) > len(place) and each["loc"][: len(place)] == place for each in others
    )


def _problem(found: ErrorDetails, root: Written) -> Problem:
    kind, shape = found["type"], _shape(found["loc"])
    path, value = _locate(found["loc"], root)
    if found["loc"][-1] == "[key]":
        name, choices = str(found["loc"][-2]), shape.get("enum", ())
        hint = did_you_mean(name, choices)
        return Problem(path, "this name is not allowed", repr(name), _allowed(shape), hint, value.source)
    if kind == "extra_forbidden":
        name, choices = str(found["loc"][-1]), _settings(found["loc"])
        hint = did_you_mean(name, choices) or "see holdfast env schema for all settings"
        if name == REMOVE:
            hint = "only what is inherited can be removed, with `remove: true`"
        return Problem(path, "there is no such setting", repr(name), ", ".join(choices), hint, value.source)
    problem = _WORDS.get(kind, found["msg"].removeprefix("Value error, "))
    got = "nothing" if kind == "missing" else _got(found["input"])
    return Problem(path, problem, got, _allowed(shape), _hint(found, shape), value.source)


def _locate(location: tuple[int | str, ...], root: Written) -> tuple[str, Written]:
    """The dotted path of what pydantic calls `tiers, critical, rules, 0, name`, and the closest value to it."""
    path, key, value = "", "", root
    for part in location:
        if part == "[key]":
            continue
        if isinstance(part, int) and part < len(value.items):
            value = value.items[part]
            path, key = join(path, item_name(value, key, part)), ""
        else:
            key = str(part)
            path, value = join(path, key), value.mapping.get(key, value)
    return path, value


def _shape(location: tuple[int | str, ...]) -> Mapping[str, Any]:
    """What the JSON Schema says about a place."""
    shape, names = _resolve(_schema()), location
    if names[-1] == "[key]":
        shape = _shape(names[:-2])
        return {"type": "string", **_resolve(shape.get("propertyNames", {}))}
    for part in names:
        if isinstance(part, int):
            shape = _resolve(shape.get("items", {}))
        else:
            shape = _resolve(shape.get("properties", {}).get(part) or _value_shape(shape))
    return shape


def _value_shape(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape of the values of a mapping with free names."""
    named = next(iter(shape.get("patternProperties", {}).values()), None) or shape.get("additionalProperties")
    return named if isinstance(named, Mapping) else {}


def _settings(location: tuple[int | str, ...]) -> tuple[str, ...]:
    known = tuple(_shape(location[:-1]).get("properties", {})) if len(location) > 1 else ()
    return known or (*_OF_THE_FILE, *_schema()["properties"])


def _resolve(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape itself, its references followed and "or null" dropped; its own description wins."""
    while True:
        if "$ref" in shape:
            target = _schema()["$defs"][shape["$ref"].rpartition("/")[2]]
        elif "anyOf" in shape:
            target = next(each for each in shape["anyOf"] if each.get("type") != "null")
        else:
            return shape
        shape = {**target, **{key: each for key, each in shape.items() if key not in ("$ref", "anyOf")}}


@cache
def _schema() -> dict[str, Any]:
    return Environment.model_json_schema(by_alias=True)


def _allowed(shape: Mapping[str, Any]) -> str:
    return ", ".join(_allowed_parts(shape)) or "see holdfast env schema"


def _allowed_parts(shape: Mapping[str, Any]) -> Iterator[str]:
    match shape:
        case {"enum": choices}:
            yield from choices
        case {"type": "boolean"}:
            yield "true or false"
        case {"type": "object", "properties": settings}:
            yield f"a mapping with {', '.join(settings)}"
        case {"type": "object"}:
            yield "a mapping of names to values"
        case {"type": "array"}:
            yield "a list of one or more" if shape.get("minItems") else "a list"
        case {"type": "string"}:
            yield shape.get("description") or "text"
            if "minLength" in shape:
                yield f"{shape['minLength']} characters or more"
            if "pattern" in shape:
                yield f"matching {shape['pattern']}"
            if "examples" in shape:
                yield f"such as {' or '.join(shape['examples'])}"


def _got(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = "null" if value is None else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _hint(found: ErrorDetails, shape: Mapping[str, Any]) -> str:
    kind, value = found["type"], found["input"]
    if kind == "missing":
        return f"add it: {shape.get('description', 'it has no default')}"
    if kind == "string_type" and isinstance(value, int | float):
        return "write it in quotes"
    if kind == "bool_type":
        return "write true or false, without quotes"
    if kind == "enum" and isinstance(value, str):
        return did_you_mean(value, shape.get("enum", ()))
    return ""
