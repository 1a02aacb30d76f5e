"""Least privilege for what restores in aws-backup: the listed actions are enough, and none can be left out."""

from __future__ import annotations

import pytest
from backup_ground import Protected, backup_environment

from holdfast.constructs.policies.document import allow
from holdfast.drills.checks import Outcome
from holdfast.drills.copy_timing import CHECK
from holdfast.drills.engine import run
from holdfast.drills.permissions import CALLER, DRILL_RESTORER, PERMISSIONS
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
NEEDED = PERMISSIONS["aws-backup"][DRILL_RESTORER]
NOT_ENFORCED = {
    "backup:ListRestoreJobs": "asked only by a drill that was killed while it asked for the restore job",
    "backup:ListCopyJobs": "it times the copy, which a restore can do without: tried below",
    "s3:DeleteObjectVersion": "the emulator asks for s3:DeleteObject when several versions are deleted at once",
}


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """A bucket that is backed up, and its baseline, as the root made them."""
    ground = Protected(backup_environment(), emulator, tmp_path_factory.mktemp("standing")).apply().protect()
    ground.make_bucket({"k": b"v"})
    ground.back_up()
    ground.take_baseline()
    return ground


def drill_with(ground, actions, tmp_path):
    """The drill with a drill restorer that has these actions and no others."""
    ground.put_role_policy("drill-restorer", [allow("Exactly", actions, on=["*"])])
    ground.home = tmp_path / "home"
    return run(ground.spec(), ground.surroundings)


@pytest.fixture(autouse=True)
def nothing_left(standing):
    yield
    for name in standing.made_by_drills():
        s3 = standing.client("s3", "us-west-2")
        for version in s3.list_object_versions(Bucket=name).get("Versions", []):
            s3.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=name)


def test_with_exactly_the_listed_actions_it_passes(standing, tmp_path):
    result = drill_with(standing, [*NEEDED, "s3:DeleteObject"], tmp_path)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.copied is not None


def test_the_caller_needs_the_right_to_take_on_roles_and_no_other(standing, tmp_path):
    assert PERMISSIONS["aws-backup"][CALLER] == ("sts:AssumeRole",)
    standing.put_role_policy("drill-restorer", [allow("Exactly", [*NEEDED, "s3:DeleteObject"], on=["*"])])

    (tmp_path / "may").mkdir()
    may = standing.by_user(tmp_path / "may", "sts:AssumeRole")
    assert run(may.spec(), may.surroundings).verdict is Verdict.PASSED

    may_not = standing.by_user(tmp_path)
    with pytest.raises(HoldfastError, match="sts:AssumeRole"):
        run(may_not.spec(), may_not.surroundings)


@pytest.mark.parametrize("action", [each for each in NEEDED if each not in NOT_ENFORCED])
def test_without_any_one_of_them_it_does_not_pass(standing, action, tmp_path):
    rest = [each for each in NEEDED if each != action]
    try:
        result = drill_with(standing, [*rest, "s3:DeleteObject"], tmp_path)
    except HoldfastError as error:
        refused = str(error).lower()
    else:
        assert result.verdict is not Verdict.PASSED
        refused = " ".join(result.reasons).lower()
    assert "denied" in refused or "not authorized" in refused or "forbidden" in refused


def test_without_the_right_to_look_at_copy_jobs_the_copy_is_not_timed_and_the_record_says_so(standing, tmp_path):
    result = drill_with(
        standing, [*(each for each in NEEDED if each != "backup:ListCopyJobs"), "s3:DeleteObject"], tmp_path
    )

    (timed,) = (check for check in result.checks if check.id == CHECK)
    assert result.verdict is Verdict.PASSED, result.reasons
    assert timed.outcome is Outcome.SKIPPED
    assert "backup:ListCopyJobs" in timed.reason or "not authorized" in timed.reason
    assert result.selection.point.copied is None
