"""Hold Ctrl-C and SIGTERM back for a moment in which an exception out of nowhere would do harm, such as while a thread
is started: `Thread.start` takes an error raised in it for a thread that never ran, and that thread then dies of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

_HELD = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_held() -> Iterator[None]:
    """Deliver what comes meanwhile at the end, to whoever would have heard it; keep the block short.

    Python runs handlers in the main thread only, so there is nothing to hold back in another one. The signals are not
    blocked: a thread started meanwhile, and every process it starts, would inherit that and never hear one again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: handler for number in _HELD if (handler := signal.getsignal(number)) is not None}
    _handle(dict.fromkeys(before, note))
    try:
        yield
    finally:
        _handle(before)
        for number in came:
            signal.raise_signal(number)


def _handle(handlers: Mapping[signal.Signals, Any]) -> None:
    """Exchange the handlers all at once: what comes between is answered by the new ones."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
