"""The first moments of the program, before anything is imported that could say why it ends."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # of `signal`, what is there without importing enum and the like
import os
import sys

_ENDS = {_signal.SIGINT: (130, "interrupted"), _signal.SIGTERM: (143, "terminated")}


def main() -> None:
    """Entry point of the `holdfast` program."""
    end_at_once()
    from holdfast.cli.main import main as command_line

    command_line()


def end_at_once() -> None:
    """Ctrl-C and SIGTERM end the process where it stands, with the line, document and exit code of `Interrupted`.

    Until a command has begun there is nothing to tidy up. What the caller ignores (`nohup`, a job in the background)
    stays ignored.
    """
    for number in _ENDS:
        if _signal.getsignal(number) in (_signal.SIG_DFL, _signal.default_int_handler):
            _signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    code, what = _ENDS[number]
    message = f"{what} during the command"
    if "--json" in sys.argv:
        os.write(1, _DOCUMENT.format(error=what, message=message, code=code).encode())
    os.write(2, f"error: {message}\n".encode())
    os._exit(code)


_DOCUMENT = """{{
  "schema": "holdfast.error/1",
  "error": "{error}",
  "message": "{message}",
  "hint": null,
  "file": null,
  "line": null,
  "exit_code": {code}
}}
"""
