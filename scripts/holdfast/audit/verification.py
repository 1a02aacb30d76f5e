"""Whether the audit log hangs together, and holds what somebody noted elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.audit.chained_log import ChainedLog
from holdfast.audit.errors import LogDamaged, NoEntryDigest
from holdfast.audit.trail import audit_file


@dataclass(frozen=True)
class LogVerification:
    """What was found.

    Args:
        entries: how many hang together.
        head: digest of the newest.
        problem: what is wrong, if anything.
    """

    entries: int
    head: str | None
    problem: str | None = None

    @property
    def exit_code(self) -> int:
        """0 good, 2 not, 3 nothing there."""
        if self.problem is not None:
            return 2
        return 0 if self.entries else 3

    @property
    def text(self) -> str:
        """In words."""
        if self.problem is not None:
            return f"NOT GOOD: {self.problem}"
        if not self.entries:
            return "there is no audit log here; nothing verified is not good"
        return f"{self.entries} entries hang together; head {self.head}"

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"entries": self.entries, "head": self.head, "problem": self.problem, "good": self.exit_code == 0}


def verify(home: Path, *, head: str | None = None) -> LogVerification:
    """Read the whole log.

    Args:
        home: Holdfast's folder.
        head: the beginning of the digest of an entry that must be there, 12 digits or more.

    Raises:
        NoEntryDigest: the head is none.
        LogUnreadable: the system refuses.
    """
    if head is not None and not re.fullmatch("[0-9a-fA-F]{12,64}", head):
        raise NoEntryDigest(value=head)
    count, newest, is_seen = 0, None, head is None
    try:
        for line in ChainedLog(audit_file(home)).lines():
            count, newest = line.number, line.digest
            is_seen = is_seen or line.digest.startswith(str(head).lower())
    except LogDamaged as error:
        return LogVerification(count, newest, error.message)
    if not is_seen:
        return LogVerification(count, newest, f"no entry has the digest {head}: entries were cut off, or never were")
    return LogVerification(count, newest)
