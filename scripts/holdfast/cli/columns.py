"""Rows of text as aligned columns."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.cli.plain_text import printable


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text, a line each; each column is as wide as its widest cell, the last of a row as it is.

    Cells hold what somebody once typed: what would move the cursor or begin a line is escaped.
    """
    rows = [[printable(cell).replace("\n", "\\n").replace("\t", " ") for cell in row] for row in rows]
    widths: dict[int, int] = {}
    for row in rows:
        for place, cell in enumerate(row[:-1]):
            widths[place] = max(widths.get(place, 0), len(cell))
    lines = ("  ".join(cell.ljust(widths.get(place, 0)) for place, cell in enumerate(row)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
