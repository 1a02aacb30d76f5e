"""Ctrl-C and SIGTERM, really sent, in every phase: Terraform hears of it once, has time to stop, and is never left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import terraform_ground
from terraform_ground import WAIT, fake_terraform, running, with_program

from holdfast.clock import ManualClock
from holdfast.errors import ServiceError
from holdfast.terraform import Terraform
from holdfast.terraform.errors import TerraformInterrupted, TerraformKilled
from holdfast.terraform.stopping import GRACE_SECONDS, PRESSED_SECONDS, Level, StopSwitch

SECONDS = 240


def begin(home: Path, directory: Path, program: Path | str = "") -> subprocess.Popen[str]:
    """Plan and apply in a child process, in a process group of its own, as a shell starts a job."""
    command = [sys.executable, terraform_ground.__file__, home, directory, program]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0)


def wait_for(path: Path, text: str = "") -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if path.exists() and text in path.read_text():
            return path.read_text()
        time.sleep(0.01)
    raise AssertionError(f"{path} never said {text!r}")


def is_called(calls: Path, command: str) -> bool:
    return calls.exists() and f"{command} " in calls.read_text()


def pid_of(calls: str, command: str) -> int:
    return next(int(line.split()[1]) for line in calls.splitlines() if line.startswith(f"{command} "))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.mark.parametrize("command", ["init", "plan", "show", "apply"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_each_phase_stops_at_the_first_signal(stack, home, tmp_path, command, number, code) -> None:
    program = fake_terraform(tmp_path / "bin", command, WAIT)
    child = begin(home, stack("a").directory, program)
    pid = pid_of(wait_for(tmp_path / "bin" / "calls", f"{command} "), command)

    os.killpg(child.pid, number)  # as a terminal does: to the whole group
    _, said = child.communicate(timeout=SECONDS)

    assert child.returncode == code
    assert "dev-a" in said
    assert "run the same command again" in said
    assert "Traceback" not in said
    assert (tmp_path / "bin" / "signals").read_text() == "INT\n"
    assert not is_running(pid)


def test_no_command_starts_after_a_signal(stack, home, tmp_path) -> None:
    program = fake_terraform(tmp_path / "bin", "init", WAIT, on_interrupt="exit 0")
    child = begin(home, stack("a").directory, program)
    wait_for(tmp_path / "bin" / "calls", "init ")

    child.send_signal(signal.SIGINT)
    child.communicate(timeout=SECONDS)

    assert child.returncode == 130
    assert [line.split()[0] for line in (tmp_path / "bin" / "calls").read_text().splitlines()] == ["init"]


def test_a_second_ctrl_c_presses_and_a_third_kills(stack, home, tmp_path) -> None:
    program = fake_terraform(tmp_path / "bin", "apply", WAIT, on_interrupt="true")
    child = begin(home, stack("a").directory, program)
    pid = pid_of(wait_for(tmp_path / "bin" / "calls", "apply "), "apply")

    child.send_signal(signal.SIGINT)
    wait_for(tmp_path / "bin" / "signals", "INT\n")
    child.send_signal(signal.SIGINT)
    wait_for(tmp_path / "bin" / "signals", "INT\nINT\n")
    assert is_running(pid)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=SECONDS)

    assert child.returncode == 130
    assert "had to be killed" in said
    assert not is_running(pid)


def test_one_that_will_not_stop_is_killed_when_patience_ends(stack, home, tmp_path, deploy) -> None:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    switch = StopSwitch(clock)
    program = fake_terraform(tmp_path / "bin", "apply", WAIT, on_interrupt="true")
    deployment = deploy(stack("a"), terraform=with_program(program, home, stop=switch))
    planned = deployment.plan()

    def ask_once_it_runs() -> None:
        wait_for(tmp_path / "bin" / "calls", "apply ")
        switch.escalate()
        wait_for(tmp_path / "bin" / "signals", "INT\n")
        clock.advance(timedelta(seconds=GRACE_SECONDS + 1))
        wait_for(tmp_path / "bin" / "signals", "INT\nINT\n")
        clock.advance(timedelta(seconds=PRESSED_SECONDS + 1))

    asking = threading.Thread(target=ask_once_it_runs)
    asking.start()
    with pytest.raises(TerraformInterrupted, match="had to be killed"):
        deployment.apply(planned)
    asking.join()
    assert (tmp_path / "bin" / "signals").read_text() == "INT\nINT\n"
    assert switch.level() is Level.KILL


def test_a_terraform_killed_by_the_system_is_one_error(stack, home, tmp_path, deploy) -> None:
    program = fake_terraform(tmp_path / "bin", "plan", "kill -9 $$")

    with pytest.raises(TerraformKilled, match="plan of dev-a was killed by signal 9"):
        deploy(stack("a"), terraform=with_program(program, home)).plan()


class Gone(ServiceError):
    template = "the service is gone"


def test_what_is_watched_ends_the_run_with_its_own_error(stack, home, tmp_path, deploy) -> None:
    program = fake_terraform(tmp_path / "bin", "plan", WAIT)

    def gone_once_it_plans() -> Gone | None:
        return Gone() if is_called(tmp_path / "bin" / "calls", "plan") else None

    terraform = with_program(program, home, watch=gone_once_it_plans)

    with pytest.raises(Gone):
        deploy(stack("a"), stack("b"), terraform=terraform).plan()
    calls = (tmp_path / "bin" / "calls").read_text()
    assert not any(is_running(int(line.split()[1])) for line in calls.splitlines())


def test_an_error_of_ours_leaves_no_terraform_behind(stack, home, tmp_path, deploy) -> None:
    program = fake_terraform(tmp_path / "bin", "plan", WAIT)

    def stumble(event) -> None:
        if event.command == "plan":
            raise RuntimeError("a defect in what shows progress")

    def stumble_later() -> None:
        if is_called(tmp_path / "bin" / "calls", "plan"):
            raise RuntimeError("a defect in what is watched")

    with pytest.raises(RuntimeError, match="watched"):
        deploy(stack("a"), terraform=with_program(program, home, watch=stumble_later)).plan()
    assert not is_running(pid_of((tmp_path / "bin" / "calls").read_text(), "plan"))
    with pytest.raises(RuntimeError, match="progress"):
        deploy(stack("a"), terraform=with_program(program, home, progress=stumble)).plan()


@pytest.mark.terraform
def test_an_interrupted_apply_keeps_what_was_done_and_is_gone_on_from(stack, home, tmp_path, deploy) -> None:
    """The real Terraform: its state is written, its lock is gone, and the rest is applied by a second run."""
    begun = tmp_path / "begun"
    slow = {"depends_on": ["terraform_data.quick"], **running(f"touch {begun}; sleep 60")}
    made = stack("a", quick={"input": 1}, slow=slow)
    child = begin(home, made.directory)
    wait_for(begun)

    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=SECONDS)
    assert child.returncode == 130, said
    assert "let go of its lock" in said

    made.write(quick={"input": 1}, slow={"depends_on": ["terraform_data.quick"]})
    again = deploy(made)
    rest = again.plan()
    assert [change.address for change in rest[0].summary.changes] == ["terraform_data.slow"]
    again.apply(rest)
    assert not deploy(made).plan()[0].summary.changes


@pytest.mark.terraform
def test_a_killed_command_does_not_tear_the_state(stack, home, tmp_path, deploy) -> None:
    """Holdfast itself is killed; Terraform, left alone, finishes, and the next run finds nothing to do."""
    begun, release = tmp_path / "begun", tmp_path / "release"
    wait = f"touch {begun}; for i in $(seq 2400); do [ -e {release} ] && exit 0; sleep 0.1; done; exit 1"
    made = stack("a", one=running(wait))
    child = begin(home, made.directory)
    wait_for(begun)

    child.kill()
    child.communicate(timeout=SECONDS)
    release.touch()

    assert not deploy(made, terraform=Terraform.find(home)).plan()[0].summary.changes
