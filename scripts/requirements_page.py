"""Write docs/requirements.md from docs/requirements.yaml: what is promised, what keeps it, which test shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROWS = Path(__file__).resolve().parent.parent / "docs" / "requirements.yaml"
_HEAD = """\
# Requirements

What Holdfast promises, what in this repository keeps each promise, and the tests that show it. This page is written by
`scripts/generate-docs` from `docs/requirements.yaml`; `tests/test_house/test_requirements.py` fails when something
named here is not there or no longer collected.

*Declared*: a construct or stack. *Proved*: before apply, by `holdfast prove` and every synthesis. *Drilled*: measured
on what is provisioned. *Reported*: evidence somebody else can check. *Kept*: a habit of the code.
"""


def rows() -> list[dict[str, Any]]:
    """The groups of docs/requirements.yaml, each with its rows."""
    loaded: list[dict[str, Any]] = YAML(typ="safe").load(ROWS.read_text(encoding="utf-8"))
    return loaded


def requirements_page() -> str:
    """The page."""
    parts = [_HEAD]
    for group in rows():
        parts.append(f"\n## {group['group']}\n\n| id | promise | kind | kept by | shown by |\n|---|---|---|---|---|\n")
        parts.extend(_line(row) for row in group["rows"])
    return "".join(parts)


def _line(row: dict[str, Any]) -> str:
    kept = ", ".join(f"`{each.rpartition(':')[2].removeprefix('holdfast.')}`" for each in row["by"])
    shown = ", ".join(_test(each) for each in row["tests"])
    text = row["text"] + (f" *{row['note']}*" if "note" in row else "")
    return f"| {row['id']} | {text} | {', '.join(row['kind'])} | {kept} | {shown} |\n"


def _test(name: str) -> str:
    path, _, function = name.partition("::")
    return f"[{function.removeprefix('test_').replace('_', ' ')}](../{path})"
