"""PostgreSQL drills that are killed: the server goes on running, and is found, used again, or swept."""

from __future__ import annotations

import pytest
from applied_ground import RECOVERY
from killing import killed
from kinds_ground import spec_for
from postgres_ground import DATASET, server_folders

from holdfast.clock import SystemClock
from holdfast.drills.engine import resume
from holdfast.drills.register import registered
from holdfast.drills.sweep import sweep, sweep_folders
from holdfast.drills.verdict import Verdict

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres]
VERIFYING = "journal:phase-begin:verify:1"


def killed_at(ground, point):
    """The only drill, killed at one point."""
    (dead,) = killed(ground, spec_for(ground, "postgres-pitr", dataset=DATASET), point)
    return dead


def running(ground):
    """Data folders of scratch servers that run."""
    return [each for each in server_folders(ground.home) if (each / "data" / "postmaster.pid").exists()]


@pytest.mark.parametrize("point", ["journal:step-begin:make-server:1", "journal:step-begin:replay:1", VERIFYING])
def test_a_killed_drill_goes_on_and_leaves_nothing(ground_for, recorded, point):
    ground = ground_for().put(recorded.simple, RECOVERY)
    dead = killed_at(ground, point)
    assert (running(ground) != []) is (point == VERIFYING)
    result = resume(dead.drill_id, ground.surroundings)
    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.resumed
    assert ground.left_over() == []


def test_a_sweep_stops_and_removes_the_server_of_a_killed_drill(ground_for, recorded):
    ground = ground_for().put(recorded.simple, RECOVERY)
    dead = killed_at(ground, VERIFYING)
    assert running(ground) != []
    swept = sweep(ground.surroundings)
    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.orphaned == ()
    assert ground.left_over() == []


def test_a_sweep_after_the_sandbox_has_ended_does_so_too(ground_for, recorded):
    ground = ground_for().put(recorded.simple, RECOVERY)
    killed_at(ground, VERIFYING)
    swept = sweep_folders(ground.environment.environment, ground.home, SystemClock())
    assert any(each.startswith("PostgreSQL server") for each in swept.cleaned.removed)
    assert ground.left_over() == []


def test_a_folder_without_the_marker_of_the_drill_is_left_alone(ground_for, recorded):
    ground = ground_for().put(recorded.simple, RECOVERY)
    killed_at(ground, "journal:step-end:make-server:1")
    (folder,) = server_folders(ground.home)
    (folder / "holdfast-owner").write_text("somebody else's")
    swept = sweep(ground.surroundings)
    assert any("no longer carries the marker" in each for each in swept.cleaned.orphaned)
    assert folder.is_dir()
    (folder / "holdfast-owner").write_text(swept.ended[0] if swept.ended else _owner(ground))
    assert sweep(ground.surroundings).cleaned.orphaned == ()
    assert ground.left_over() == []


def _owner(ground):
    return registered(ground.home, ground.environment.environment, SystemClock())[0].drill_id
