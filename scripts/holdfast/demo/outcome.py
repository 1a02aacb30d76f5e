"""What a demo came to: one document that the table, the HTML page and `--json` are made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from holdfast.demo.steps import Step

Verdict = Literal["PASSED", "FAILED", "INCONCLUSIVE"]

EXIT_CODES: dict[str, int] = {"PASSED": 0, "FAILED": 2, "INCONCLUSIVE": 3}


@dataclass(frozen=True)
class Objective:
    """One row of the final table, figures already in words."""

    objective: str
    subject: str
    scenario: str
    target: str
    measured: str
    verdict: str
    how: str


@dataclass(frozen=True)
class EvidenceRow:
    """One record: its file name, what it says, its digest and where it is locked."""

    path: str
    verdict: str
    digest: str
    location: str


@dataclass
class Outcome:
    """Filled step by step; what a step did not reach stays empty and keeps the verdict from being PASSED."""

    environment: str
    started_at: datetime
    commit: str | None
    data: dict[str, Any] = field(default_factory=dict)
    proofs: list[dict[str, Any]] = field(default_factory=list)
    prove_verdict: str = "not reached"
    review: dict[str, Any] = field(default_factory=lambda: {"verdict": "not reached", "summary": "", "findings": []})
    drills: list[dict[str, Any]] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    evidence: list[EvidenceRow] = field(default_factory=list)
    verification: str = "not reached"
    verify_command: str = ""
    declared_not_exercised: list[dict[str, Any]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    duration_seconds: float = 0.0
    report: Path | None = None

    @property
    def verdict(self) -> Verdict:
        """PASSED only when everything was reached and everything is good."""
        drills = [drill["verdict"] for drill in self.drills]
        bad = (
            self.prove_verdict == "refuted",
            self.review["verdict"] == "findings",
            self.verification == "not verified",
            "FAILED" in drills,
            any(row.verdict in {"missed", "refuted", "accepted"} for row in self.objectives),
        )
        if any(bad):
            return "FAILED"
        reached = (
            self.prove_verdict in {"proved", "conditional"},
            self.review["verdict"] == "clean",
            self.verification == "verified",
            len(drills) >= 2,
            all(each == "PASSED" for each in drills),
            all(step.good for step in self.steps),
        )
        return "PASSED" if all(reached) else "INCONCLUSIVE"

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        document = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        document["objectives"] = [asdict(row) for row in self.objectives]
        document["evidence"] = [asdict(row) for row in self.evidence]
        document["steps"] = [asdict(step) for step in self.steps]
        document["started_at"] = self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        document["report"] = str(self.report) if self.report else None
        return {"verdict": self.verdict, **document}
