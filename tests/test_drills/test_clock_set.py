"""The clock of this machine is set by an hour in the middle of a real drill: its figures stay, its record verifies."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.clock import SystemClock
from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox
PHASES = ("survey", "select", "restore", "verify", "probe", "clean_up")
HOUR = timedelta(hours=1)


class SetClock(SystemClock):
    """The machine's clock, with what it was set by."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


@dataclass(frozen=True)
class Setting(ObjectRecovery):
    """The same kind; the clock is set when it comes to a phase."""

    clock: SetClock | None = None
    phase: str = ""
    by: timedelta = HOUR

    def __getattribute__(self, name):
        if name in PHASES and name == object.__getattribute__(self, "phase"):
            object.__getattribute__(self, "clock").by = object.__getattribute__(self, "by")
        return object.__getattribute__(self, name)


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["on", "back"])
@pytest.mark.parametrize("phase", PHASES)
def test_the_figures_of_a_real_drill_stay_and_its_record_verifies(applied, phase, by):
    pushed, clock = applied.push(), SetClock()
    kinds = {**KINDS, "object-recovery": Setting(clock=clock, phase=phase, by=by)}
    spec = DrillSpec(environment=applied.environment.environment, kind="object-recovery", dataset="project")
    began, declared = time.monotonic(), datetime.now(UTC)

    result = run(spec, replace(applied.surroundings, clock=clock, kinds=kinds))
    took = time.monotonic() - began

    assert clock.by == by
    assert 0 < result.rto.seconds <= took + 1
    assert took - result.rto.seconds < took
    from_before = (declared - pushed.captured_at).total_seconds()
    assert from_before - took - 1.5 <= result.rpo.seconds <= from_before + took + 1.5
    if phase != "survey":
        assert result.verdict is Verdict.PASSED, result.reasons
    else:
        assert result.verdict is not Verdict.FAILED, result.reasons
    assert verify(applied.home / "evidence" / applied.environment.environment, clock=SystemClock()).findings == ()
