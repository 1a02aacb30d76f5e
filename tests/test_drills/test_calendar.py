"""Drills over the seams of the calendar: figures are in seconds of UTC, whatever the host's time zone does."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from directory_drills import REPOSITORY, Ground

from holdfast.clock import ManualClock
from holdfast.drills.engine import run
from holdfast.drills.evidence_recorder import EvidenceRecorder
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.evidence.environment_records import EnvironmentRecords
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.verification import verify

SEAMS = {
    "summer time begins": datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC),
    "summer time ends": datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC),
    "into a leap day": datetime(2028, 2, 28, 23, 59, 30, tzinfo=UTC),
    "out of a leap day": datetime(2028, 2, 29, 23, 59, 30, tzinfo=UTC),
    "a leap second": datetime(2016, 12, 31, 23, 59, 30, tzinfo=UTC),
    "the end of 32 bits": datetime(2038, 1, 19, 3, 13, 37, tzinfo=UTC),
    "no leap day": datetime(2100, 2, 28, 23, 59, 30, tzinfo=UTC),
    "the end of a century": datetime(2099, 12, 31, 23, 59, 30, tzinfo=UTC),
}


@pytest.fixture(params=["Europe/Berlin", "Pacific/Apia", "UTC"])
def zone(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("start", SEAMS.values(), ids=SEAMS)
def test_over_any_seam_the_figures_are_right_and_the_record_verifies(tmp_path, zone, start):
    ground = Ground(tmp_path / "home", ManualClock(start))
    records = EnvironmentRecords("sandbox", ground.home, LocalSigner.at(ground.home), None, ground.clock)
    ground.recorder = EvidenceRecorder(ground.environment, ground.home, REPOSITORY, records)
    ground.kind.at = lambda _: ground.clock.advance(timedelta(seconds=15))

    result = run(DrillSpec(environment="sandbox", kind="directory", dataset="project"), ground.surroundings)

    assert result.verdict is Verdict.PASSED
    assert (result.rpo.seconds, result.rto.seconds) == (600, 60)
    found = verify(ground.home / "evidence" / "sandbox", clock=ground.clock)
    assert found.findings == ()
    assert [record.entry.identity.record_id for _, record in found.records] == [result.drill_id]
