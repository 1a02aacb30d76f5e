"""Results become records that verify, whatever the drill came to and whatever the clock did meanwhile."""

from __future__ import annotations

import errno
import itertools
import os
from datetime import timedelta
from pathlib import Path

import pytest
from directory_drills import REPOSITORY, START

from holdfast.aws.errors import AccessRefused
from holdfast.clock import ManualClock
from holdfast.drills.engine import resume, run
from holdfast.drills.evidence_recorder import EvidenceRecorder
from holdfast.drills.journal import Journal
from holdfast.drills.phases import Phase
from holdfast.drills.register import registered
from holdfast.drills.spec import DrillSpec
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError
from holdfast.evidence.environment_records import EnvironmentRecords
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.verification import verify

LATER = ManualClock(START + timedelta(days=1))
SPEC = DrillSpec(environment="sandbox", kind="directory", dataset="project")


@pytest.fixture
def recorded(ground):
    """The same ground with real records, signed by a key of its own and kept in its home folder."""
    ground.recorder = recorder_signing_with(LocalSigner.at(ground.home), ground)
    return ground


def recorder_signing_with(signer, ground):
    records = EnvironmentRecords(ground.environment.environment, ground.home, signer, None, ground.clock)
    return EvidenceRecorder(ground.environment, ground.home, REPOSITORY, records)


def entries(ground):
    if not list((ground.home / "evidence" / "sandbox").glob("*/0*.json")):
        return []
    verification = verify(ground.home / "evidence" / "sandbox", clock=LATER)
    assert verification.findings == ()
    return [record.entry for _, record in verification.records]


def test_a_pass_names_the_tier_the_source_the_timeline_and_the_files_it_speaks_of(recorded):
    plans = recorded.home / "sandbox" / "plans"
    plans.mkdir(parents=True)
    (plans / "sandbox-primary.json").write_text("{}")
    result = run(SPEC, recorded.surroundings)
    (entry,) = entries(recorded)
    assert entry.identity.name == "directory"
    assert (entry.objective.tier, entry.objective.scenario) == ("demo", "corruption")
    assert entry.source.recovery_point == "point-1"
    assert [phase.name for phase in entry.timeline.phases][:4] == ["declare", "preflight", "select", "restore"]
    assert entry.result.fresh_until == result.declared_at.replace(microsecond=0) + timedelta(days=1)
    verification = verify(recorded.home / "evidence" / "sandbox", clock=LATER)
    names = {subject.name for subject in verification.records[0][1].statement.subject}
    assert names == {"plans/sandbox-primary.json", "sets/project/_/point-1/manifest.json"}


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-400)])
def test_a_clock_that_is_set_during_the_drill_still_gives_a_record_that_verifies(recorded, jump):
    def at(name):
        recorded.clock.advance(timedelta(seconds=10))
        if name == "verify":
            recorded.clock.jump(jump)

    recorded.kind.at = at
    assert run(SPEC, recorded.surroundings).verdict is Verdict.PASSED
    (entry,) = entries(recorded)
    assert entry.rto.measured_seconds == 40


@pytest.mark.parametrize(
    ("break_it", "verdict"),
    [
        (lambda ground: [path.unlink() for path in ground.source.iterdir()], "INCONCLUSIVE"),
        (lambda ground: setattr(ground.kind, "skew", 1000.0), "INCONCLUSIVE"),
        (lambda ground: setattr(ground.kind, "skew", None), "INCONCLUSIVE"),
        (lambda ground: setattr(ground.kind, "age", timedelta(days=3)), "FAILED"),
    ],
)
def test_what_did_not_pass_is_recorded_with_its_reason_and_is_never_fresh(recorded, break_it, verdict):
    break_it(recorded)
    run(SPEC, recorded.surroundings)
    (entry,) = entries(recorded)
    assert entry.result.verdict == verdict
    assert entry.result.reason
    assert entry.result.fresh_until is None


def test_a_drill_resumed_by_a_clock_that_ran_back_is_recorded_as_inconclusive(recorded, monkeypatch):
    class Died(BaseException):
        pass

    def die(self, *_, **__):
        raise Died

    real = Journal.append

    def append(self, event, phase=None, /, **data):
        if event == "phase-begin" and phase == "verify":
            monkeypatch.setattr(Journal, "append", die)
            raise Died
        return real(self, event, phase, **data)

    monkeypatch.setattr(Journal, "append", append)
    with pytest.raises(Died):
        run(SPEC, recorded.surroundings)
    monkeypatch.setattr(Journal, "append", real)
    recorded.clock.jump(timedelta(hours=-2))
    (dead,) = registered(recorded.home, "sandbox", recorded.clock)
    result = resume(dead.drill_id, recorded.surroundings)
    assert (result.verdict, result.rto.seconds) == (Verdict.INCONCLUSIVE, None)
    (entry,) = entries(recorded)
    assert entry.result.verdict == "INCONCLUSIVE"


def test_recording_the_same_result_again_gives_the_same_record(recorded):
    result = run(SPEC, recorded.surroundings)
    again = recorded.recorder.record(result)
    assert again.digest == result.evidence.digest
    assert len(entries(recorded)) == 1


def test_without_the_environments_key_this_machine_signs_and_the_result_says_so(recorded):
    class Refusing:
        public_key = property(lambda _: (_ for _ in ()).throw(AccessRefused(doing="sign", operation="Sign", text="no")))

    recorded.recorder = recorder_signing_with(Refusing(), recorded)
    result = run(SPEC, recorded.surroundings)
    assert result.verdict is Verdict.PASSED
    assert "signed with the key of this machine" in result.evidence.problem
    assert Path(result.evidence.path).is_file()
    assert len(entries(recorded)) == 1


def attempt(ground):
    """The verdict, or the one error."""
    try:
        return run(SPEC, ground.surroundings).verdict
    except HoldfastError as error:
        return error


def test_a_disk_that_is_full_at_any_write_is_one_error_claims_nothing_and_can_be_swept(recorded, monkeypatch):
    real, failures = os.write, 0
    while True:
        writes = itertools.count()

        def full(descriptor, data):
            if next(writes) >= failures:  # noqa: B023
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(descriptor, data)

        monkeypatch.setattr(os, "write", full)
        outcome = attempt(recorded)
        monkeypatch.setattr(os, "write", real)
        if outcome is Verdict.PASSED:
            break
        failures += 1
        assert "No space left" in outcome.message
        for each in registered(recorded.home, "sandbox", recorded.clock):
            is_recorded = any(entry.identity.record_id == each.drill_id for entry in entries(recorded))
            assert not is_recorded or Phase.CLEAN_UP in each.state.outcomes
        sweep(recorded.surroundings)
        assert recorded.leftovers() == []
    assert 20 < failures < 200
