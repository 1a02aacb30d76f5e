"""Any kind that simulates it, run with the primary Region guarded off."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY
from kinds_ground import captured, failed, push_tenant, ready, spec_for

from holdfast.drills.composing import kind_for
from holdfast.drills.engine import run
from holdfast.drills.errors import DatasetNeeded, NotWrapped, UnknownDrillKind
from holdfast.drills.kinds import KINDS
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario

pytestmark = pytest.mark.sandbox


@pytest.fixture
def applied(emulator, tmp_path):
    applied = ready(emulator, tmp_path)
    applied.push()
    return applied


def drill(applied, around=None, **more):
    return run(spec_for(applied, "region-loss", around=around, **more), applied.surroundings)


def test_each_kind_passes_without_a_call_to_the_lost_region(applied):
    captured(applied)
    push_tenant(applied, "acme", {"a": b"acme"})
    wrapped = {
        None: {"dataset": "project"},
        "configuration": {},
        "tenant": {"dataset": "exports", "tenant": "acme"},
        "immutability": {},
    }
    for around, scope in wrapped.items():
        result = drill(applied, around, **scope)
        assert (result.verdict, result.refused_calls, failed(result)) == (Verdict.PASSED, (), set()), around
        assert result.spec.scenario is Scenario.REGION_LOSS
        named = next(check.observed for check in result.checks if check.id == "wrapped-kind")
        assert named == (around or "object-recovery"), "the record says what was drilled"


def test_immutability_without_the_primary_region_attacks_the_other_one_only(applied):
    result = drill(applied, "immutability", dataset="project")
    assert result.verdict is Verdict.PASSED
    assert {probe.id[: len(RECOVERY)] for probe in result.probes} == {RECOVERY}
    assert f"{RECOVERY}-locks" in {check.id for check in result.checks}
    assert applied.versions("canaries/", PRIMARY) == []


def test_a_hidden_dependency_of_the_wrapped_kind_fails_it(applied, monkeypatch):
    real = ObjectRecovery.verify

    def verify(self, drill, selection, restored):
        drill.sessions.client("s3", PRIMARY).list_buckets()
        return real(self, drill, selection, restored)

    monkeypatch.setattr(ObjectRecovery, "verify", verify)
    result = drill(applied, dataset="project")
    assert result.verdict is Verdict.FAILED
    assert "no-call-to-the-lost-region" in failed(result)


@pytest.mark.parametrize("around", ["replication", "access-control", "key-loss", "region-loss", "game-day"])
def test_a_kind_that_needs_the_primary_region_is_not_wrapped(applied, around):
    with pytest.raises(NotWrapped, match=around):
        drill(applied, around, dataset="project")


def test_other_mistakes_are_errors_that_say_what_is_allowed(applied):
    with pytest.raises(UnknownDrillKind, match="object-recovery"):
        drill(applied, "objects", dataset="project")
    with pytest.raises(DatasetNeeded):
        drill(applied)
    with pytest.raises(NotWrapped, match="only region-loss wraps"):
        kind_for(DrillSpec(environment="x", kind="immutability", around="tenant"), KINDS)
