"""The demo as a person watches it: one line a step, and a spinner on the step in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.demo.steps import Step

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


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
