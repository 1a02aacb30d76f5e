"""Records in exports: one object a line (JSON lines), or one row (CSV, RFC 4180, with a header). UTF-8.

What was not erased keeps its bytes. A file that cannot be understood is refused, never passed over: an erased record
might be in it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

MAX_LINE = 16 * 1024 * 1024
"""No line of an export is longer; one that is makes the file one that is not understood."""
JSON_LINES = frozenset({".jsonl", ".ndjson"})
CSV = frozenset({".csv"})


class NotUnderstood(Exception):
    """Why a file cannot be read record by record."""


@dataclass(frozen=True)
class Row:
    """One record: its bytes in the file, its line (from 1), and its fields; a CSV header has none."""

    raw: bytes
    line: int
    fields: dict[str, str]


def holds_records(name: str) -> bool:
    """Whether a file of this name is an export that is looked into."""
    return PurePosixPath(name).suffix.lower() in JSON_LINES | CSV


def rows(name: str, file: BinaryIO) -> Iterator[Row]:
    """The records of an export.

    Raises:
        NotUnderstood: a line is too long, no UTF-8, no JSON object, or a row longer than the header.
    """
    is_csv = PurePosixPath(name).suffix.lower() in CSV
    yield from _csv(file) if is_csv else _json_lines(file)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise NotUnderstood(f"a line is longer than {MAX_LINE} bytes")
        yield line


def _json_lines(file: BinaryIO) -> Iterator[Row]:
    for number, raw in enumerate(_lines(file), 1):
        if not raw.strip():
            yield Row(raw, number, {})
            continue
        try:
            document = json.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise NotUnderstood(f"line {number} is no JSON") from None
        if not isinstance(document, dict):
            raise NotUnderstood(f"line {number} is no JSON object")
        yield Row(raw, number, {str(name): _text(value) for name, value in document.items()})


def _csv(file: BinaryIO) -> Iterator[Row]:
    taken: list[bytes] = []

    def texts() -> Iterator[str]:
        for number, raw in enumerate(_lines(file), 1):
            taken.append(raw)
            try:
                yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise NotUnderstood(f"line {number} is no UTF-8") from None

    header: list[str] | None = None
    line = 1
    try:
        for cells in csv.reader(texts(), strict=True):
            raw, count = b"".join(taken), len(taken)
            taken.clear()
            if header is None:
                header = cells
                yield Row(raw, line, {})
            elif len(cells) > len(header):
                raise NotUnderstood(f"line {line} has more cells than the header")
            else:
                yield Row(raw, line, dict(zip(header, cells, strict=False)))
            line += count
    except csv.Error as error:
        raise NotUnderstood(f"line {line}: {error}") from None
    if taken:
        yield Row(b"".join(taken), line, {})


def _text(value: object) -> str:
    """A value as it is erased: text as it is, everything else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
