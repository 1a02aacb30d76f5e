"""SIGINT and SIGTERM while a command runs: an exception, so that it can tidy up, and not lost on the way.

Ctrl-C reaches jsii's Node as well. What Node, the thread that reads it and finalizers have to say to that helps nobody:
from the first signal on only the command itself is heard.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

from holdfast.errors import Interrupted, Terminated

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_SECONDS = 0.01


def raise_signals() -> None:
    """Let a command be interrupted where it can tidy up; what the caller ignores stays ignored."""
    for number, handler in ((signal.SIGTERM, _terminate), (signal.SIGINT, _interrupt)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
    sys.unraisablehook = _dropped


def end_quietly() -> None:
    """The command is over and its exit code is known: a Ctrl-C from now on changes nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a handler would be taken back while Python ends


class _OnlyMainThread:
    """A stream in which what other threads write goes nowhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._nowhere = Path(os.devnull).open("w")  # noqa: SIM115  # open until the process ends

    def __getattr__(self, name: str) -> Any:
        is_main = threading.current_thread() is threading.main_thread()
        return getattr(self._stream if is_main else self._nowhere, name)


def _interrupt(_signal: int, _frame: FrameType | None) -> Any:
    _hear_only_the_command()
    raise KeyboardInterrupt


def _terminate(_signal: int, _frame: FrameType | None) -> Any:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _hear_only_the_command()
    raise Terminated(during="the command")


def _hear_only_the_command() -> None:
    if not isinstance(sys.stderr, _OnlyMainThread):
        sys.stderr = _OnlyMainThread(sys.stderr)


def _dropped(dropped: UnraisableHookArgs) -> None:
    """An exception that goes nowhere. When it is a signal's, it came while compiled code called back: send it again."""
    if issubclass(dropped.exc_type, KeyboardInterrupt | Interrupted):
        number = signal.SIGTERM if issubclass(dropped.exc_type, Terminated) else signal.SIGINT
        if number == signal.SIGTERM:
            signal.signal(number, _terminate)
        threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number)).start()  # not from within this hook
    elif not isinstance(sys.stderr, _OnlyMainThread):
        sys.__unraisablehook__(dropped)
