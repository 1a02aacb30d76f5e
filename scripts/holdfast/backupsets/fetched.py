"""What became of each entry of a set that was restored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from holdfast.backupsets.entries import Entry, Kind

SHOWN = 100


class Outcome(StrEnum):
    """What became of an entry. Only the first two are restored."""

    RESTORED = "restored"
    RESTORED_WITH_WARNING = "restored-with-warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class EntryVerdict:
    """One entry's outcome.

    Args:
        path: the entry's name, for people.
        kind: what it is.
        outcome: what became of it.
        size: bytes, for a file.
        because: the warning, failure or reason to skip.
    """

    path: str
    kind: Kind
    outcome: Outcome
    size: int = 0
    because: str | None = None

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "path": self.path,
            "kind": self.kind.value,
            "outcome": self.outcome.value,
            "size": self.size,
            "because": self.because,
        }


@dataclass
class Fetched:
    """What was restored, in figures; and by name everything that was not restored cleanly."""

    files: int = 0
    bytes: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    notable: list[EntryVerdict] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def entries(self) -> int:
        """How many entries were dealt with."""
        return sum(self.outcomes.values())

    @property
    def is_complete(self) -> bool:
        """Whether there was something to restore and nothing failed. Nothing restored is not complete."""
        return self.files > 0 and self.outcomes[Outcome.FAILED] == 0

    @property
    def failures(self) -> list[EntryVerdict]:
        """What could not be restored."""
        return [verdict for verdict in self.notable if verdict.outcome is Outcome.FAILED]

    @property
    def warnings(self) -> list[EntryVerdict]:
        """What was restored, but not at the first attempt or not from where it should be."""
        return [verdict for verdict in self.notable if verdict.outcome is Outcome.RESTORED_WITH_WARNING]

    def document(self) -> dict[str, Any]:
        """As plain JSON values; at most the first 100 notable entries are listed."""
        return {
            "entries": self.entries,
            "files": self.files,
            "bytes": self.bytes,
            "complete": self.is_complete,
            "outcomes": {outcome.value: count for outcome, count in self.outcomes.items()},
            "notable": [verdict.document() for verdict in self.notable[:SHOWN]],
            "notable_not_shown": max(0, len(self.notable) - SHOWN),
            "seconds": round(self.seconds, 3),
        }


class Tally:
    """Collects verdicts from several threads."""

    def __init__(self, each: Callable[[EntryVerdict], None]) -> None:
        self._each, self._lock, self.fetched = each, threading.Lock(), Fetched()

    def note(self, entry: Entry, outcome: Outcome, because: str | None = None) -> None:
        """Count one entry."""
        verdict = EntryVerdict(entry.name, entry.kind, outcome, entry.size, because)
        with self._lock:
            self.fetched.outcomes[outcome] += 1
            if entry.kind is Kind.FILE and outcome in (Outcome.RESTORED, Outcome.RESTORED_WITH_WARNING):
                self.fetched.files += 1
                self.fetched.bytes += entry.size
            if outcome is not Outcome.RESTORED:
                self.fetched.notable.append(verdict)
            self._each(verdict)
