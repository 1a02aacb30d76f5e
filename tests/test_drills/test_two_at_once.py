"""Two processes, one target: exactly one wins each time, and what a killed one held is free at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("claiming.py")
ROUNDS = 200
FIRST, SECOND = "drill-20261122T120000Z-aaaaaaaa", "drill-20261122T120000Z-bbbbbbbb"


@pytest.fixture
def start(tmp_path):
    """Starts a process that claims the target when told to."""
    started = []

    def one(drill_id):
        command = [sys.executable, str(SCRIPT), str(tmp_path / "home"), drill_id]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        started.append(process)
        assert heard(process) == "ready"
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate(timeout=240)


def tell(*processes):
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


def heard(process):
    return process.stdout.readline().strip()


def test_of_two_processes_exactly_one_wins_each_of_two_hundred_times(start):
    both = start(FIRST), start(SECOND)
    winners = []
    for _ in range(ROUNDS):
        tell(*both)
        said = [heard(process) for process in both]
        assert sorted(each.partition(":")[0] for each in said) == ["lost", "won"]
        winners.append(said.index("won"))
        tell(*both)
        assert [heard(process) for process in both] == ["free", "free"]
    assert len(winners) == ROUNDS


def test_what_a_killed_process_held_is_free_at_once(start):
    """The lock is the kernel's, so there is none to grow stale."""
    first, second = start(FIRST), start(SECOND)
    tell(first)
    assert heard(first) == "won"
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=240)

    tell(second)

    assert heard(second) == "won"
