"""Stopping Terraform: asked once, then pressed, then killed; every run of a command hears of it.

Terraform runs in a process group of its own, so that a Ctrl-C reaches it once, through here. On its first SIGINT it
ends what it is doing, writes the state and lets go of its lock; on the second it leaves at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum

from holdfast.clock import Clock
from holdfast.errors import Interrupted, Terminated
from holdfast.terraform.errors import TerraformInterrupted, TerraformTerminated

GRACE_SECONDS = 120.0
"""How long a run may take to stop by itself."""
PRESSED_SECONDS = 10.0
"""How long it may take after the second signal, before it is killed."""


class Level(IntEnum):
    """How urgently a run is to stop."""

    RUN = 0
    ASK = 1
    PRESS = 2
    KILL = 3


class StopSwitch:
    """Shared by all runs of one command. `escalate` is called for each Ctrl-C, from any thread."""

    def __init__(self, clock: Clock, *, grace: float = GRACE_SECONDS, pressed: float = PRESSED_SECONDS) -> None:
        self._clock, self._patience = clock, {Level.ASK: grace, Level.PRESS: pressed}
        self._lock = threading.Lock()
        self._level = Level.RUN
        self._since = 0.0
        self.cause: Interrupted | KeyboardInterrupt | None = None

    @property
    def asked(self) -> bool:
        """Whether anything is to stop."""
        return self._level is not Level.RUN

    def escalate(self, to: Level | None = None, *, cause: Interrupted | KeyboardInterrupt | None = None) -> None:
        """Ask to stop; asked again, press; then kill. The first cause is kept."""
        with self._lock:
            self.cause = self.cause or cause
            self._raise(Level(min(self._level + 1, Level.KILL)) if to is None else to)

    def level(self) -> Level:
        """How urgent it is by now; it rises by itself when patience runs out."""
        with self._lock:
            patience = self._patience.get(self._level)
            if patience is not None and self._clock.monotonic() - self._since > patience:
                self._raise(Level(self._level + 1))
            return self._level

    def error(self, during: str) -> Interrupted:
        """What to raise once everything has stopped."""
        killed = self._level is Level.KILL
        outcome = (
            "Terraform had to be killed: its last change may be missing from the state"
            if killed
            else "Terraform stopped cleanly and let go of its lock"
        )
        kind = TerraformTerminated if isinstance(self.cause, Terminated) else TerraformInterrupted
        return kind(during=during, outcome=outcome)

    def _raise(self, level: Level) -> None:
        if level > self._level:
            self._level, self._since = level, self._clock.monotonic()


@dataclass
class Stopper:
    """Sends one process what the switch asks for, each signal once."""

    process: subprocess.Popen[bytes]
    switch: StopSwitch
    sent: Level = field(default=Level.RUN)

    def enforce(self) -> None:
        """Send the signals that are due."""
        due = self.switch.level()
        if due is Level.KILL and self.sent is not Level.KILL:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        elif due > self.sent:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGINT)
        self.sent = max(self.sent, due)
