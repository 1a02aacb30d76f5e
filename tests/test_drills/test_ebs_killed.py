"""A drill of a volume, killed with `kill -9`: it goes on with the same volume, or a sweep takes away what it made."""

from __future__ import annotations

import pytest
from ebs_ground import Volumes, ebs_environment
from killing import killed_elsewhere

from holdfast.drills.engine import resume
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox
POINTS = (
    "call:CreateVolume:1",
    "journal:step-end:create-volume:1",
    "call:CreateSnapshot:1",
    "journal:step-end:create-snapshot:1",
    "journal:phase-end:verify:1",
    "call:DeleteSnapshot:1",
    "call:DeleteVolume:1",
)


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """A volume that is protected, and its baseline."""
    ground = Volumes(ebs_environment(), emulator, tmp_path_factory.mktemp("standing")).apply()
    ground.protect()
    return ground


@pytest.mark.parametrize("point", POINTS)
def test_it_goes_on_with_the_same_volume_and_leaves_nothing(standing, point, tmp_path):
    dead = killed_elsewhere(standing, standing.spec(), point, tmp_path)

    result = resume(dead.drill_id, standing.surroundings)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert standing.made_by_drills() == []
    assert len([each for each in result.cleaned.created if each.startswith("vol-")]) == 1
    assert len([each for each in result.cleaned.created if each.startswith("snap-")]) == 1


@pytest.mark.parametrize("point", POINTS[:5])
def test_a_sweep_takes_away_what_it_made(standing, point, tmp_path):
    dead = killed_elsewhere(standing, standing.spec(), point, tmp_path)

    swept = sweep(standing.surroundings)

    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.orphaned == ()
    assert standing.made_by_drills() == []
