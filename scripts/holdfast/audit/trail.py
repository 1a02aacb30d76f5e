"""The audit log: who changed what, when, and what it was before. One a home folder, for all environments."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.audit.chained_log import ChainedLog, Line
from holdfast.clock import Clock

SCHEMA = "holdfast.audit/1"
_LONGEST = 1000


@dataclass(frozen=True)
class AuditEntry:
    """One thing that was begun or came to an end.

    Args:
        action: what, in the words of the command line: `apply`, `restore run`.
        phase: `begin` before anything is changed, `end` after, `event` for what has no duration.
        actor: who, on this machine.
        environment: of which environment; None for what is of this machine.
        principal: who, for AWS: the ARN; None where nobody was asked.
        target: what was changed.
        previous, value: before and after, as digests, names and counts; never content or secrets.
        outcome: how it came out, at its end.
    """

    action: str
    phase: str
    actor: str
    environment: str | None = None
    principal: str | None = None
    target: str | None = None
    previous: str | None = None
    value: str | None = None
    outcome: str | None = None
    flags: tuple[str, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """As plain JSON values, texts cut to 1000 characters."""
        values = {
            name: value[:_LONGEST] if isinstance(value, str) else value
            for name, value in vars(self).items()
            if value not in (None, ())
        }
        return {**values, "flags": list(self.flags)} if self.flags else values


class AuditTrail:
    """Writes and reads the log below a home folder.

    Args:
        home: Holdfast's folder.
        clock: when things happen.
    """

    def __init__(self, home: Path, clock: Clock) -> None:
        self.log, self._clock = ChainedLog(audit_file(home)), clock

    def write(self, entry: AuditEntry) -> Line:
        """Add an entry; when this returns it is on the disk.

        Raises:
            LogNotWritten, LogNotPrivate, LogDamaged: it could not be added.
        """
        at = self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self.log.append({"schema": SCHEMA, "at": at, **entry.document()})

    def newest(self) -> Iterator[Mapping[str, Any]]:
        """Some of the newest entries, newest first: those of the last 64 KiB. The chain is not checked.

        Raises:
            LogDamaged, LogUnreadable: the end of the log is not one, or cannot be read.
        """
        for line in self.log.newest():
            yield line.body

    def entries(self, *, environment: str | None = None, since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
        """The entries, oldest first, the chain checked on the way.

        Args:
            environment: only what is of this one.
            since: only what happened then or later.

        Raises:
            LogDamaged, LogUnreadable: the log does not hang together, or cannot be read.
        """
        for line in self.log.lines():
            if environment is not None and line.body.get("environment") != environment:
                continue
            if since is not None and not _is_since(line.body.get("at"), since):
                continue
            yield {"number": line.number, **line.body, "follows": line.follows, "digest": line.digest}


def audit_file(home: Path) -> Path:
    """Where the log lies."""
    return home / "audit" / "audit.jsonl"


def actor() -> str:
    """Who runs this, on which machine: `ada@build-7`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _is_since(at: object, since: datetime) -> bool:
    try:
        return datetime.fromisoformat(str(at)) >= since
    except ValueError:
        return True
