"""SIGINT and SIGTERM while a command runs: an exception, so that it can tidy up, and not lost on the way."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from holdfast.errors import Interrupted, Terminated

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_SECONDS = 0.01


def raise_signals() -> None:
    """Let a command be interrupted where it can tidy up; what the caller ignores stays ignored."""
    for number, handler in ((signal.SIGTERM, _terminate), (signal.SIGINT, signal.default_int_handler)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
    sys.unraisablehook = _once_more


def end_quietly() -> None:
    """The command is over and its exit code is known: a Ctrl-C from now on changes nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a handler would be taken back while Python ends


def _terminate(_signal: int, _frame: FrameType | None) -> Any:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated(during="the command")


def _once_more(dropped: UnraisableHookArgs) -> None:
    """Send the signal again when its exception was dropped: it came while compiled code called back into Python."""
    if not issubclass(dropped.exc_type, KeyboardInterrupt | Interrupted):
        sys.__unraisablehook__(dropped)
        return
    number = signal.SIGTERM if issubclass(dropped.exc_type, Terminated) else signal.SIGINT
    if number == signal.SIGTERM:
        signal.signal(number, _terminate)
    threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number)).start()  # not from within this hook
