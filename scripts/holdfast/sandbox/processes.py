"""Processes that outlive the command that started them, and the certainty that a pid is still ours.

A pid is reused by the system, so each is recorded with the moment it was started as the kernel tells it. A process is
ended only when both agree.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from holdfast.clock import Clock
from holdfast.signals import signals_held

_TERM_SECONDS = 5.0
_KILL_SECONDS = 5.0
_GATE = 'read -r go && exec "$@" </dev/null'
"""Becomes the command once a line comes; the end of the input without one is the end of it."""


@dataclass(frozen=True)
class Process:
    """One process: its pid, and when the kernel says it was started (an opaque text)."""

    pid: int
    started: str


def spawn(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    record: Callable[[Process], object],
) -> Process:
    """Start `command` detached from this terminal, writing to `log` (0600, emptied first).

    It gets a session of its own, so that a Ctrl-C meant for this command does not reach it. It begins only once
    `record` has returned: when this process ends before that, however it ends, so does the new one. No process is ever
    left that nobody recorded.

    Args:
        command: program and arguments.
        environment: its variables, all of them.
        folder: where it works.
        log: where it writes to.
        record: writes down the process where it will be looked for.

    Raises:
        OSError: when it cannot be started or the log cannot be written; and what `record` raises.
    """
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    try:
        child = subprocess.Popen(
            ["/bin/sh", "-c", _GATE, "sh", *command],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            bufsize=0,
        )
    finally:
        os.close(descriptor)
    process = Process(child.pid, start_mark(child.pid) or "")
    with suppress(BrokenPipeError), child:  # the end of this closes the gate, and waits for what could not pass it
        record(process)
        with signals_held():  # else a SIGTERM between the two has this process wait for one that never ends
            os.write(child.stdin.fileno(), b"\n")  # type: ignore[union-attr]  # it has a pipe
            child.returncode = 0  # it is meant to outlive this object, which would wait for it; `end` reaps it
    return process


def start_mark(pid: int) -> str | None:
    """When the process was started, as the kernel tells it; None when there is no such process (or it is a zombie)."""
    if _has_proc():
        return _mark_from_proc(pid)
    return _mark_from_ps(pid)


def is_alive(process: Process) -> bool:
    """Whether this very process, not a later one with the same pid, still runs."""
    _reap(process.pid)
    return process.started != "" and start_mark(process.pid) == process.started


def end(process: Process, clock: Clock) -> bool:
    """End the process (and what it started in its session): SIGTERM, then SIGKILL after 5 s.

    Returns:
        Whether it was still running. A process that is not ours any more is left alone.
    """
    if not is_alive(process):
        return False
    for number, patience in ((signal.SIGTERM, _TERM_SECONDS), (signal.SIGKILL, _KILL_SECONDS)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        deadline = clock.monotonic() + patience
        while clock.monotonic() < deadline:
            if not is_alive(process):
                return True
            clock.sleep(0.02)
    return True


def _has_proc() -> bool:
    return Path("/proc/self/stat").exists()


def _mark_from_proc(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name in brackets may itself hold spaces and brackets
    state, ticks = fields[0], fields[19]  # fields 3 and 22 of proc(5)
    return None if state in "ZX" else f"{boot}/{ticks}"


def _mark_from_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return None if answer.returncode or not started or state.startswith("Z") else started.strip()


def _reap(pid: int) -> None:
    """Collect the process when it is a child of this one and has ended; otherwise it would stay as a zombie."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
