"""What no role of the bootstrap exceeds, whatever is attached to it."""

from __future__ import annotations

import pytest
from bootstrap_ground import BACKUP, KEY, STATE, VAULT, WORKLOAD, Policy, listed

pytestmark = pytest.mark.terraform


def test_with_one_account_there_is_one_set_of_roles(bootstrap):
    plan = bootstrap(workload_account=BACKUP)

    roles = sorted(values["name"] for address, values in plan.resources.items() if ".aws_iam_role.pipeline" in address)
    assert roles == ["holdfast-acme-deployer", "holdfast-acme-operator", "holdfast-acme-planner"]
    assert plan.role("deployer", "module.backup_roles").allows("s3:PutObject", f"{STATE}/acme/primary.tfstate")
    assert plan.role("deployer", "module.backup_roles").allows("s3:PutObject", f"{STATE}/acme/recovery.tfstate")


MODULES = ("module.workload_roles[0]", "module.backup_roles")


@pytest.mark.parametrize("module", MODULES)
def test_every_role_has_a_boundary_of_its_own_that_no_pipeline_can_change(bootstrap, module):
    plan = bootstrap()
    roles = {each: values for each, values in plan.resources.items() if each.startswith(f"{module}.aws_iam_role.")}

    assert roles
    for values in roles.values():
        purpose = values["name"].removeprefix("holdfast-acme-")
        boundary = values["permissions_boundary"]
        assert boundary.endswith(f":policy/holdfast-acme-pipeline-{purpose}-limits")
        for action in ("iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"):
            assert plan.role("deployer", module).decides(action, boundary) == "Deny by NeverClimb"


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("purpose", ["planner", "deployer", "operator"])
def test_a_boundary_leaves_what_the_role_is_for(bootstrap, module, purpose):
    """Every action and resource an allowing statement names is allowed by the boundary too, or denied on purpose."""
    plan = bootstrap()
    if f'{module}.aws_iam_role.pipeline["{purpose}"]' not in plan.resources:
        assert (module, purpose) == ("module.backup_roles", "operator")
        return
    role = plan.role(purpose, module)

    for statement in role.statements:
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            assert any(role.boundary.lets(action, on) for on in listed(statement["Resource"])), (action, statement)


@pytest.mark.parametrize(
    ("purpose", "action", "resource"),
    [
        ("planner", "s3:PutBucketPolicy", VAULT),
        ("planner", "iam:PutRolePolicy", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner"),
        ("planner", "s3:GetObject", f"{VAULT}/objects/x"),
        ("planner", "backup:StartBackupJob", "*"),
        ("deployer", "s3:GetObject", f"{VAULT}/objects/x"),
        ("deployer", "s3:PutObject", "arn:aws:s3:::somebody-else/x"),
        ("deployer", "iam:CreateUser", f"arn:aws:iam::{WORKLOAD}:user/x"),
        ("deployer", "iam:PutRolePolicy", f"arn:aws:iam::{WORKLOAD}:role/somebody-else"),
        ("deployer", "kms:ScheduleKeyDeletion", KEY),
        ("deployer", "backup:DeleteRecoveryPoint", "*"),
        ("deployer", "sts:AssumeRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner"),
        ("deployer", "lambda:InvokeFunction", "*"),
        ("deployer", "organizations:LeaveOrganization", "*"),
        ("operator", "sts:AssumeRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-restore-operator"),
        ("operator", "s3:GetObject", f"{VAULT}/objects/x"),
    ],
)
def test_a_boundary_holds_whatever_is_attached(bootstrap, purpose, action, resource):
    """The same role with AdministratorAccess."""
    everything = {"Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}

    assert not Policy(everything, bootstrap().role(purpose).boundary).allows(action, resource)


def test_policies_are_no_longer_than_iam_takes(bootstrap):
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; white space does not count
    limits = {"aws_iam_policy": ("policy", 6_144), "aws_iam_role": ("assume_role_policy", 2_048)}
    for answers in ({}, {"workload_account": BACKUP}):
        for address, values in bootstrap(**answers).resources.items():
            field, limit = limits.get(address.split(".")[-2], ("", 0))
            if field:
                assert len("".join(values[field].split())) <= limit, address


def test_no_role_has_more_policies_than_iam_attaches(bootstrap):
    attached = [each.partition('["')[2] for each in bootstrap().resources if ".aws_iam_role_policy_attachment" in each]

    assert attached
    assert all(sum(other.startswith(f"{each.partition('/')[0]}/") for other in attached) <= 2 * 10 for each in attached)
