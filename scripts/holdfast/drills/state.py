"""How far a drill has come: its journal, read from the beginning. There is no other memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError

from holdfast.drills.checks import Check
from holdfast.drills.errors import JournalError
from holdfast.drills.interface import Cleaned, Nothing, Probed, Provenance, Restored, Selection, Survey, Verified
from holdfast.drills.journal import Entry
from holdfast.drills.phases import Phase
from holdfast.drills.spec import DrillSpec

CLEANED_LATER = "cleaned-later"
"""The entry a sweep makes in the journal of a drill that is over."""
_OUTCOMES: dict[Phase, type[BaseModel]] = {
    Phase.PREFLIGHT: Survey,
    Phase.RESTORE: Restored,
    Phase.VERIFY: Verified,
    Phase.PROBE: Probed,
    Phase.MEASURE: Provenance,
    Phase.CLEAN_UP: Cleaned,
}


@dataclass(frozen=True)
class State:
    """What a journal says.

    Args:
        sandbox_run: id of the sandbox's run it began in; all that was made there ends with that run.
        outcomes: what each finished phase came to.
        problems: checks that failed because a phase could not be carried out.
        doubts: why the result cannot be relied on.
        stopped: whether restoring, verifying and probing are over before their end.
        refused_calls: what the Region guard stopped, in words.
        ended: how the drill is over, or None.
        cleaned_later: whether a sweep has taken away since what the drill itself could not.
    """

    drill_id: str
    spec: DrillSpec
    declared_at: datetime
    runs: int
    sandbox_run: str | None = None
    outcomes: dict[Phase, BaseModel | None] = field(default_factory=dict)
    problems: tuple[Check, ...] = ()
    doubts: tuple[str, ...] = ()
    stopped: bool = False
    refused_calls: tuple[str, ...] = ()
    ended: str | None = None
    cleaned_later: bool = False

    @property
    def leaves_behind(self) -> bool:
        """Whether it is over, and its clean-up had to name something that nobody has taken away since."""
        cleaned = self.outcomes.get(Phase.CLEAN_UP)
        orphaned = isinstance(cleaned, Cleaned) and bool(cleaned.orphaned)
        return self.ended is not None and orphaned and not self.cleaned_later

    @property
    def resumed(self) -> bool:
        """Whether more than one process worked on it."""
        return self.runs > 1

    @property
    def survey(self) -> Survey | None:
        """What preflight found out."""
        found = self.outcomes.get(Phase.PREFLIGHT)
        return found if isinstance(found, Survey) else None

    @property
    def selection(self) -> Selection | None:
        """The recovery point and the sample."""
        found = self.outcomes.get(Phase.SELECT)
        return found if isinstance(found, Selection) else None

    @property
    def restored(self) -> Restored | None:
        """What was restored."""
        found = self.outcomes.get(Phase.RESTORE)
        return found if isinstance(found, Restored) else None

    @property
    def verified(self) -> Verified:
        """What verification found; nothing when it did not come to that."""
        found = self.outcomes.get(Phase.VERIFY)
        return found if isinstance(found, Verified) else Verified(checks=())

    @property
    def probed(self) -> Probed:
        """What the probes found; nothing when it did not come to that."""
        found = self.outcomes.get(Phase.PROBE)
        return found if isinstance(found, Probed) else Probed()

    @property
    def cleaned(self) -> Cleaned:
        """What clean-up did."""
        found = self.outcomes.get(Phase.CLEAN_UP)
        return found if isinstance(found, Cleaned) else Cleaned()

    @property
    def provenance(self) -> Provenance | None:
        """What the drill speaks of; None before it was measured."""
        found = self.outcomes.get(Phase.MEASURE)
        return found if isinstance(found, Provenance) else None

    @property
    def failed_at(self) -> datetime:
        """When the disaster happened, by the server's clock: as declared, or the moment of declaration."""
        if self.spec.failed_at is not None:
            return self.spec.failed_at
        if self.selection and self.selection.failed_at:
            return self.selection.failed_at
        skew = self.survey.skew_seconds if self.survey else None
        return self.declared_at + timedelta(seconds=skew or 0.0)


def fold(entries: Sequence[Entry]) -> State:
    """Read a journal.

    Raises:
        JournalError: when its entries are whole but do not tell of one drill.
    """
    try:
        return _fold(entries)
    except (KeyError, ValidationError, ValueError, TypeError, IndexError):
        raise JournalError(problem="its entries do not tell of one drill") from None


def _fold(entries: Sequence[Entry]) -> State:
    first = entries[0]
    outcomes: dict[Phase, BaseModel | None] = {}
    problems: list[Check] = []
    doubts: list[str] = []
    refused: list[str] = []
    stopped, ended = False, None
    for entry in entries:
        if entry.event == "phase-end":
            phase = Phase(entry.phase or "")
            outcomes[phase] = outcome_of(phase, entry.data["outcome"])
        refused += [call for call in entry.data.get("refused_calls", []) if call not in refused]
        doubts += [entry.data["doubt"]] if entry.data.get("doubt") else []
        problems += [Check.model_validate(entry.data["problem"])] if entry.data.get("problem") else []
        stopped = stopped or entry.event == "stopped"
        ended = entry.data["how"] if entry.event == "ended" else ended
    return State(
        drill_id=str(first.data["drill_id"]),
        spec=DrillSpec.model_validate(first.data["spec"]),
        declared_at=first.at,
        runs=entries[-1].run + 1,
        sandbox_run=first.data.get("sandbox_run"),
        outcomes=outcomes,
        problems=tuple(problems),
        doubts=tuple(doubts),
        stopped=stopped,
        refused_calls=tuple(refused),
        ended=ended,
        cleaned_later=any(entry.event == CLEANED_LATER for entry in entries),
    )


def outcome_of(phase: Phase, document: dict[str, Any] | None) -> BaseModel | None:
    """The value a phase was journalled with."""
    if document is None:
        return None
    if phase is Phase.SELECT:
        return Nothing.model_validate(document) if "reason" in document else Selection.model_validate(document)
    model = _OUTCOMES.get(phase)
    return model.model_validate(document) if model else None
