"""Records of an environment: whoever signs them, where they are is said, and what is wrong with them too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from evidence_ground import START, MemoryStore, record, subjects

from holdfast.aws.errors import AccessRefused
from holdfast.clock import ManualClock
from holdfast.evidence.environment_records import EnvironmentRecords
from holdfast.evidence.errors import RecordIdTaken
from holdfast.evidence.sections import Result, Verdict
from holdfast.evidence.verification import verify

FAILED = Result(verdict=Verdict.FAILED, reason="the disk was full")
LATER = ManualClock(START + timedelta(days=1))


class Refusing:
    @property
    def public_key(self):
        raise AccessRefused(doing="sign", operation="Sign", text="no")


def records_of(ground, *, signer=None, locked=None):
    return EnvironmentRecords("sandbox", ground.home, signer or ground.signer, locked, ground.clock)


def test_a_record_says_where_it_is_locked_by_version(ground, bucket) -> None:
    recorded = records_of(ground, locked=bucket).write(record(), subjects(), ended=START)

    assert Path(recorded.path).is_file()
    assert recorded.location.startswith("s3://")
    assert "?versionId=" in recorded.location
    assert recorded.problem is None


def test_a_key_that_does_not_sign_is_replaced_by_this_machines_and_that_is_said(ground) -> None:
    recorded = records_of(ground, signer=Refusing()).write(record(), subjects(), ended=START)

    assert "signed with the key of this machine" in recorded.problem
    assert "not locked: no evidence bucket is used" in recorded.problem
    assert verify(ground.folder, clock=LATER).findings == ()


def test_a_record_is_not_dated_before_the_end_of_what_it_records(ground) -> None:
    ended = START + timedelta(minutes=3)

    records_of(ground).write(record(at=ended), subjects(), ended=ended)

    ((_, written),) = verify(ground.folder, clock=LATER).records
    assert written.entry.recorded_at == ended


def test_an_id_that_stands_for_something_else_is_refused_unless_it_may_be_known(ground) -> None:
    records = records_of(ground)
    first = records.write(record(), subjects(), ended=START)

    with pytest.raises(RecordIdTaken):
        records.write(record(result=FAILED), subjects(), ended=START)
    assert records.write(record(result=FAILED), subjects(), ended=START, is_known=True).digest == first.digest


def test_other_records_that_are_damaged_are_counted_in_what_is_said(ground) -> None:
    locked = MemoryStore()
    records = records_of(ground, locked=locked)
    first = records.write(record(), subjects(), ended=START)
    Path(first.path).write_bytes(b"{}")

    recorded = records.write(record("drill-2"), subjects(), ended=START)

    assert "1 other records are not as they should be" in recorded.problem
