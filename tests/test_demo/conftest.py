from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdfast.demo.outcome import EvidenceRow, Outcome
from holdfast.demo.steps import Step

sys.path.insert(0, str(Path(__file__).parent))

from outcomes import drill, probe  # beside the tests


@pytest.fixture
def good() -> Outcome:
    return Outcome(
        environment="sandbox",
        started_at=datetime(2026, 11, 22, tzinfo=UTC),
        commit="abc",
        proofs=[
            {
                "id": "rpo.project.region_loss",
                "subject": "project",
                "scenario": "region_loss",
                "verdict": "proved",
                "bound_seconds": 57_600.0,
                "limit_seconds": 86_400.0,
                "because": "longest gap",
            }
        ],
        prove_verdict="conditional",
        review={"verdict": "clean", "summary": "clean", "findings": []},
        drills=[
            drill("object-recovery", dataset="project", scenario="region_loss"),
            drill("immutability", probes=[probe(), probe(refused_by="IAM")]),
        ],
        verification="verified",
        verify_command="holdfast evidence verify x",
        evidence=[EvidenceRow("1.json", "PASSED", "ab", "s3://evidence/1")],
        steps=[Step("Prove", 1.0, "fine")],
    )
