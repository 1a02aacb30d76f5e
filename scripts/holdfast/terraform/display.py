"""Progress for people: a live line a stack on a terminal, a line an event elsewhere."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from types import TracebackType
from typing import TYPE_CHECKING

from holdfast.terraform.events import Event, EventKind

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "±"}


class Display:
    """Shows events; use it as a context manager and give it to `Terraform.find` as `progress`.

    Args:
        console: where to; a live display when it is a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._live: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._running: defaultdict[str, dict[str, Event]] = defaultdict(dict)
        self._done: Counter[str] = Counter()

    def __enter__(self) -> Display:
        if self._console.is_terminal:
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._live = Progress(*columns, console=self._console, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            self._tasks.clear()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        with self._lock:
            self._count(event)
            if self._live is not None:
                self._show(self._live, event)
            line = _line(event)
            if line and (self._live is None or event.kind is EventKind.WARNING):
                self._console.print(line, markup=False, soft_wrap=True)

    def _count(self, event: Event) -> None:
        running = self._running[event.stack]
        if event.kind is EventKind.COMMAND:
            running.clear()
            self._done[event.stack] = 0
        elif event.kind in (EventKind.STARTED, EventKind.PROGRESS):
            running[event.address] = event
        elif event.kind in (EventKind.DONE, EventKind.FAILED):
            running.pop(event.address, None)
            self._done[event.stack] += 1

    def _show(self, live: Progress, event: Event) -> None:
        if event.stack not in self._tasks:
            self._tasks[event.stack] = live.add_task("", total=None)
        live.update(self._tasks[event.stack], description=self._description(event))

    def _description(self, event: Event) -> str:
        running = self._running[event.stack]
        text = f"{event.stack}: {event.command}"
        if self._done[event.stack]:
            text += f", {self._done[event.stack]} done"
        if running:
            oldest = max(running.values(), key=lambda each: each.elapsed)
            text += f", {oldest.action} {oldest.address}"
            text += f" ({oldest.elapsed.total_seconds():.0f} s)" if oldest.elapsed else ""
            text += f" and {len(running) - 1} more" if len(running) > 1 else ""
        return text


def _line(event: Event) -> str:
    seconds = f" ({event.elapsed.total_seconds():.0f} s)" if event.elapsed else ""
    match event.kind:
        case EventKind.COMMAND:
            return f"{event.stack}: {event.text}"
        case EventKind.DONE:
            return f"{event.stack}: {_SIGNS.get(event.action, event.action)} {event.address}{seconds}"
        case EventKind.PROGRESS:
            return f"{event.stack}: … {event.action} {event.address}{seconds}"
        case EventKind.FAILED:
            return f"{event.stack}: failed: {event.action} {event.address}{seconds}"
        case EventKind.WARNING:
            return f"{event.stack}: warning: {event.text}" + (f" ({event.address})" if event.address else "")
    return ""
