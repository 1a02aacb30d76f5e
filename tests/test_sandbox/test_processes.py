"""Ending exactly the process that was started, however it resists, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.clock import SystemClock
from holdfast.errors import Terminated
from holdfast.sandbox import processes
from holdfast.sandbox.processes import Process, end, is_alive, spawn, start_mark

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time; "
    "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
)


def python(code: str, folder: Path) -> Process:
    return spawned([sys.executable, "-c", code], folder)


def spawned(command: list[str], folder: Path, record: Callable[[Process], None] = lambda _: None) -> Process:
    return spawn(command, environment=dict(os.environ), folder=folder, log=folder / "log", record=record)


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if path.read_text().endswith("\n"):
            return path.read_text().strip()
        time.sleep(0.01)
    raise AssertionError(f"{path} stayed empty")


def test_a_process_is_known_by_more_than_its_number(tmp_path: Path) -> None:
    process = python("import time; time.sleep(60)", tmp_path)
    try:
        assert is_alive(process)
        assert not is_alive(Process(process.pid, "another start"))
        assert not end(Process(process.pid, "another start"), SystemClock())
        assert is_alive(process)
    finally:
        assert end(process, SystemClock())
    assert not is_alive(process)


def test_a_process_without_a_mark_is_never_ours() -> None:
    assert not is_alive(Process(os.getpid(), ""))


def test_one_that_ignores_being_asked_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_TERM_SECONDS", 0.3)
    process = python(STUBBORN, tmp_path)
    wait_for(tmp_path / "log")

    assert end(process, SystemClock())
    assert not is_alive(process)


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    process = python(PARENT, tmp_path)
    child = int(wait_for(tmp_path / "log"))
    mark = start_mark(child)

    end(process, SystemClock())

    deadline = time.monotonic() + 60
    while start_mark(child) == mark and time.monotonic() < deadline:
        time.sleep(0.01)
    assert start_mark(child) != mark


def test_one_that_ended_by_itself_is_not_alive(tmp_path: Path) -> None:
    process = python("pass", tmp_path)
    deadline = time.monotonic() + 120
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not is_alive(process)
    assert not end(process, SystemClock())


def test_ps_tells_the_same_where_there_is_no_proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_has_proc", lambda: False)
    process = python("import time; time.sleep(60)", tmp_path)
    try:
        assert process.started
        assert is_alive(process)
        assert start_mark(2**22 + 1) is None
    finally:
        end(process, SystemClock())
    assert not is_alive(process)


def test_the_log_is_for_its_owner_only(tmp_path: Path) -> None:
    end(python("import time; time.sleep(60)", tmp_path), SystemClock())

    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_program_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        spawned(["no-such-program"], tmp_path)


def test_a_spawned_process_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from holdfast.sandbox.processes import spawn; "
        "folder, sleep = Path(sys.argv[1]), [sys.executable, '-c', 'import time; time.sleep(60)']; "
        "how = {'environment': dict(os.environ), 'folder': folder, 'log': folder / 'log'}; "
        "process = spawn(sleep, **how, record=lambda _: None); "
        "print(process.pid, process.started)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    ).stdout.split()
    process = Process(int(said[0]), said[1])
    try:
        assert is_alive(process)
    finally:
        end(process, SystemClock())


NEVER = "print('it began', flush=True)"


def test_a_process_begins_once_it_is_recorded_and_is_the_one_recorded(tmp_path: Path) -> None:
    recorded: list[Process] = []

    def record(process: Process) -> None:
        assert is_alive(process)
        time.sleep(0.2)
        assert (tmp_path / "log").read_text() == ""
        recorded.append(process)

    process = spawned([sys.executable, "-c", "import os; print(os.getpid())"], tmp_path, record)

    assert recorded == [process]
    assert int(wait_for(tmp_path / "log")) == process.pid


def test_what_cannot_be_recorded_never_begins(tmp_path: Path) -> None:
    recorded: list[Process] = []

    def refuse(process: Process) -> None:
        recorded.append(process)
        raise RuntimeError("no space left")

    with pytest.raises(RuntimeError, match="no space left"):
        spawned([sys.executable, "-c", NEVER], tmp_path, refuse)

    assert start_mark(recorded[0].pid) is None
    assert (tmp_path / "log").read_text() == ""


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)])
def test_a_signal_as_it_begins_is_heard_and_nobody_waits_for_its_end(tmp_path, monkeypatch, number, error) -> None:
    """Between the line that opens the gate and the note that it is not waited for."""
    recorded: list[Process] = []
    write = os.write

    def struck(*given) -> int:
        written = write(*given)
        signal.raise_signal(number)
        return written

    def terminate(*_) -> None:
        raise Terminated(during="the command")

    before = [signal.signal(signal.SIGTERM, terminate), signal.signal(signal.SIGINT, signal.default_int_handler)]
    monkeypatch.setattr(processes.os, "write", struck)
    try:
        with pytest.raises(error):
            spawned([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, recorded.append)
    finally:
        monkeypatch.undo()
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])

    assert is_alive(recorded[0]), "it began, and is on record for whoever clears away"
    assert end(recorded[0], SystemClock())


def test_a_starter_killed_before_it_recorded_leaves_nothing(tmp_path: Path) -> None:
    """SIGKILL at the worst moment: the process exists, and nobody has written down that it does."""
    code = (
        "import os, signal, sys; from pathlib import Path; from holdfast.sandbox.processes import spawn\n"
        "def die(process):\n"
        "    Path(sys.argv[1], 'seen').write_text(f'{process.pid} {process.started}')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "folder = Path(sys.argv[1])\n"
        f"spawn([sys.executable, '-c', {NEVER!r}], environment=dict(os.environ), folder=folder, log=folder / 'log', "
        "record=die)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == -signal.SIGKILL

    pid, started = (tmp_path / "seen").read_text().split()
    deadline = time.monotonic() + 60
    while is_alive(Process(int(pid), started)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(Process(int(pid), started))
    assert (tmp_path / "log").read_text() == ""
