"""What a drill came to, under names that people script against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from holdfast.drills.checks import Check, Probe
from holdfast.drills.interface import Cleaned, Provenance, Selection, Survey
from holdfast.drills.measure import Measured, PhaseTime, seconds_by_phase
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.evidence.environment_records import Recorded

SCHEMA = "holdfast.drill-run/1"


@dataclass(frozen=True)
class DrillResult:
    """The result of one drill.

    Args:
        reasons: all that speaks against a plain pass, and what a reader should know.
        failed_at: when the disaster is supposed to have happened, by the server's clock.
        point_age_seconds: age of the recovery point at that time, from its commit.
        newest_committed: server time of the newest committed data found in what was restored.
        provenance: what it speaks of, as `Recorder.provenance` gave it.
        location: where it was restored to, when that is not `target`.
        isolation: what keeps that place apart.
        resumed: whether it was interrupted and taken up again; the recovery time then includes the interruption.
        issues: what is to be corrected, one line each.
    """

    drill_id: str
    spec: DrillSpec
    verdict: Verdict
    reasons: tuple[str, ...]
    declared_at: datetime
    failed_at: datetime
    rpo: Measured
    rto: Measured
    point_age_seconds: float | None
    times: tuple[PhaseTime, ...]
    survey: Survey | None
    selection: Selection | None
    checks: tuple[Check, ...]
    probes: tuple[Probe, ...]
    refused_calls: tuple[str, ...]
    cleaned: Cleaned
    target: str
    resumed: bool
    newest_committed: datetime | None
    provenance: Provenance | None
    location: str | None = None
    isolation: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    evidence: Recorded | None = None

    @property
    def seconds_by_phase(self) -> dict[str, float]:
        """What the recovery time is made of."""
        return seconds_by_phase(self.times)

    def document(self) -> dict[str, Any]:
        """The result as one JSON document; `docs/schemas/drill-run.schema.json` describes it."""
        spec, selection = self.spec, self.selection
        return {
            "drill_id": self.drill_id,
            "kind": spec.kind,
            "around": spec.around,
            "part_of": spec.part_of,
            "environment": spec.environment,
            "dataset": spec.dataset,
            "tenant": spec.tenant,
            "scenario": spec.scenario.value if spec.scenario else None,
            "responsible": spec.responsible,
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "declared_at": self.declared_at.isoformat(),
            "failed_at": self.failed_at.isoformat(),
            "rpo": {**self.rpo.document(), "recovery_point_age_seconds": self.point_age_seconds},
            "rto": {**self.rto.document(), "phases": self.seconds_by_phase, "resumed": self.resumed},
            "timeline": [time.document() for time in self.times],
            "recovery_point": selection.point.model_dump(mode="json") if selection and selection.point else None,
            "sampling": selection.sampling.document() if selection and selection.sampling else None,
            "target": self.target,
            "checks": [check.document() for check in self.checks],
            "probes": [probe.document() for probe in self.probes],
            "refused_calls": list(self.refused_calls),
            "clean_up": self.cleaned.document(),
            "declared_not_exercised": [each.model_dump(mode="json") for each in spec.not_exercised],
            "issues": list(self.issues),
            "evidence": self.evidence.document() if self.evidence else None,
        }


class Recorder(Protocol):
    """Makes evidence of a result."""

    def provenance(self) -> Provenance:
        """What the drill speaks of; asked once, when it is measured, and journalled."""

    def record(self, result: DrillResult) -> Recorded:
        """Write, sign and store one record. Doing it again with the same result gives the record that is there.

        Raises:
            HoldfastError: when it cannot be signed or kept.
        """
