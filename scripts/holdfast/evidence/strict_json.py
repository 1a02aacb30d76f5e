"""JSON that means the same to every reader: strict to parse, and with one way to be written.

Python's parser accepts repeated keys, NaN, numbers of any size and half surrogate pairs. Two programs that read such a
document may disagree about what was signed, so all of it is refused (I-JSON, RFC 7493).
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from holdfast.evidence.refusals import (
    DuplicateJsonKey,
    LoneSurrogate,
    NestingTooDeep,
    NonFiniteNumber,
    NotJson,
    NotUtf8,
    NumberOutOfRange,
)

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
MAX_NUMBER_CHARACTERS = 32


def parse(data: bytes) -> Any:  # JSON is any of six types
    """Read one JSON document.

    Raises:
        Refusal: its class says which rule the document breaks.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8(position=error.start) from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
        )
        _check(value, 1)
    except json.JSONDecodeError as error:
        raise NotJson(problem=error.msg, position=error.pos) from None
    except RecursionError:
        raise NestingTooDeep(limit=MAX_DEPTH) from None
    return value


def canonical(value: Any) -> bytes:
    """Write a JSON value in its one form: keys sorted by code point, no spaces, UTF-8, no escapes but the needed ones.

    Raises:
        NonFiniteNumber: for NaN or an infinity.
        LoneSurrogate: for a string that is no text.
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise NonFiniteNumber(literal=str(error)) from None
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise LoneSurrogate from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise DuplicateJsonKey(key=repeated[:80])
    return found


def _integer(literal: str) -> int:
    if len(literal) > MAX_NUMBER_CHARACTERS or abs(int(literal)) > MAX_INTEGER:
        raise NumberOutOfRange(length=len(literal), literal=literal[:20])
    return int(literal)


def _decimal(literal: str) -> float:
    if len(literal) > MAX_NUMBER_CHARACTERS:
        raise NumberOutOfRange(length=len(literal), literal=literal[:20])
    number = float(literal)
    if not math.isfinite(number):
        raise NumberOutOfRange(length=len(literal), literal=literal[:20])
    return number


def _constant(literal: str) -> NoReturn:
    raise NonFiniteNumber(literal=literal)


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise NestingTooDeep(limit=MAX_DEPTH)
        for key in value if isinstance(value, dict) else ():
            _check_text(key)
        for each in value.values() if isinstance(value, dict) else value:
            _check(each, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise LoneSurrogate from None
