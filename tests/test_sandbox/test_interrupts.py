"""Signals while the sandbox starts: the documented exit code, and no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from holdfast import sandbox
from holdfast.sandbox.emulators import EMULATORS
from holdfast.sandbox.processes import is_alive
from holdfast.sandbox.record import read_record
from holdfast.sandbox.status import State

pytestmark = pytest.mark.sandbox


HELD = """
import time
from holdfast.sandbox.launching import Launcher
Launcher._until_healthy = lambda *_: time.sleep(600)
from holdfast.cli.start import main
main()
"""
"""The program, but that its emulators never answer: however slow this machine is, the signal comes before the end."""


def start_and_signal(holdfast, home: Path, number: signal.Signals, after: int = 2):
    """Run `sandbox start`, and send the signal as soon as so many emulators are recorded. Returns those and its end."""
    _, environment = holdfast
    command = [sys.executable, "-c", HELD, "sandbox", "start"]
    child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and child.poll() is None:
        record = read_record(home)
        if record and len(record.emulators) >= after:
            break
        time.sleep(0.001)
    child.send_signal(number)
    _, said = child.communicate(timeout=240)
    assert record is not None
    return [each.process for each in record.emulators], child.returncode, said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_start_leaves_nothing(holdfast, home: Path, number: signal.Signals, code: int) -> None:
    processes, ended_with, said = start_and_signal(holdfast, home, number)

    assert ended_with == code
    assert "Traceback" not in said
    assert not any(is_alive(process) for process in processes)
    assert sandbox.status(home).state is State.STOPPED
    assert not (home / "sandbox" / "runs").exists()


def processes_of(home: Path) -> set[int]:
    """Every process on this machine that was told of this home, but for this one."""
    found = set()
    for each in Path("/proc").glob("[1-9]*"):
        try:
            said = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if str(home).encode() in said and each.name != str(os.getpid()):
            found.add(int(each.name))
    return found


@pytest.mark.parametrize("after", range(1, len(EMULATORS) + 1))
def test_a_killed_start_leaves_no_process_that_is_not_recorded(holdfast, home: Path, after: int) -> None:
    processes, ended_with, _ = start_and_signal(holdfast, home, signal.SIGKILL, after)
    assert ended_with == -signal.SIGKILL

    sandbox.stop(home)

    assert not any(is_alive(process) for process in processes)
    assert processes_of(home) == set()


def test_a_killed_start_can_be_started_again(holdfast, home: Path) -> None:
    processes, ended_with, _ = start_and_signal(holdfast, home, signal.SIGKILL)
    assert ended_with == -signal.SIGKILL

    run = sandbox.start_run(home)

    assert sandbox.status(home).state is State.RUNNING
    assert not run.already
    assert not any(is_alive(process) for process in processes)
    sandbox.stop(home)
    assert processes_of(home) == set()
