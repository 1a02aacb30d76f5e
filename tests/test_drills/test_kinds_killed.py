"""Each kind killed with SIGKILL between what it did and its journal: resumed to one record, or swept."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY
from killing import killed
from kinds_ground import captured, push_tenant, ready, replicate, spec_for

from holdfast.clock import SystemClock
from holdfast.drills.engine import resume
from holdfast.drills.game_day.plan import GameDay, Part
from holdfast.drills.lost_key import backup_key
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import records_of

pytestmark = pytest.mark.sandbox
DAY = GameDay(
    name="day",
    steps=(
        Part(name="files", kind="object-recovery", dataset="project"),
        Part(name="setup", kind="configuration", after=("files",)),
    ),
)
SCOPES = {
    "configuration": {},
    "tenant": {"dataset": "exports", "tenant": "acme"},
    "key-loss": {"dataset": "project"},
    "replication": {},
    "access-control": {},
    "region-loss": {"dataset": "project"},
    "game-day": {"game_day": DAY},
}
RESUMED = [
    ("configuration", "journal:phase-end:restore:1"),
    ("tenant", "journal:phase-begin:declare:1"),
    ("tenant", "journal:phase-begin:probe:1"),
    ("key-loss", "call:DisableKey:1"),
    ("replication", "call:PutObject:2"),
    ("access-control", "call:PutKeyPolicy:1"),
    ("region-loss", "journal:phase-end:select:1"),
    ("game-day", "journal:step-end:part:1"),
    ("game-day", "journal:phase-end:verify:1"),
]
SWEPT = [
    ("configuration", "journal:phase-end:verify:1"),
    ("key-loss", "journal:phase-end:restore:1"),
    ("replication", "journal:phase-end:restore:1"),
    ("access-control", "call:ScheduleKeyDeletion:1"),
    ("game-day", "journal:phase-end:select:2"),
]


@pytest.fixture
def applied(emulator, tmp_path):
    applied = ready(emulator, tmp_path)
    applied.push()
    captured(applied)
    push_tenant(applied, "acme", {"a": b"acme"})
    replicate(applied)
    return applied


def unfinished(applied, kind, point):
    """What is left unfinished by a drill that was killed: it, or a part of it as well."""
    there = killed(applied, spec_for(applied, kind, **SCOPES[kind]), point)
    return [each for each in there if each.unfinished]


def verdicts(applied):
    found = records_of(applied.home, applied.environment.environment, clock=SystemClock())
    assert found.findings == ()
    return [(record.entry.identity.name, record.entry.result.verdict.value) for _, record in found.records]


@pytest.mark.parametrize(("kind", "point"), RESUMED)
def test_killed_it_resumes_to_one_record_and_nothing_is_left(applied, kind, point):
    dead = next(each for each in unfinished(applied, kind, point) if each.state.spec.kind == kind)
    assert (kind, "PASSED") not in verdicts(applied)
    result = resume(dead.drill_id, applied.surroundings)
    assert (result.verdict, result.resumed) == (Verdict.PASSED, True)
    assert [name for name, _ in verdicts(applied)].count(kind) == 1
    assert list((applied.home / "scratch").iterdir()) == []
    assert backup_key(applied.sessions, PRIMARY).state == "Enabled"


@pytest.mark.parametrize(("kind", "point"), SWEPT)
def test_killed_it_is_swept_and_no_record_says_it_passed(applied, kind, point):
    dead = unfinished(applied, kind, point)
    swept = sweep(applied.surroundings)
    assert set(swept.ended) == {each.drill_id for each in dead}
    assert swept.cleaned.orphaned == ()
    assert kind not in [name for name, _ in verdicts(applied)]
    assert list((applied.home / "scratch").iterdir()) == []
    assert backup_key(applied.sessions, PRIMARY).state == "Enabled"
    assert sweep(applied.surroundings).ended == ()
