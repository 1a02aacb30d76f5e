"""The steps of a demo: what was done, how long it took, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from holdfast.clock import Clock


@dataclass(frozen=True)
class Step:
    """One finished step."""

    title: str
    seconds: float
    summary: str
    good: bool = True


class View(Protocol):
    """Who is told while the demo runs."""

    def started(self, title: str) -> None:
        """A step begins."""

    def progressed(self, text: str) -> None:
        """Something worth showing happened within the step."""

    def finished(self, step: Step) -> None:
        """A step ended, well or not."""


class Running:
    """The step in hand: what it will say of itself."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.summary = ""
        self.good = True

    def progress(self, text: str) -> None:
        """Show that something goes on."""
        self._view.progressed(text)

    def done(self, summary: str, *, good: bool = True) -> None:
        """Say what came of the step; `good` is false where the demo goes on although this did not go well."""
        self.summary, self.good = summary, good


class Steps:
    """The list of steps, in order, as they happened."""

    def __init__(self, view: View, clock: Clock) -> None:
        self._view = view
        self._clock = clock
        self.finished: list[Step] = []

    def progress(self, text: str) -> None:
        """Show that something goes on within the step in hand."""
        self._view.progressed(text)

    @contextmanager
    def step(self, title: str) -> Iterator[Running]:
        """Time one step. A step that raises is recorded as not good, and the error goes on."""
        running, start = Running(self._view), self._clock.monotonic()
        self._view.started(title)
        try:
            yield running
        except BaseException as error:
            running.done(f"stopped: {error}" if str(error) else f"stopped: {type(error).__name__}", good=False)
            raise
        finally:
            step = Step(title, self._clock.monotonic() - start, running.summary, running.good)
            self.finished.append(step)
            self._view.finished(step)
