"""Least privilege for the caller of rds: with exactly the listed actions it passes, without one it does not."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

import pytest
from applied_ground import PRIMARY, RECOVERY
from rds_ground import Ground, rds_environment, until

from holdfast.aws.sessions import Sessions
from holdfast.drills.engine import run
from holdfast.drills.permissions import CALLER, PERMISSIONS
from holdfast.drills.spec import LATEST
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
NEEDED = PERMISSIONS["rds"][CALLER]
NOT_ENFORCED = {"sts:AssumeRole": "the trust policy of a role in the same account is enough"}
TO_A_POINT = ("rds:DescribeDBInstanceAutomatedBackups", "rds:RestoreDBInstanceToPointInTime")
OF_A_SNAPSHOT = ("rds:DescribeDBSnapshotAttributes", "rds:RestoreDBInstanceFromDBSnapshot")


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """An instance replicated into the recovery Region, where there is a drill network."""
    environment = rds_environment(replicated=True)
    ground = Ground(environment, emulator, tmp_path_factory.mktemp("standing")).apply().protect().replicate()
    ground.make_network()
    return ground


def drill_as(ground, actions, tmp_path, set_id):
    """The drill by a new user with these actions and no others."""
    iam, name = ground.client("iam", PRIMARY), f"operator-{secrets.token_hex(4)}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    endpoints = replace(ground.endpoints, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    caller = replace(ground, endpoints=endpoints, folder=tmp_path)
    caller.sessions = Sessions(caller.environment, caller.endpoints)
    return run(caller.spec(set_id=set_id), caller.surroundings)


@pytest.fixture(autouse=True)
def nothing_left(standing):
    yield
    sweep(standing.surroundings)
    until(lambda: standing.left_over() == [])


@pytest.mark.parametrize(("set_id", "other"), [(LATEST, TO_A_POINT), (None, OF_A_SNAPSHOT)])
def test_with_exactly_the_listed_actions_it_passes(standing, tmp_path, set_id, other):
    result = drill_as(standing, [each for each in NEEDED if each not in other], tmp_path, set_id)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert f":rds:{RECOVERY}:" in result.location


@pytest.mark.parametrize("action", [each for each in NEEDED if each not in NOT_ENFORCED])
def test_without_any_one_of_them_it_does_not_pass(standing, action, tmp_path):
    set_id = None if action in TO_A_POINT else LATEST
    try:
        result = drill_as(standing, [each for each in NEEDED if each != action], tmp_path, set_id)
    except HoldfastError as error:
        refused = str(error).lower()
    else:
        assert result.verdict is not Verdict.PASSED
        refused = " ".join((*result.reasons, *result.cleaned.orphaned)).lower()
    assert "denied" in refused or "not authorized" in refused or "unauthorizedoperation" in refused
