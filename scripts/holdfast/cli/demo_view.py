"""The demo as a person watches it: one line a step, and a spinner on the step in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.demo.folder import from_here
from holdfast.demo.steps import Step

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from holdfast.demo.outcome import Outcome


class ConsoleView:
    """Prints on the given console; where that is no terminal, finished lines only."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._title = ""

    def started(self, title: str) -> None:
        """Start the spinner."""
        self._title = title
        if self._console.is_terminal:
            self._status = self._console.status(title)
            self._status.start()

    def progressed(self, text: str) -> None:
        """Say beside the spinner what goes on."""
        if self._status is not None:
            from rich.markup import escape

            self._status.update(f"{self._title}  [dim]{escape(text)}[/dim]")

    def finished(self, step: Step) -> None:
        """Replace the spinner by the finished line."""
        from rich.text import Text

        if self._status is not None:
            self._status.stop()
            self._status = None
        mark = Text("✓ ", "green") if step.good else Text("✗ ", "red")
        line = mark + Text(f"{step.title:<46}", "bold") + Text(f"{step.seconds:6.1f} s  ", "cyan") + Text(step.summary)
        self._console.print(line, soft_wrap=True)


_NARROWEST = 140
"""Columns of the table where it is not shown on a terminal."""
_TONES = {"PASSED": "green", "met": "green", "proved": "green", "FAILED": "red", "missed": "red", "refuted": "red"}


def print_outcome(outcome: Outcome, console: Console) -> None:
    """The final table, what was not exercised, and where the report is."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("OBJECTIVE", "SUBJECT", "SCENARIO", "TARGET", "MEASURED", "VERDICT", "HOW"):
        table.add_column(name, header_style="bold", overflow="fold", no_wrap=name != "MEASURED")
    for row in outcome.objectives:
        tone = _TONES.get(row.verdict, "yellow")
        cells = (row.objective, row.subject, row.scenario, row.target, row.measured)
        table.add_row(*map(escape, cells), f"[{tone}]{row.verdict}[/{tone}]", escape(row.how))
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print()
    console.print(table)
    for drill in outcome.drills:
        for reason in drill["reasons"]:
            console.print(f"{drill['kind']}: {reason}", style="dim", markup=False, soft_wrap=True)
    left_out: dict[tuple[str, str], int] = {}
    for each in outcome.declared_not_exercised:
        left_out[each["type"], each["reason"]] = left_out.get((each["type"], each["reason"]), 0) + 1
    if left_out:
        console.print("\nDeclared and planned, not exercised here:", style="bold")
        for (kind, reason), count in left_out.items():
            console.print(f"  {count} × {kind}: {reason}", markup=False, soft_wrap=True)
    console.print(f"\nVerify it yourself: {outcome.verify_command}", markup=False, soft_wrap=True)
    if outcome.report:
        console.print(f"Report: {from_here(outcome.report)}", markup=False, soft_wrap=True)
    console.print(
        f"{outcome.verdict} in {outcome.duration_seconds:.0f} s", style=f"bold {_TONES.get(outcome.verdict, 'yellow')}"
    )
