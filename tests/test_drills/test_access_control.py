"""Each role tries what it must not do, with IAM enforced: an attempt that is accepted fails the drill."""

from __future__ import annotations

import json

import pytest
from applied_ground import PRIMARY
from call_faults import meeting, refused
from kinds_ground import MFA, failed, make_role, ready, spec_for

from holdfast.drills.access_control.attempts import ATTEMPTS, ROLES
from holdfast.drills.engine import run
from holdfast.drills.errors import DatasetNotUsed
from holdfast.drills.lost_key import backup_key
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox


@pytest.fixture
def applied(emulator, tmp_path):
    return ready(emulator, tmp_path)


def drill(applied, **more):
    return run(spec_for(applied, "access-control", **more), applied.surroundings)


def widen(applied, purpose, *actions):
    """Allow a role something it must not have, and take the statement away that denies it."""
    iam, name = applied.sessions.client("iam", PRIMARY), applied.names.role(purpose)
    anything = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam.put_role_policy(
        RoleName=name, PolicyName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [anything]})
    )


def outcomes(result):
    return {probe.id: (probe.outcome.value, probe.refused_by) for probe in result.probes}


def test_every_role_is_refused_everything_and_elevated_ones_ask_for_a_second_factor(applied):
    for purpose in ("backup-operator", "auditor"):
        make_role(applied, purpose)
    for purpose in ("restore-operator", "break-glass"):
        make_role(applied, purpose, condition=MFA)
    result = drill(applied)
    assert (result.verdict, result.issues) == (Verdict.PASSED, ())
    found = outcomes(result)
    for purpose in ROLES:
        for attempt in ATTEMPTS:
            if purpose in attempt.roles:
                assert found[f"{purpose}-{attempt.id}"] == ("passed", "IAM")
    assert found["caller-takes-on-restore-operator-without-second-factor"] == ("passed", "IAM")
    assert found["caller-takes-on-break-glass-without-second-factor"] == ("passed", "IAM")
    assert len(found) > 70


@pytest.mark.parametrize(
    ("actions", "attempt"),
    [
        (("kms:DisableKey",), "disable-key"),
        (("kms:ScheduleKeyDeletion",), "delete-key"),
        (("kms:Decrypt",), "decrypt"),
        (("iam:*",), "become-administrator"),
        (("sts:AssumeRole",), "become-backup-writer"),
        (("s3:*",), "write-backup-set"),
    ],
)
def test_one_right_too_many_fails_the_drill_and_is_named(applied, actions, attempt):
    widen(applied, "drill-runner", *actions, "s3:Get*", "s3:List*", "s3:PutObject*", "kms:Sign", "kms:GetPublicKey")
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert any(issue.startswith(f"drill-runner-{attempt}: ") for issue in result.issues)
    assert backup_key(applied.sessions, PRIMARY).state == "Enabled", "and what was accepted is undone"


def test_an_elevated_role_without_a_second_factor_fails_the_drill(applied):
    make_role(applied, "break-glass")
    result = drill(applied)
    assert "caller-takes-on-break-glass-without-second-factor: it was accepted" in result.issues


def test_a_role_that_is_not_there_is_said_and_no_failure(applied):
    result = drill(applied)
    assert result.verdict is Verdict.PASSED
    assert any("there is no role auditor" in reason for reason in result.reasons)


def test_a_role_that_cannot_be_taken_on_leaves_it_inconclusive(applied):
    make_role(applied, "auditor", condition=MFA)
    result = drill(applied)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any(
        reason.startswith("auditor-attempts was skipped: the caller cannot take it on") for reason in result.reasons
    )


def test_an_attempt_that_is_answered_neither_yes_nor_no_leaves_it_inconclusive(applied):
    odd = refused(400, "ValidationException")
    with meeting(lambda operation, _: odd if operation == "kms:DisableKey" else None):
        result = drill(applied)
    assert result.verdict is Verdict.INCONCLUSIVE, result.reasons
    assert any("disable-key was skipped: it was neither denied nor carried out" in each for each in result.reasons)


def test_a_version_that_could_be_deleted_is_kept_by_its_lock_and_fails_all_the_same(applied):
    widen(applied, "backup-writer", "s3:*")
    applied.s3().delete_bucket_policy(Bucket=applied.bucket())
    result = drill(applied)
    assert result.verdict is Verdict.FAILED
    assert "backup-writer-delete-version: IAM let it pass; only the lock refused it" in result.issues
    assert f"{PRIMARY}-unchanged-after-all-attempts" not in failed(result)


@pytest.mark.parametrize("more", [{"dataset": "project"}, {"tenant": "acme"}])
def test_a_scope_is_refused(applied, more):
    with pytest.raises(DatasetNotUsed):
        drill(applied, **more)


def test_every_attempt_that_harms_is_for_a_sandbox_only():
    harmful = {each.id for each in ATTEMPTS if each.call in ("kms:DisableKey", "kms:ScheduleKeyDeletion")}
    assert harmful == {each.id for each in ATTEMPTS if each.sandbox_only}
