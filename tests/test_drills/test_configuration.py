"""Captured configuration restored and compared: what drifted is named, what is damaged or partial never passes."""

from __future__ import annotations

import json
import subprocess

import pytest
from applied_ground import PRIMARY, RECOVERY
from kinds_ground import captured, declared_in, failed, ready, spec_for

from holdfast.capture.drift import drift
from holdfast.capture.errors import NoConfigurationDataset
from holdfast.drills.engine import run
from holdfast.drills.errors import ScenarioNotDrilled
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.evidence.verification import records_of

pytestmark = pytest.mark.sandbox


@pytest.fixture
def applied(emulator, tmp_path):
    return ready(emulator, tmp_path)


def drill(applied, **more):
    return run(spec_for(applied, "configuration", **more), applied.surroundings)


def test_a_capture_comes_back_and_is_what_is_live(applied):
    captured(applied)
    result = drill(applied)
    assert (result.verdict, failed(result)) == (Verdict.PASSED, set())
    assert result.spec.dataset == "configuration"
    assert any(
        check.id == f"as-live:keys/{RECOVERY}/customer-keys" and check.outcome == "passed" for check in result.checks
    )
    found = records_of(applied.home, applied.environment.environment, clock=applied.surroundings.clock)
    assert found.findings == ()
    assert [record.entry.identity.name for _, record in found.records] == ["configuration"]


def test_with_the_primary_region_lost_only_the_recovery_one_is_asked(applied):
    captured(applied)
    result = drill(applied, scenario=Scenario.REGION_LOSS)
    assert result.verdict is Verdict.PASSED
    assert result.refused_calls == ()
    lost = [check for check in result.checks if "taken for lost" in check.reason]
    assert {f"as-live:network/{PRIMARY}/vpcs", "as-live:identity/account-authorization"} <= {check.id for check in lost}


def test_drift_is_named_by_resource_and_setting_and_fails_the_drill(applied):
    captured(applied)
    ec2 = applied.sessions.client("ec2", RECOVERY)
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    try:
        result = drill(applied)
    finally:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert result.verdict is Verdict.FAILED
    assert failed(result) == {f"as-live:network/{RECOVERY}/security-groups"}
    (issue,) = result.issues
    assert f"{group} IpPermissions changed" in issue
    assert "0.0.0.0/0" not in issue, "what it was changed to is not for the record"


def test_a_role_that_came_since_is_drift(applied):
    captured(applied)
    iam = applied.sessions.client("iam", PRIMARY)
    name = f"{applied.environment.environment}-late"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    result = drill(applied)
    iam.delete_role(RoleName=name)
    assert failed(result) == {"as-live:identity/account-authorization"}
    assert any(f"{name} is only live" in issue for issue in result.issues)


def test_an_environment_file_declared_otherwise_since_is_drift(applied):
    captured(applied)
    applied.environment = applied.environment.model_copy(update={"description": "another one"})
    result = drill(applied)
    assert failed(result) == {"environment-files"}
    assert "description" in result.issues[0]


def test_a_partial_capture_proves_nothing_of_the_rest(applied):
    applied.become_user()
    name = f"operator-{applied.environment.environment}"
    deny = {"Effect": "Deny", "Action": "ssm:DescribeParameters", "Resource": "*"}
    root = applied.root.sessions.client("iam", PRIMARY)
    root.put_user_policy(
        UserName=name, PolicyName="deny", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    captured(applied)
    result = drill(applied)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("the capture is partial" in reason for reason in result.reasons)


def test_the_bundle_is_cloned_and_a_torn_one_is_found(applied, monkeypatch):
    folder = declared_in(applied)
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "declare"]):
        subprocess.run([*git, *arguments], check=True)
    captured(applied)
    result = drill(applied)
    assert result.verdict is Verdict.PASSED
    assert next(check for check in result.checks if check.id == "repository").outcome == "passed"
    monkeypatch.setattr("holdfast.drills.configuration.usable.bundle_problem", lambda *_: "git refuses: torn")
    assert failed(drill(applied)) == {"repository"}


def test_without_a_capture_it_is_inconclusive(applied):
    result = drill(applied)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no recovery point: no backup set of configuration" in result.reasons[0]


def test_without_a_dataset_for_it_it_is_refused(emulator, tmp_path):
    bare = ready(emulator, tmp_path, datasets=[{"name": "project", "kind": "files", "tier": "demo"}])
    with pytest.raises(NoConfigurationDataset):
        drill(bare)


def test_account_loss_is_not_simulated(applied):
    with pytest.raises(ScenarioNotDrilled, match="allowed: corruption, region_loss, key_loss"):
        drill(applied, scenario=Scenario.ACCOUNT_LOSS)


def test_differences_are_found_in_both_directions():
    then = {"resources": {"a": {"x": 1}, "b": {"x": 1, "y": [1]}, "gone": {}}}
    now = {"resources": {"a": {"x": 1}, "b": {"x": 2, "z": 3}, "new": {}}}
    assert [each.words for each in drift("p", then, now)] == [
        "p: b x changed",
        "p: b y changed",
        "p: b z changed",
        "p: gone is only captured",
        "p: new is only live",
    ]
