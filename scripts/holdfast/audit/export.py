"""The audit log for other programs: JSON, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = (
    "number",
    "at",
    "environment",
    "action",
    "phase",
    "actor",
    "principal",
    "target",
    "previous",
    "value",
    "outcome",
    "flags",
    "follows",
    "digest",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""A cell that begins so is run as a formula by one spreadsheet or another (OWASP, CSV injection)."""


def csv_lines(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The entries as CSV (RFC 4180), a line at a time, the header first."""
    yield _row(COLUMNS)
    for entry in entries:
        yield _row([_cell(entry.get(name)) for name in COLUMNS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "".join(each if each.isprintable() or each in "\t" else f"\\u{{{ord(each):x}}}" for each in text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
