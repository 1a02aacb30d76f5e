"""Durations as people write them in an environment file: `90s`, `60m`, `4h`, `35d`, `7y`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_PATTERN = r"^[1-9][0-9]{0,6}(s|m|h|d|w|y)$"


def parse_duration(text: Any) -> timedelta:
    """Turn `35d` into a `timedelta`. A year is 365 days, as S3 Object Lock counts it.

    Raises:
        ValueError: for anything but a whole positive number followed by one unit.
    """
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not re.fullmatch(_PATTERN, text):
        raise ValueError("a duration is a whole positive number and one of s, m, h, d, w, y, such as 90s, 4h or 35d")
    try:
        return int(text[:-1]) * _UNITS[text[-1]]
    except OverflowError:
        raise ValueError("this duration is longer than can be counted") from None


def format_duration(duration: timedelta) -> str:
    """Write a `timedelta` back in its largest exact unit up to days: `timedelta(hours=48)` is `2d`."""
    seconds = int(duration.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["90s", "4h", "35d"]}),
]
