"""What a restore works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from holdfast.audit.trail import AuditTrail
from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock, SystemClock
from holdfast.environments.model import Environment
from holdfast.restore.erasure.ledger import Erased
from holdfast.restore.recording import RestoreRecorder

_SYSTEM_CLOCK = SystemClock()


@dataclass(frozen=True)
class Surroundings:
    """What a restore works with.

    Args:
        environment: whose backups.
        home: Holdfast's folder.
        sessions: clients of the person who restores.
        recorder: writes the evidence.
        erased: what was erased on purpose, read once: `erasure.reading.erased_of`.
        trail: the audit log.
        say: told progress, a line at a time.
        who: ARN of who runs it; by default who calls.
        restorer: who takes on the restore role; by default who calls.
    """

    environment: Environment
    home: Path
    sessions: Sessions
    recorder: RestoreRecorder
    erased: Erased
    trail: AuditTrail
    clock: Clock = _SYSTEM_CLOCK
    say: Callable[[str], None] = lambda _: None
    who: str | None = None
    restorer: Sessions | None = None
