"""Workflow commands: annotations on the stack files. GitHub shows ten of a kind in a step; the rest is counted.

Source: https://docs.github.com/en/actions/reference/limits
"""

from __future__ import annotations

from collections import Counter

from holdfast.review.finding import Finding, Severity
from holdfast.review.render.escape import command_data, command_property
from holdfast.review.render.location import file_of
from holdfast.review.review import Review

_COMMANDS = {Severity.BLOCK: "error", Severity.HIGH: "error", Severity.WARN: "warning", Severity.INFO: "notice"}
_SHOWN = 8


def render(review: Review) -> str:
    """One command a line, the worst first: eight of a kind, one that counts the rest, one for the whole."""
    shown: Counter[str] = Counter()
    lines = []
    for finding in review.findings:
        command = _COMMANDS[finding.severity]
        shown[command] += 1
        if shown[command] <= _SHOWN:
            lines.append(_annotation(command, finding, review))
    for command, number in shown.items():
        if number > _SHOWN:
            more = f"{number - _SHOWN} more findings omitted: see the Markdown, HTML or JSON output"
            lines.append(f"::{command} title=holdfast review::{more}")
    if review.partial:
        lines.append("::warning title=holdfast review::The review is partial")
    counts = ", ".join(f"{number} {severity}" for severity, number in review.counts.items())
    lines.append(
        f"::notice title=holdfast review::{review.verdict.value}: {counts}, {len(review.suppressed)} suppressed"
    )
    return "\n".join(lines) + "\n"


def _annotation(command: str, finding: Finding, review: Review) -> str:
    title = command_property(f"{finding.rule} {finding.construct or finding.address}")
    text = command_data(f"{finding.address} {finding.path}: {finding.message}")
    return f"::{command} file={command_property(file_of(finding, review))},line=1,title={title}::{text}"
