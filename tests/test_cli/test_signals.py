"""Ctrl-C and SIGTERM at any moment of a command: one line, the documented exit code, one document with `--json`."""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from holdfast.errors import Interrupted, Terminated

ROOT = Path(__file__).parents[2]
ENDS = [(signal.SIGINT, Interrupted), (signal.SIGTERM, Terminated)]
STRUCK = """
import os, signal, sys
class Struck:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Struck())
from holdfast.cli.start import main
main()
"""
EARLY = ["holdfast.cli.main", "click", "holdfast.cli.plain_text", "holdfast.cli.signals", "holdfast.errors"]
LATE = [
    "holdfast.cli.env",
    "holdfast.cli.settings",
    "holdfast.environments.loading",
    "pydantic",
    "holdfast.environments.model",
]


def program(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOLDFAST_ENVIRONMENTS": str(ROOT / "environments")}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=240)


@pytest.mark.parametrize("module", [*EARLY, *LATE])
@pytest.mark.parametrize(("number", "error"), ENDS)
def test_a_signal_while_something_is_imported_is_one_line(module: str, number: int, error: type[Interrupted]) -> None:
    ran = program(STRUCK.format(module=module, number=int(number)), "env", "show", "sandbox")

    assert (ran.returncode, ran.stdout) == (error.exit_code, "")
    assert ran.stderr.strip() == f"error: {error(during='the command').message}"


@pytest.mark.parametrize("module", ["holdfast.cli.main", "holdfast.environments.loading"])
@pytest.mark.parametrize(("number", "error"), ENDS)
def test_with_json_it_is_one_document_too(module: str, number: int, error: type[Interrupted]) -> None:
    ran = program(STRUCK.format(module=module, number=int(number)), "env", "show", "sandbox", "--json")

    assert json.loads(ran.stdout) == error(during="the command").document()
    assert ran.returncode == error.exit_code


@pytest.mark.parametrize("module", ["click", "holdfast.environments.loading"])
def test_what_the_caller_ignores_stays_ignored(module: str) -> None:
    """A job in the background of a script, or under `nohup`."""
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    code = ignoring + STRUCK.format(module=module, number=int(signal.SIGINT))

    ran = program(code, "env", "show", "sandbox")

    assert (ran.returncode, ran.stderr) == (0, "")


DROPPED = """
import os, time
from holdfast.cli.signals import raise_signals
class Last:
    def __del__(self):
        os.kill(os.getpid(), {number})
        time.sleep(0.001)
raise_signals()
last = Last()
try:
    del last
    time.sleep(30)
except BaseException as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, "Terminated")])
def test_a_signal_whose_exception_was_dropped_comes_again(number: int, name: str) -> None:
    """An exception raised in a finalizer, or under compiled code that calls back, goes nowhere."""
    ran = program(DROPPED.format(number=int(number)))

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{name}\n", "")


AFTERWARDS = """
import os, sys, threading
from holdfast.cli.signals import raise_signals
def say(): print("a line of Node's", file=sys.stderr); sys.stderr.buffer.write(b"and another")
class Last:
    def __del__(self): raise AttributeError("_process")
raise_signals()
try:
    os.kill(os.getpid(), {number})
    threading.Event().wait(30)
except BaseException:
    thread = threading.Thread(target=say)
    thread.start()
    thread.join()
    Last()
    print("interrupted", file=sys.stderr)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_a_signal_only_the_command_is_heard(number: int) -> None:
    """Node is interrupted, too, and its reader prints what it says to that; so do finalizers of what was half made."""
    assert program(AFTERWARDS.format(number=int(number))).stderr == "interrupted\n"


def test_another_exception_that_goes_nowhere_is_still_told() -> None:
    code = (
        "from holdfast.cli.signals import raise_signals\nraise_signals()\n"
        "class Last:\n    def __del__(self):\n        raise OSError('nobody hears this')\nLast()"
    )

    assert re.search(r"Exception ignored in.*nobody hears this", program(code).stderr, re.DOTALL)


def test_a_command_that_is_over_keeps_its_exit_code() -> None:
    code = (
        "import atexit, os, signal\nfrom holdfast.cli.start import main\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\nmain()"
    )

    ran = program(code, "env", "show", "no-such")

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


def test_the_program_begins_there() -> None:
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["holdfast"]
    module, _, function = entry.partition(":")

    assert entry == "holdfast.cli.start:main"
    assert callable(getattr(importlib.import_module(module), function))


def test_the_beginning_imports_next_to_nothing() -> None:
    """What is imported before the signals are taken is time in which Ctrl-C is a traceback."""
    code = "import sys; before = set(sys.modules); import holdfast.cli.start; print(sorted(set(sys.modules) - before))"

    assert program(code).stdout == "['__future__', 'holdfast', 'holdfast.cli', 'holdfast.cli.start']\n"
