"""The runbook as Markdown, and as one HTML file to print."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from holdfast.environments.model import Environment
from holdfast.restore.runbook import Step, sections_of


def markdown(environment: Environment) -> str:
    """The runbook as Markdown."""
    lines = [f"# Recovery runbook: {environment.environment}", ""]
    lines += [f"Written by `holdfast runbook {environment.environment}` from the environment file. Do not edit it.", ""]
    for section in sections_of(environment):
        lines += [f"## {section.title}", "", section.intro, ""]
        if section.rows:
            head, *rest = section.rows
            lines += [_row(head), _row(["---"] * len(head)), *map(_row, rest), ""]
        for number, step in enumerate(section.steps, 1):
            lines.append(f"{number}. {step.text}")
            if step.commands:
                lines += ["", "   ```sh", *(f"   {command}" for command in step.commands), "   ```", ""]
        if section.steps and lines[-1]:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def page(environment: Environment) -> str:
    """The runbook as one HTML file without scripts, to print."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8">',
        f"<title>Recovery runbook: {html.escape(environment.environment)}</title>",
        "<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "pre{background:#f4f4f4;padding:.7rem;overflow-x:auto}td,th{border:1px solid #ccc;padding:.3rem .6rem;"
        "text-align:left}table{border-collapse:collapse}</style>",
        f"<h1>Recovery runbook: {html.escape(environment.environment)}</h1>",
    ]
    for section in sections_of(environment):
        parts += [f"<h2>{html.escape(section.title)}</h2>", f"<p>{html.escape(section.intro)}</p>"]
        if section.rows:
            parts += ["<table>", *_table(section.rows), "</table>"]
        if section.steps:
            parts += ["<ol>", *(_item(step) for step in section.steps), "</ol>"]
    return "\n".join(parts) + "\n</html>\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        yield "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>"


def _item(step: Step) -> str:
    commands = html.escape("\n".join(step.commands))
    return f"<li>{html.escape(step.text)}" + (f"<pre>{commands}</pre>" if commands else "") + "</li>"
