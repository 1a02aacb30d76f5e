"""Thirty simulated days of a daily drill, some missed or failed: each is flagged within a period, and no other is."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from directory_drills import REPOSITORY, START

from holdfast.drills.due.standing import standing
from holdfast.drills.engine import run
from holdfast.drills.evidence_recorder import EvidenceRecorder
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.evidence.environment_records import EnvironmentRecords
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.verification import verify

DAYS, DAY, HOUR = 30, timedelta(days=1), timedelta(hours=1)
SPEC = DrillSpec(environment="sandbox", kind="object-recovery", dataset="project")


@pytest.fixture
def daily(ground):
    """A kind that counts as object recovery, and records that are signed and kept. Its tier asks for it every day."""
    ground.kind.name = SPEC.kind
    records = EnvironmentRecords("sandbox", ground.home, LocalSigner.at(ground.home), None, ground.clock)
    ground.recorder = EvidenceRecorder(ground.environment, ground.home, REPOSITORY, records)
    return ground


def drill(ground, *, damaged=False):
    """Drill once; the copy is damaged before it is verified, if it is to fail."""

    def at(name):
        if damaged and name == "verify":
            (copied,) = (ground.home / "scratch").glob("*/*/file-0")
            copied.write_bytes(b"damaged")

    ground.kind.at = at
    return run(SPEC, replace(ground.surroundings, kinds={SPEC.kind: ground.kind})).verdict


def is_overdue(ground, when):
    found = verify(ground.home / "evidence" / "sandbox", clock=ground.clock)
    assert found.findings == ()
    due = standing(ground.environment, found, when)
    return next(each.overdue for each in due.standings if each.duty.dataset == "project")


def test_every_missed_day_is_flagged_within_a_period_and_no_other(daily):
    rng = random.Random(1)  # noqa: S311  # repeatable on purpose
    days = ["passed", *rng.choices(["passed", "missed", "failed"], [8, 2, 1], k=DAYS - 1)]
    for number, what in enumerate(days):
        noon = START + number * DAY
        daily.clock.advance(noon - daily.clock.now())
        if what != "missed":
            expected = Verdict.FAILED if what == "failed" else Verdict.PASSED
            assert drill(daily, damaged=what == "failed") is expected
        daily.clock.advance(HOUR)

        assert is_overdue(daily, daily.clock.now()) is (what != "passed"), (number, days)
        assert is_overdue(daily, noon + DAY - HOUR) is (what != "passed"), "and not before a whole period has gone by"

    assert {"passed", "missed", "failed"} == set(days)
