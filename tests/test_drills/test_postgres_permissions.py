"""What the drill runner has to be allowed for a PostgreSQL drill: exactly the list, and nothing less."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY

from holdfast.constructs.policies.document import allow
from holdfast.drills.permissions import CALLER, DRILL_RUNNER, EVIDENCE, PERMISSIONS
from holdfast.drills.verdict import Verdict
from holdfast.errors import ServiceError, ToolError

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres]
NEEDED = PERMISSIONS["postgres-pitr"][DRILL_RUNNER]
NOT_ENFORCED = {
    "kms:Decrypt": "the emulator's S3 decrypts without asking KMS",
    "s3:GetObjectRetention": "the emulator shows the lock to whoever may read the object",
}


def allowed(ground, actions):
    """The archive in the recovery Region, and a drill runner that may do this there, and keep evidence."""
    ground.revoke_bucket_grants()
    vaults = [f"arn:aws:s3:::{ground.bucket(region)}" for region in (PRIMARY, RECOVERY)]
    evidence = f"arn:aws:s3:::{ground.names.evidence_bucket}"
    statements = [
        allow("Drill", actions, on=[*vaults, *(f"{arn}/*" for arn in vaults), "arn:aws:kms:*"]),
        allow("Evidence", EVIDENCE[DRILL_RUNNER], on=[evidence, f"{evidence}/*", "arn:aws:kms:*"]),
    ]
    ground.put_role_policy("drill-runner", statements)
    return ground


def test_with_exactly_the_listed_actions_it_passes(ground_for, recorded):
    result = allowed(ground_for().put(recorded.simple, RECOVERY), NEEDED).drill()
    assert (result.verdict, result.issues) == (Verdict.PASSED, ())


def test_the_caller_needs_the_right_to_take_on_roles_and_no_other(ground_for, recorded, tmp_path):
    assert PERMISSIONS["postgres-pitr"][CALLER] == ("sts:AssumeRole",)
    ground = allowed(ground_for().put(recorded.simple, RECOVERY), NEEDED)

    (tmp_path / "may").mkdir()
    assert ground.by_user(tmp_path / "may", "sts:AssumeRole").drill().verdict is Verdict.PASSED

    with pytest.raises(ServiceError, match="sts:AssumeRole"):
        ground.by_user(tmp_path).drill()


@pytest.mark.parametrize("action", sorted(set(NEEDED) - NOT_ENFORCED.keys()))
def test_without_any_one_of_them_it_does_not_pass(ground_for, recorded, action):
    ground = allowed(ground_for().put(recorded.simple, RECOVERY), [each for each in NEEDED if each != action])
    refused = None
    try:
        verdict = ground.drill().verdict
    except (ServiceError, ToolError) as error:
        refused, verdict = error, None
    assert refused is not None or verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE)
    assert ground.left_over() == []
