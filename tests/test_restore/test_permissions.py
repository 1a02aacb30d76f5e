"""Least privilege both ways: with the documented actions a restore passes, without any one of them it does not."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY, Applied, make_environment
from restore_ground import RestoreGround

from holdfast.constructs.policies.document import allow
from holdfast.drills.permissions import DRILL_RUNNER, EVIDENCE
from holdfast.errors import ServiceError

pytestmark = pytest.mark.sandbox
READS = ("s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion")
"""And `kms:Decrypt`, for which the emulator's S3 does not ask."""
NEEDED = ("s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion")


@pytest.fixture(scope="module")
def exact(emulator, tmp_path_factory):
    ground = RestoreGround(Applied(make_environment(), emulator, tmp_path_factory.mktemp("exact")).apply())
    ground.applied.push()
    ground.applied.revoke_bucket_grants()
    return ground


def may(ground, actions):
    applied = ground.applied
    vaults = [f"arn:aws:s3:::{applied.bucket(region)}" for region in (PRIMARY, RECOVERY)]
    evidence = f"arn:aws:s3:::{applied.names.evidence_bucket}"
    planning = allow("Plan", READS, on=[*vaults, *(f"{arn}/*" for arn in vaults), "arn:aws:kms:*"])
    recording = allow("Evidence", EVIDENCE[DRILL_RUNNER], on=[evidence, f"{evidence}/*", "arn:aws:kms:*"])
    applied.put_role_policy("drill-runner", [planning, recording])
    restoring = allow("Restore", actions, on=[*vaults, *(f"{arn}/*" for arn in vaults), "arn:aws:kms:*"])
    applied.put_role_policy("restore-operator", [restoring])


def test_with_exactly_the_documented_actions_it_passes(exact):
    may(exact, READS)
    state = exact.restore(exact.folder / "back")
    assert state.verdict == "PASSED"
    assert state.document()["evidence"]["problem"] is None


@pytest.mark.parametrize("action", NEEDED)
def test_without_any_one_of_them_nothing_is_restored(exact, action):
    may(exact, READS)
    plan = exact.plan(exact.folder / action.replace(":", "-"))
    approval = exact.approve(plan)
    may(exact, [each for each in READS if each != action])
    try:
        state = exact.run(plan, approval)
    except ServiceError as error:
        refused = error.message
    else:
        assert state.verdict == "FAILED"
        refused = " ".join(state.document()["reasons"])
    assert action in refused or "denied" in refused.lower()
    assert not (exact.folder / action.replace(":", "-")).exists()
