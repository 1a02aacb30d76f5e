"""Least privilege for the caller of ebs: with exactly the listed actions it passes, without one it does not."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

import pytest
from ebs_ground import Volumes, ebs_environment

from holdfast.aws.sessions import Sessions
from holdfast.drills.engine import run
from holdfast.drills.permissions import CALLER, PERMISSIONS
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
NEEDED = PERMISSIONS["ebs"][CALLER]
NOT_ENFORCED = {"sts:AssumeRole": "the trust policy of a role in the same account is enough"}


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """A volume that is protected, and its baseline, as the root made them."""
    ground = Volumes(ebs_environment(), emulator, tmp_path_factory.mktemp("standing")).apply()
    ground.protect()
    return ground


def drill_as(ground, actions, tmp_path):
    """The drill by a new user with these actions and no others."""
    iam, name = ground.client("iam", "us-east-1"), f"operator-{secrets.token_hex(4)}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    endpoints = replace(ground.endpoints, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    caller = replace(ground, endpoints=endpoints, folder=tmp_path)
    caller.sessions = Sessions(caller.environment, caller.endpoints)
    return run(caller.spec(), caller.surroundings)


@pytest.fixture(autouse=True)
def nothing_left(standing):
    yield
    ec2 = standing.client("ec2", "us-west-2")
    for left in standing.made_by_drills():
        name, *_ = left.split()
        if name.startswith("snap-"):
            ec2.delete_snapshot(SnapshotId=name)
        else:
            ec2.delete_volume(VolumeId=name)


def test_with_exactly_the_listed_actions_it_passes(standing, tmp_path):
    result = drill_as(standing, NEEDED, tmp_path)

    assert result.verdict is Verdict.PASSED, result.reasons


@pytest.mark.parametrize("action", [each for each in NEEDED if each not in NOT_ENFORCED])
def test_without_any_one_of_them_it_does_not_pass(standing, action, tmp_path):
    try:
        result = drill_as(standing, [each for each in NEEDED if each != action], tmp_path)
    except HoldfastError as error:
        refused = str(error).lower()
    else:
        assert result.verdict is not Verdict.PASSED
        refused = " ".join((*result.reasons, *result.cleaned.orphaned)).lower()
    assert "denied" in refused or "not authorized" in refused or "unauthorizedoperation" in refused
