"""What a restore's journal says: how far it is, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from holdfast.drills.errors import JournalError
from holdfast.drills.journal import Entry, read_entries
from holdfast.evidence.fields import format_instant
from holdfast.restore.errors import NoSuchRestore, RestoreJournalDamaged, StagingNotUsable
from holdfast.restore.folders import RESTORE_ID, restores_folder

SCHEMA = "holdfast.restore-status/1"


class Step(StrEnum):
    """How far a restore is; each is written down when it is done."""

    BEGUN = "begun"
    STAGED = "staged"
    PLACED = "placed"
    VERIFIED = "verified"
    RECORDED = "recorded"
    ENDED = "ended"


ORDER = tuple(Step)


@dataclass(frozen=True)
class RestoreState:
    """One restore.

    Args:
        restore_id: its id.
        begun: what it was begun with, or gone on with since.
        done: what each step that is done says.
        times: when each was done first.
        runs: how many processes worked on it.
    """

    restore_id: str
    begun: dict[str, Any]
    done: dict[Step, dict[str, Any]] = field(default_factory=dict)
    times: dict[Step, datetime] = field(default_factory=dict)
    runs: int = 1

    @property
    def step(self) -> Step:
        """The last step that is done."""
        return max(self.done, key=ORDER.index)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return Step.ENDED in self.done

    @property
    def verdict(self) -> str | None:
        """PASSED or FAILED once it is over."""
        verdict = self.done.get(Step.ENDED, {}).get("verdict")
        return None if verdict is None else str(verdict)

    def document(self) -> dict[str, Any]:
        """As plain JSON values: what `restore run` and `restore status` print."""
        staged, placed = self.done.get(Step.STAGED, {}), self.done.get(Step.PLACED, {})
        verified, ended = self.done.get(Step.VERIFIED, {}), self.done.get(Step.ENDED, {})
        return {
            "restore_id": self.restore_id,
            "environment": self.begun["environment"],
            "scope": self.begun["scope"],
            "target": self.begun["target"],
            "region": self.begun["region"],
            "sets": self.begun["sets"],
            "plan_sha256": self.begun["plan_sha256"],
            "planned_by": self.begun["planned_by"],
            "approved_by": self.begun["approved_by"],
            "run_by": self.begun["run_by"],
            "break_glass": self.begun["break_glass"],
            "second_factor": self.begun["second_factor"],
            "idempotency_key": self.begun["idempotency_key"],
            "step": self.step.value,
            "verdict": self.verdict,
            "reasons": ended.get("reasons", []),
            "checks": [*staged.get("checks", []), *verified.get("checks", [])],
            "erasure": staged.get("erasure"),
            "files": staged.get("files"),
            "bytes": staged.get("bytes"),
            "placed": {"moved": placed.get("moved"), "there": placed.get("there")},
            "timeline": {step.value: format_instant(moment) for step, moment in self.times.items()},
            "resumed": self.runs > 1,
            "evidence": self.done.get(Step.RECORDED),
        }


def fold(restore_id: str, entries: tuple[Entry, ...]) -> RestoreState:
    """The state some entries add up to."""
    done: dict[Step, dict[str, Any]] = {}
    times: dict[Step, datetime] = {}
    for entry in entries:
        if entry.event in ORDER:
            step = Step(entry.event)
            done[step] = entry.data
            times.setdefault(step, entry.at)
    if Step.BEGUN not in done:
        raise RestoreJournalDamaged(restore_id=restore_id, problem="it does not say what was begun")
    return RestoreState(restore_id, done[Step.BEGUN], done, times, entries[-1].run + 1)


def read_state(home: Path, environment: str, restore_id: str) -> RestoreState:
    """The state of one restore.

    Raises:
        NoSuchRestore: there is none of that id.
        RestoreJournalDamaged: its journal cannot be trusted.
    """
    folder = restores_folder(home, environment)
    path = folder / restore_id / "journal.jsonl"
    if not RESTORE_ID.fullmatch(restore_id) or not path.exists():
        allowed = ", ".join(restore_ids(home, environment)) or "none"
        raise NoSuchRestore(environment=environment, restore_id=restore_id, allowed=allowed)
    return _read(path, restore_id)


def restore_ids(home: Path, environment: str) -> list[str]:
    """The restores of an environment that have a journal.

    Raises:
        StagingNotUsable: the folder cannot be looked into.
    """
    folder = restores_folder(home, environment)
    try:
        there = list(folder.iterdir()) if folder.exists() else []
        return sorted(each.name for each in there if each.match("restore-*") and (each / "journal.jsonl").exists())
    except OSError as error:
        raise StagingNotUsable(path=folder, problem=error.strerror) from error


def states(home: Path, environment: str) -> list[RestoreState]:
    """Every restore of an environment, oldest first; one whose journal is damaged is an error.

    Raises:
        RestoreJournalDamaged: naming it.
    """
    found = [read_state(home, environment, restore_id) for restore_id in restore_ids(home, environment)]
    return sorted(found, key=lambda state: state.times[Step.BEGUN])


def _read(path: Path, restore_id: str) -> RestoreState:
    try:
        return fold(restore_id, read_entries(path))
    except JournalError as error:
        raise RestoreJournalDamaged(restore_id=restore_id, problem=error.message) from error
