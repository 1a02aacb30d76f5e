"""Whether the sandbox runs, and why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from holdfast.aws.endpoints import read_endpoints
from holdfast.errors import HoldfastError
from holdfast.sandbox import emulators
from holdfast.sandbox.errors import EmulatorDied, SandboxStopped
from holdfast.sandbox.processes import is_alive
from holdfast.sandbox.record import Record, Started, read_record


class State(StrEnum):
    """How an emulator, or the sandbox as a whole, is."""

    RUNNING = "running"
    STOPPED = "stopped"
    DIED = "died"
    SILENT = "silent"


@dataclass(frozen=True)
class EmulatorStatus:
    """One emulator: `tail` is the end of its log when it is not running as it should."""

    name: str
    state: State
    url: str
    pid: int
    log: Path
    tail: str = ""


@dataclass(frozen=True)
class Status:
    """The sandbox: stopped when no run is recorded, else the worst state of its emulators."""

    state: State
    run: str | None = None
    account: str | None = None
    since: str | None = None
    emulators: tuple[EmulatorStatus, ...] = ()


def status(home: Path) -> Status:
    """Look at the recorded processes and ask each emulator for its health."""
    record = read_record(home)
    if record is None:
        return Status(State.STOPPED)
    return status_of(record)


def status_of(record: Record) -> Status:
    """The status of a given run."""
    each = tuple(_emulator(started, record.run) for started in record.emulators)
    worst = next(
        (state for state in (State.DIED, State.SILENT) if any(one.state is state for one in each)), State.RUNNING
    )
    return Status(worst, record.run, record.account, record.since, each)


def watch(home: Path) -> Callable[[], HoldfastError | None]:
    """What to ask while something uses the sandbox: returns the error to raise once it is stopped or has died.

    Only the processes are looked at: an emulator that is busy may be silent for a while.
    """
    runs: list[Record] = []

    def gone() -> HoldfastError | None:
        record = read_record(home)
        endpoints = read_endpoints(home)  # the first thing `stop` removes
        if record is None or endpoints is None or endpoints.run != record.run or runs not in ([], [record]):
            return SandboxStopped()
        runs[:] = [record]
        for started in record.emulators:
            if not is_alive(started.process):
                return EmulatorDied(name=started.name, log=started.log, tail=log_tail(started.log))
        return None

    return gone


def log_tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for an error message."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"  ({error.strerror})"
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (empty)"


def _emulator(started: Started, run: str) -> EmulatorStatus:
    emulator = emulators.emulator(started.name)
    address = emulator.url(started.port) if emulator else ""
    if not is_alive(started.process):
        state = State.DIED
    elif emulator is None or not emulator.healthy(address, run):
        state = State.SILENT
    else:
        state = State.RUNNING
    tail = "" if state is State.RUNNING else log_tail(started.log)
    return EmulatorStatus(started.name, state, address, started.process.pid, started.log, tail)
