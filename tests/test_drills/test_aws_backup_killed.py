"""A drill of AWS Backup, killed with `kill -9`: it goes on with the same job, or a sweep takes away what it made."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY
from backup_ground import Protected, backup_environment
from killing import killed_elsewhere

from holdfast.drills.aws_backup.targets import name_of
from holdfast.drills.engine import resume
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox
POINTS = (
    "call:CreateBucket:1",
    "call:StartRestoreJob:1",
    "journal:step-end:start-restore-job:1",
    "journal:phase-end:restore:1",
    "journal:phase-end:verify:1",
    "call:DeleteBucket:1",
    "call:PutRestoreValidationResult:1",
    "journal:phase-begin:record:1",
)


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """A bucket that is backed up, and its baseline."""
    ground = Protected(backup_environment(), emulator, tmp_path_factory.mktemp("standing")).apply().protect()
    ground.make_bucket({f"n/{number}": bytes([number]) * 1000 for number in range(5)})
    ground.back_up()
    ground.take_baseline()
    return ground


def jobs_into(ground, drill_id):
    target = name_of(ground.environment, drill_id)
    return [each for each in ground.restore_jobs() if each.get("CreatedResourceArn", "").endswith(target)]


@pytest.mark.parametrize("point", POINTS)
def test_it_goes_on_with_the_same_job_and_answers_once(standing, point, tmp_path):
    dead = killed_elsewhere(standing, standing.spec(), point, tmp_path)

    result = resume(dead.drill_id, standing.surroundings)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert standing.made_by_drills() == []
    (job,) = jobs_into(standing, dead.drill_id)
    assert job["ValidationStatus"] == "SUCCESSFUL"


@pytest.mark.parametrize("point", POINTS[:5])
def test_a_sweep_takes_away_what_it_made(standing, point, tmp_path):
    dead = killed_elsewhere(standing, standing.spec(), point, tmp_path)

    swept = sweep(standing.surroundings)

    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.orphaned == ()
    assert standing.made_by_drills() == []


def test_a_sweep_finds_by_name_and_tag_what_no_journal_tells_of(standing, tmp_path):
    killed_elsewhere(standing, standing.spec(), "journal:phase-end:restore:1", tmp_path)
    standing.home = tmp_path / "another-machine"
    (there,) = standing.made_by_drills()
    foreign = f"holdfast-other-{there.split('-', 2)[2]}"
    standing.client("s3", PRIMARY).create_bucket(Bucket=foreign)

    swept = sweep(standing.surroundings)

    assert any(there in each for each in swept.cleaned.removed)
    assert standing.made_by_drills() == []
    assert foreign in [each["Name"] for each in standing.client("s3", PRIMARY).list_buckets()["Buckets"]]
