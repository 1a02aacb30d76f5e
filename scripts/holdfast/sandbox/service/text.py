"""Values as text: out of a path, a query or a form, and into a header or XML."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp


class NotAValue(ValueError):
    """The text is no value of the shape."""


def read_text(shape: Shape, text: str) -> Any:
    """The value of a shape a text stands for.

    Raises:
        NotAValue: it stands for none.
    """
    try:
        if shape.type_name in {"integer", "long"}:
            return int(text)
        if shape.type_name in {"float", "double"}:
            return float(text)
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text.lower()]
        if shape.type_name == "blob":
            return base64.b64decode(text, validate=True)
        return read_instant(text) if shape.type_name == "timestamp" else text
    except (ValueError, KeyError):
        raise NotAValue(f"{shape.name} cannot be {text!r}") from None


def read_instant(value: Any) -> datetime:
    """A time, however it is put.

    Raises:
        NotAValue: it is none.
    """
    try:
        return parse_timestamp(value).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise NotAValue(f"not a time: {value!r}") from None


def write_text(value: Any) -> str:
    """A simple value as text: times in RFC 3339 to the millisecond, bytes as base64."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
