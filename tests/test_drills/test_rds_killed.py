"""A drill of an instance, killed with `kill -9`: it goes on with the same instance, or a sweep takes it away."""

from __future__ import annotations

import pytest
from killing import killed_elsewhere
from rds_ground import Ground, rds_environment, until

from holdfast.drills.engine import resume
from holdfast.drills.spec import LATEST
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox
POINTS = (
    "call:RestoreDBInstanceFromDBSnapshot:1",
    "journal:step-end:restore-db-instance:1",
    "call:ModifyDBInstance:1",
    "journal:phase-end:verify:1",
    "call:DeleteDBInstance:1",
)


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """An instance with a snapshot and its copy."""
    return Ground(rds_environment(), emulator, tmp_path_factory.mktemp("standing")).apply().protect()


@pytest.mark.parametrize("point", POINTS)
def test_it_goes_on_with_the_same_instance_and_leaves_nothing(standing, point, tmp_path):
    dead = killed_elsewhere(standing, standing.spec(set_id=LATEST), point, tmp_path)

    result = resume(dead.drill_id, standing.surroundings)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert standing.left_over() == []
    assert len([each for each in result.cleaned.created if ":rds:" in each]) == 1


@pytest.mark.parametrize("point", POINTS[:4])
def test_a_sweep_takes_away_what_it_made(standing, point, tmp_path):
    dead = killed_elsewhere(standing, standing.spec(set_id=LATEST), point, tmp_path)

    swept = sweep(standing.surroundings)

    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.orphaned == ()
    until(lambda: standing.left_over() == [])
