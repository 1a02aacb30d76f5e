"""What a proof says, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any


class Verdict(StrEnum):
    """`refuted` outranks `conditional`, which outranks `proved`."""

    PROVED = "proved"
    CONDITIONAL = "conditional"
    REFUTED = "refuted"


class Scenario(StrEnum):
    """What went wrong."""

    CORRUPTION = "corruption"
    REGION_LOSS = "region_loss"
    KEY_LOSS = "key_loss"
    ACCOUNT_LOSS = "account_loss"


class AssumptionSource(StrEnum):
    """Where an assumed figure comes from."""

    DEFAULT = "default"
    DECLARED = "declared"
    MEASURED = "measured"


@dataclass(frozen=True)
class Assumption:
    """A figure a proof takes for granted because nothing declared fixes it.

    Attributes:
        name: what is assumed, in words that can follow "assumed:".
        value: the figure; nothing when what is assumed is no figure.
        source: where it comes from.
        on: the day it was declared or measured.
        by: what measured it, such as `drill object-recovery-20261122…`.
    """

    name: str
    value: timedelta | None
    source: AssumptionSource = AssumptionSource.DEFAULT
    on: date | None = None
    by: str = ""

    def holds(self, today: date, fresh_for: timedelta) -> bool:
        """Whether a drill measured it, no longer ago than `fresh_for`."""
        measured = self.source is AssumptionSource.MEASURED and self.on is not None
        return measured and timedelta() <= today - (self.on or today) <= fresh_for

    def __str__(self) -> str:
        value = f" {spell(self.value)}" if self.value is not None else ""
        day = f" {self.on}" if self.on else ""
        by = f" by {self.by}" if self.by else ""
        return f"{self.name}{value} ({self.source}{day}{by})"


@dataclass(frozen=True)
class Witness:
    """A stretch of time that breaks an objective.

    Attributes:
        start: when the last recovery point that can be used was due.
        end: just before this moment, everything since `start` is lost.
        timezone: the zone the schedule is written in.
    """

    start: datetime
    end: datetime
    timezone: str = "UTC"

    def document(self) -> dict[str, str]:
        """`from` and `to` in UTC."""
        return {"from": _utc(self.start), "to": _utc(self.end)}


@dataclass(frozen=True)
class Proof:
    """One statement about the declaration, and whether it holds.

    Attributes:
        id: names the proof, stable from run to run: `rpo.orders.region_loss`.
        subject: what it is about: a dataset, or `tier/rule`.
        scenario: the disaster it speaks of, where it speaks of one.
        bound: the worst that can happen; nothing when there is no limit to it or no figure.
        limit: what is asked for; nothing when nothing is.
        witness: the stretch of time that refutes it.
        because: why, in one sentence.
        assumptions: what it rests on.
    """

    id: str
    subject: str
    verdict: Verdict
    because: str
    scenario: Scenario | None = None
    bound: timedelta | None = None
    limit: timedelta | None = None
    witness: Witness | None = None
    assumptions: tuple[Assumption, ...] = ()

    def document(self) -> dict[str, Any]:
        """The proof as plain JSON values; the names are fixed."""
        return {
            "id": self.id,
            "subject": self.subject,
            "scenario": self.scenario,
            "verdict": self.verdict,
            "bound_seconds": _seconds(self.bound),
            "limit_seconds": _seconds(self.limit),
            "witness": self.witness.document() if self.witness else None,
            "because": self.because,
        }


@dataclass(frozen=True)
class Report:
    """All proofs of one declaration."""

    proofs: tuple[Proof, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all; nothing to prove is refuted, for nothing is protected either."""
        return worst(proof.verdict for proof in self.proofs)

    def with_verdict(self, verdict: Verdict) -> tuple[Proof, ...]:
        """The proofs of one verdict."""
        return tuple(proof for proof in self.proofs if proof.verdict is verdict)

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {"verdict": self.verdict, "proofs": [proof.document() for proof in self.proofs]}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several statements that all have to hold."""
    found = set(verdicts) or {Verdict.REFUTED}
    return max(found, key=list(Verdict).index)


def verdict_under(assumptions: Sequence[Assumption], today: date, fresh_for: timedelta) -> Verdict:
    """The verdict of a statement that holds if all assumptions do."""
    held = all(each.holds(today, fresh_for) for each in assumptions)
    return Verdict.PROVED if held else Verdict.CONDITIONAL


@lru_cache(maxsize=4096)
def spell(duration: timedelta) -> str:
    """A length of time for people: `1 d 4 h`, `35 d`, `5 min`."""
    seconds = int(duration.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:3]) or "0 s"


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else int(duration.total_seconds())


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
