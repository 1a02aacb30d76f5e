"""Strings out of a plan, made fit to stand in a sentence: one line, no control characters, bounded, in backticks."""

from __future__ import annotations

import json
import unicodedata

from holdfast.review.finding import Json

_LIMIT = 160
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """`text` with every character that could reorder, hide or break lines shown as its code point."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _INVISIBLE else c for c in text)


def shortened(text: str, limit: int = _LIMIT) -> str:
    """`text`, cut in the middle with the number of characters left out when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    tail = limit - head
    return f"{text[:head]}…({len(text) - limit} characters omitted)…{text[-tail:]}"


def quoted(value: Json, limit: int = _LIMIT) -> str:
    """A value out of a plan as it may stand in a message: JSON unless a string, cut, in backticks."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return f"`{visible(shortened(text, limit)).replace('`', chr(39))}`"


def listed(values: list[str], limit: int = 6) -> str:
    """Up to `limit` values in backticks, and how many more there are."""
    shown = ", ".join(quoted(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit} more"
