"""A demo that is stopped: one clear line, the right exit code, and nothing keeps running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from holdfast.sandbox.record import read_record

ROOT = Path(__file__).parents[2]
HOLDFAST = Path(sys.executable).with_name("holdfast")
PATIENCE_SECONDS = 240

pytestmark = [pytest.mark.sandbox, pytest.mark.terraform]


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [HOLDFAST, "demo"],
        cwd=ROOT,
        env={**os.environ, "HOLDFAST_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def read_until(demo: subprocess.Popen[str], said: str) -> list[str]:
    """The lines up to the one that says it; the demo is killed when it takes too long."""
    assert demo.stderr is not None
    guard = threading.Timer(PATIENCE_SECONDS, demo.kill)
    guard.start()
    lines = []
    for line in demo.stderr:
        lines.append(line)
        if said in line:
            guard.cancel()
            return lines
    guard.cancel()
    raise AssertionError(f"the demo never said {said!r}:\n{''.join(lines)}")


def finish(demo: subprocess.Popen[str]) -> str:
    _, rest = demo.communicate(timeout=PATIENCE_SECONDS)
    return rest


def processes(home: Path) -> list[int]:
    """Emulators recorded by the demo that are still there."""
    record = read_record(home / "demo")
    return [each.process.pid for each in record.emulators] if record else []


def test_ctrl_c_between_steps_is_130_and_stops_the_local_aws(tmp_path: Path) -> None:
    demo = start(tmp_path)
    read_until(demo, "Start a local AWS")

    demo.send_signal(signal.SIGINT)
    told = finish(demo)

    assert demo.returncode == 130, told
    assert "Traceback" not in told
    assert "interrupted" in told
    assert not processes(tmp_path)


def test_a_termination_while_terraform_applies_is_143_and_lets_it_end(tmp_path: Path) -> None:
    demo = start(tmp_path)
    read_until(demo, "Review the plans")

    demo.send_signal(signal.SIGTERM)
    told = finish(demo)

    assert demo.returncode == 143, told
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert not processes(tmp_path)


def is_running(pid: int) -> bool:
    """Whether a process is there and more than an ended one nobody has asked about yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_demo_that_was_killed_leaves_nothing_the_next_one_does_not_clear(tmp_path: Path) -> None:
    killed = start(tmp_path)
    read_until(killed, "Start a local AWS")
    killed.kill()
    finish(killed)
    left = processes(tmp_path)
    assert left, "the emulators are processes of their own and outlive a killed demo"

    following = start(tmp_path)
    read_until(following, "Start a local AWS")
    now = processes(tmp_path)
    following.send_signal(signal.SIGINT)
    finish(following)

    assert not set(left) & set(now)
    assert not [pid for pid in left if is_running(pid)]
    assert not processes(tmp_path)


def test_two_demos_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    first = start(tmp_path)
    read_until(first, "Start a local AWS")

    second = subprocess.run(
        [HOLDFAST, "demo"],
        cwd=ROOT,
        env={**os.environ, "HOLDFAST_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    first.send_signal(signal.SIGINT)
    finish(first)

    assert second.returncode == 1
    assert "another command is running a demo" in second.stderr


def test_an_environment_that_is_no_sandbox_is_refused(tmp_path: Path) -> None:
    ran = subprocess.run(
        [HOLDFAST, "demo", "--environment", "prod"],
        cwd=ROOT,
        env={**os.environ, "HOLDFAST_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert ran.returncode == 1
    assert "sandbox" in ran.stderr
    assert not (tmp_path / "demo").exists()
