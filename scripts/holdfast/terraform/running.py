"""Run one Terraform command: its output into a log as it comes, its events to whoever watches, its end as one value.

The output goes to a file and is read from there: should Holdfast itself be killed, Terraform can still finish, write
the state and let go of its lock, where a closed pipe would kill it in the middle.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.clock import Clock
from holdfast.errors import HoldfastError, Interrupted
from holdfast.terraform.errors import WorkspaceNotWritable
from holdfast.terraform.events import Diagnostic, Event, EventKind, Progress, as_diagnostic, as_event, parse_line
from holdfast.terraform.stopping import Level, Stopper, StopSwitch

_POLL_SECONDS = 0.05
_WATCH_SECONDS = 1.0

Watch = Callable[[], HoldfastError | None]
"""Asked every second while a command runs; what it returns ends the run and is raised."""


@dataclass(frozen=True)
class Call:
    """One Terraform command.

    Args:
        stack: whose, for messages.
        command: its name: init, plan, apply, …
        arguments: the whole command line.
        folder: where it runs.
        variables: its whole environment.
        log: where its output goes.
        output: where its standard output goes, when that is a document of its own.
    """

    stack: str
    command: str
    arguments: Sequence[str]
    folder: Path
    variables: Mapping[str, str] = field(repr=False)
    log: Path
    output: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """How a command ended.

    Args:
        code: exit status; negative for the signal that killed it.
        diagnostics: what it reported.
        stopped: the most urgent way it was asked to stop.
    """

    code: int
    diagnostics: tuple[Diagnostic, ...]
    stopped: Level


def run(call: Call, *, stop: StopSwitch, clock: Clock, progress: Progress, watch: Watch | None = None) -> Outcome:
    """Run a command to its end.

    A Ctrl-C (in the main thread) is passed on once and waited for; the outcome says so, and the caller raises.

    Raises:
        WorkspaceNotWritable: the log cannot be written.
        HoldfastError: whatever `watch` returned.
    """
    progress(Event(call.stack, EventKind.COMMAND, call.command, text=f"terraform {call.command}"))
    process = _start(call)
    stopper = Stopper(process, stop)
    reader = _Reader(call, progress)
    problem: HoldfastError | None = None
    next_watch = clock.monotonic() + _WATCH_SECONDS
    try:
        while True:
            try:
                ended = process.poll() is not None
                reader.read()
                if ended:
                    break
                if watch and problem is None and clock.monotonic() >= next_watch:
                    problem, next_watch = watch(), clock.monotonic() + _WATCH_SECONDS
                    if problem is not None:
                        stop.escalate(Level.PRESS)
                stopper.enforce()
                clock.sleep(_POLL_SECONDS)
            except (KeyboardInterrupt, Interrupted) as cause:
                stop.escalate(cause=cause)
    finally:
        if process.poll() is None:  # only after an error of our own
            stop.escalate(Level.KILL)
            stopper.enforce()
            process.wait()
    if problem is not None:
        raise problem
    return Outcome(process.returncode, tuple(reader.diagnostics), stopper.sent)


def _start(call: Call) -> subprocess.Popen[bytes]:
    try:
        log = os.open(call.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    except OSError as error:
        raise WorkspaceNotWritable(path=call.log, reason=error.strerror or error) from error
    output = log
    try:
        if call.output is not None:
            output = os.open(call.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        return subprocess.Popen(
            call.arguments,
            cwd=call.folder,
            env=dict(call.variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            process_group=0,
            umask=0o077,
        )
    except OSError as error:
        path = call.output or call.arguments[0]
        raise WorkspaceNotWritable(path=path, reason=error.strerror or error) from error
    finally:
        os.close(log)
        if output != log:
            os.close(output)


class _Reader:
    """Follows the log and turns its lines into events and diagnostics."""

    def __init__(self, call: Call, progress: Progress) -> None:
        self._call, self._progress = call, progress
        self._position, self._rest = 0, b""
        self.diagnostics: list[Diagnostic] = []

    def read(self) -> None:
        """Take what was written since the last time."""
        with self._call.log.open("rb") as log:
            log.seek(self._position)
            fresh = log.read()
        self._position += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        for line in lines:
            self._take(line.decode("utf-8", "replace"))

    def _take(self, line: str) -> None:
        document = parse_line(line)
        if document is None:
            return
        event = as_event(document, self._call.stack, self._call.command)
        if event is not None:
            self._progress(event)
        diagnostic = as_diagnostic(document)
        if diagnostic is not None:
            self.diagnostics.append(diagnostic)
