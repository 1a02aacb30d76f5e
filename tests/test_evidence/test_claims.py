"""A record cannot be built to say more than its own content bears out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from evidence_ground import START, record

from holdfast.evidence.refusals import UnsupportedClaim
from holdfast.evidence.sections import (
    Check,
    Erasure,
    Objective,
    Outcome,
    Phase,
    Probe,
    Result,
    Rpo,
    Rto,
    Sampling,
    Timeline,
    Verdict,
)

PASSED = Check(id="sha256", kind="digest", outcome=Outcome.PASSED)
FAILED = Check(id="count", kind="count", outcome=Outcome.FAILED, expected="3", observed="2")
SKIPPED = Check(id="boot", kind="boot", outcome=Outcome.SKIPPED, reason="no application here")
MINUTE = timedelta(minutes=1)


def phase(name: str, start: int, end: int | None) -> Phase:
    return Phase(name=name, started_at=START + start * MINUTE, ended_at=None if end is None else START + end * MINUTE)


def timeline(*phases: Phase, end: int | None = 10) -> Timeline:
    return Timeline(declared_at=START, phases=phases, ended_at=None if end is None else START + end * MINUTE)


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"checks": ()}, "no check was executed"),
        ({"checks": (SKIPPED,)}, "no check was executed"),
        ({"checks": (PASSED, FAILED)}, "count failed"),
        ({"rpo": Rpo(measured_seconds=4000, target_seconds=3600, met=False)}, "recovery point objective was missed"),
        ({"rto": Rto(measured_seconds=61, target_seconds=60, met=False)}, "recovery time objective was missed"),
        ({"rto": Rto(measured_seconds=61, target_seconds=60, met=True)}, "called met"),
        ({"rto": Rto(measured_seconds=59.999, target_seconds=60, met=False)}, "called missed"),
        ({"rto": Rto(target_seconds=60, met=True)}, "without a measure"),
        ({"rpo": Rpo(measured_seconds=1, met=True)}, "without a measure and a target"),
        ({"objective": Objective(dataset="exports", rto_target_seconds=30)}, "declared objective is 30"),
        ({"timeline": timeline(end=None)}, "it has no end"),
        ({"timeline": timeline(phase("restore", 0, None))}, "restore has no end"),
        ({"timeline": timeline(phase("restore", 0, 11))}, "does not lie between"),
        ({"timeline": timeline(phase("restore", -1, 2))}, "does not lie between"),
        ({"timeline": timeline(phase("verify", 5, 6), phase("restore", 1, 2))}, "started before"),
        ({"timeline": timeline(end=-1)}, "ended before it was declared"),
        ({"erasure": Erasure(applied=3, unmatched=0, residual=1)}, "1 erased entries came back"),
        ({"checks": (Check(id="boot", kind="boot", outcome=Outcome.SKIPPED), PASSED)}, "skipped without a reason"),
        ({"checks": (PASSED, PASSED)}, "listed twice"),
        ({"sampling": Sampling(population=3, size=4, method="random")}, "4 were sampled out of 3"),
        ({"result": Result(verdict=Verdict.INCONCLUSIVE)}, "without a reason"),
        ({"result": Result(verdict=Verdict.FAILED)}, "FAILED without"),
    ],
)
def test_a_claim_its_content_does_not_bear_out_is_refused(sections: dict, words: str) -> None:
    with pytest.raises(UnsupportedClaim, match=words):
        record(**sections)


@pytest.mark.parametrize(
    "sections",
    [
        {"checks": (PASSED, SKIPPED)},
        {"checks": (), "probes": (Probe(id="delete", call="DeleteObject", outcome=Outcome.PASSED, expected="denied"),)},
        {"checks": (FAILED,), "result": Result(verdict=Verdict.FAILED)},
        {"checks": (), "result": Result(verdict=Verdict.FAILED, reason="no space at the target")},
        {"checks": (), "result": Result(verdict=Verdict.INCONCLUSIVE, reason="no recovery point")},
        {
            "rto": Rto(measured_seconds=61, target_seconds=60, met=False),
            "result": Result(verdict=Verdict.FAILED),
        },
        {  # missed by less than the millisecond that figures are rounded to
            "rto": Rto(measured_seconds=60.0004, target_seconds=60, met=False),
            "result": Result(verdict=Verdict.FAILED),
        },
        {"timeline": timeline(end=-1), "result": Result(verdict=Verdict.INCONCLUSIVE, reason="the clock jumped")},
        {"rpo": None, "rto": Rto(measured_seconds=3)},
    ],
)
def test_what_happened_can_be_said(sections: dict) -> None:
    assert record(**sections)
