"""What the evidence shows of each drill that is owed. Only records that verify count; never run counts as overdue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holdfast.drills.due.duties import Duty, duties
from holdfast.drills.region_loss.kind import WRAPPED
from holdfast.environments.model import Environment
from holdfast.evidence.record import Entry
from holdfast.evidence.sections import Kind, Verdict
from holdfast.evidence.verification import Verification

SCHEMA = "holdfast.drill-due/1"


@dataclass(frozen=True)
class Standing:
    """How one duty stands.

    Args:
        passed: the newest drill that passed; None when none ever did.
        newest: the newest drill, whatever it came to.
        now: when this was asked.
    """

    duty: Duty
    passed: Entry | None
    newest: Entry | None
    now: datetime

    @property
    def due_at(self) -> datetime | None:
        """When the next one is owed; None when none ever passed: it is owed now."""
        return _when(self.passed) + self.duty.every if self.passed else None

    @property
    def because(self) -> str:
        """Why it is overdue; empty when it is not."""
        if self.newest is None:
            return "it was never run"
        if self.newest.result.verdict is Verdict.FAILED:
            return f"the last one failed ({self.newest.identity.record_id})"
        if self.due_at is None:
            return f"none ever passed; the last one was {self.newest.result.verdict.value}"
        if self.now > self.due_at:
            return f"{_words(self.now - self.due_at)} over {_words(self.duty.every)}"
        return ""

    @property
    def overdue(self) -> bool:
        """Whether it is owed now."""
        return bool(self.because)

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "kind": self.duty.kind,
            "accepted": list(self.duty.kinds),
            "dataset": self.duty.dataset,
            "every_seconds": self.duty.every.total_seconds(),
            "declared_in": self.duty.declared_in,
            "last_passed": _drill(self.passed),
            "last_run": _drill(self.newest),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "overdue": self.overdue,
            "because": self.because or None,
        }


@dataclass(frozen=True)
class Due:
    """How everything stands.

    Args:
        findings: what of the evidence does not verify, in words; such records do not count.
    """

    environment: str
    standings: tuple[Standing, ...]
    findings: tuple[str, ...]

    @property
    def overdue(self) -> tuple[Standing, ...]:
        """What is owed now."""
        return tuple(each for each in self.standings if each.overdue)

    @property
    def good(self) -> bool:
        """Whether nothing is overdue and all evidence verifies."""
        return not self.overdue and not self.findings

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "environment": self.environment,
            "overdue": len(self.overdue),
            "drills": [each.document() for each in self.standings],
            "findings": list(self.findings),
        }


def standing(environment: Environment, evidence: Verification, now: datetime) -> Due:
    """Weigh what is owed against the evidence.

    Args:
        environment: what it owes.
        evidence: its verified records, and what of them does not verify. A record of another environment is signed as
            well and does not count.
        now: a drill from after now does not count.
    """
    entries = [record.entry for _, record in evidence.records]
    drills = [each for each in entries if _is_drill_of(environment, each) and _when(each) <= now]
    standings = tuple(_standing(duty, drills, now) for duty in duties(environment))
    findings = tuple(f"{each.where}: {each.message}" for each in evidence.findings)
    return Due(environment.environment, standings, findings)


def _standing(duty: Duty, drills: Iterable[Entry], now: datetime) -> Standing:
    mine = sorted((each for each in drills if _is_for(duty, each)), key=_when)
    return Standing(duty, _last(mine, Verdict.PASSED), mine[-1] if mine else None, now)


def _is_drill_of(environment: Environment, entry: Entry) -> bool:
    return entry.identity.kind is Kind.DRILL and entry.identity.environment == environment.environment


def _is_for(duty: Duty, entry: Entry) -> bool:
    if _kind_of(entry) not in duty.kinds:
        return False
    return duty.dataset is None or (entry.objective is not None and entry.objective.dataset == duty.dataset)


def _kind_of(entry: Entry) -> str:
    """What was drilled: of a loss of the Region, the kind it wrapped."""
    wrapped = (each.observed for each in entry.checks if each.id == WRAPPED)
    return next(wrapped, None) or entry.identity.name


def _last(entries: Sequence[Entry], verdict: Verdict) -> Entry | None:
    return next((each for each in reversed(entries) if each.result.verdict is verdict), None)


def _when(entry: Entry) -> datetime:
    return entry.timeline.declared_at if entry.timeline else entry.recorded_at


def _drill(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "drill_id": entry.identity.record_id,
        "kind": entry.identity.name,
        "at": _when(entry).isoformat(),
        "verdict": entry.result.verdict.value,
    }


def _words(span: timedelta) -> str:
    """A span in whole days, or hours when it is shorter than one."""
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} d" if hours >= 24 else f"{hours} h"
