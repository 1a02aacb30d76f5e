"""What drills restore snapshots with, decided about production's documents; see `role_ground` for who decides.

`NEEDS` says what each allowed action is done on, and in which circumstances: take one away, and something is missed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from role_ground import Judge

from holdfast.environments.names import SNAPSHOT_RESTORER, Names
from holdfast.objectives.access import Kind, Protected
from holdfast.stacks.separation import principals_of, protected_of

DRILL = "drill-20261122T081500Z-0123abcd"


@pytest.fixture(scope="module")
def prod(synthesized):
    return synthesized("prod")


@pytest.fixture(scope="module")
def names(prod):
    return Names(prod.environment)


@pytest.fixture(scope="module")
def role(prod):
    documents = [prod.document(part) for part in prod.parts]
    (found,) = (
        each
        for each in principals_of(prod.environment, documents)
        if each.name.partition("@")[0] == Names(prod.environment).role(SNAPSHOT_RESTORER)
    )
    return found


def tags(of, **others):
    given = {"drill": DRILL, "environment": "prod"} | others
    return {f"aws:{of}Tag/holdfast:{key}": value for key, value in given.items() if value}


ASKED, THERE = tags("Request"), tags("Resource")


def allows(role, action, arn, region="us-east-1", **context):
    anywhere = Protected(Kind.ROLES, "anything else", arn, role.account)
    return In((), region).allows(role, action, arn, anywhere, context=context)


@dataclass(frozen=True)
class In(Judge):
    """A judge of requests that are made in a Region."""

    region: str = "us-east-1"

    def _request(self, principal, action, arn, context):
        return replace(super()._request(principal, action, arn, context), region=self.region)


def account(prod):
    return prod.environment.accounts.workload


@pytest.fixture(scope="module")
def needs(prod, names):
    """By action, where it is needed: resource, and the keys of the request."""
    own, home = names.scratch_instance(DRILL), account(prod)
    instance = f"arn:aws:rds:us-west-2:{home}:db:{own}"
    volume, snapshot = f"arn:aws:ec2:us-west-2:{home}:volume/vol-1", "arn:aws:ec2:us-west-2::snapshot/snap-1"
    rds = "arn:aws:rds:us-west-2:" + home
    (volumes,) = (each for each in prod.environment.datasets if each.kind == "ebs")
    of_dataset = {f"aws:ResourceTag/{key}": value for key, value in volumes.select.tags.items()}
    of_plan = {"aws:ResourceTag/holdfast:environment": "prod"}
    through = {"kms:ViaService": "ec2.us-west-2.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
    key = (f"arn:aws:kms:us-west-2:{home}:key/1", through | {"kms:ResourceAliases": [names.copy_key_alias]})
    used = [(snapshot, of_dataset), (snapshot, of_plan), (snapshot, THERE)]
    everywhere = [("*", {})]
    restore = [(f"{rds}:{kind}:x", ASKED) for kind in ("auto-backup", "snapshot", "og", "pg", "subgrp")]
    return {
        **dict.fromkeys(
            (
                "ec2:DescribeLockedSnapshots",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSnapshots",
                "ec2:DescribeVolumes",
                "rds:DescribeDBInstanceAutomatedBackups",
                "rds:DescribeDBInstances",
                "rds:DescribeDBSnapshotAttributes",
                "rds:DescribeDBSnapshots",
                "rds:DescribeDBSubnetGroups",
            ),
            everywhere,
        ),
        **dict.fromkeys(("ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks", "ec2:DescribeSnapshotAttribute"), used),
        "ec2:CreateVolume": [*used, (volume, ASKED | {"ec2:Encrypted": "true"})],
        "ec2:CreateSnapshot": [(snapshot, ASKED), (volume, THERE)],
        "ec2:CreateTags": [
            (volume, ASKED | {"ec2:CreateAction": "CreateVolume"}),
            (snapshot, ASKED | {"ec2:CreateAction": "CreateSnapshot"}),
        ],
        "ec2:DeleteSnapshot": [(snapshot, THERE)],
        "ec2:DeleteVolume": [(volume, THERE)],
        "rds:AddTagsToResource": [(instance, ASKED)],
        "rds:DeleteDBInstance": [(instance, THERE)],
        "rds:ModifyDBInstance": [(instance, THERE)],
        "rds:RestoreDBInstanceFromDBSnapshot": [(instance, ASKED), *restore],
        "rds:RestoreDBInstanceToPointInTime": [(instance, ASKED), *restore],
        "kms:DescribeKey": [(key[0], {}), (f"arn:aws:kms:us-west-2:{home}:{names.copy_key_alias}", {})],
        **dict.fromkeys(
            (
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ),
            (key,),
        ),
    }


def allowed_by(role):
    return [
        (number, action)
        for policy in role.policies
        for number, each in enumerate(policy["Statement"])
        if each["Effect"] == "Allow"
        for action in each["Action"]
    ]


def test_what_is_needed_is_allowed_in_both_regions(role, needs):
    for action, uses in needs.items():
        for arn, context in uses:
            for region in ("us-west-2",) if action.startswith("kms:") else ("us-east-1", "us-west-2"):
                there = arn.replace("us-west-2", region)
                assert allows(role, action, there, region, **context), (action, there)


def test_nothing_is_allowed_that_is_not_needed(role, needs):
    assert {action for _, action in allowed_by(role)} == set(needs)


def test_whatever_is_taken_away_is_missed(role, needs):
    not_missed = []
    for number, action in allowed_by(role):
        (policy,) = role.policies
        statements = [
            each | {"Action": [a for a in each["Action"] if a != action]} if at == number else each
            for at, each in enumerate(policy["Statement"])
        ]
        less = {"Version": "2012-10-17", "Statement": [each for each in statements if each["Action"]]}
        weaker = replace(role, policies=(less,), boundary=less)
        if all(allows(weaker, action, arn, "us-west-2", **context) for arn, context in needs[action]):
            not_missed.append((policy["Statement"][number]["Sid"], action))

    assert not_missed == []


@pytest.mark.parametrize("wrong", [{"drill": ""}, {"drill": "mine"}, {"environment": "other"}, {"environment": ""}])
def test_what_has_not_both_tags_of_a_drill_is_not_made_changed_or_deleted(role, needs, wrong):
    for action in ("ec2:DeleteSnapshot", "ec2:DeleteVolume", "rds:DeleteDBInstance", "rds:ModifyDBInstance"):
        for arn, _ in needs[action]:
            assert not allows(role, action, arn, "us-west-2", **tags("Resource", **wrong)), action
    for action in ("ec2:CreateSnapshot", "ec2:CreateTags", "rds:AddTagsToResource"):
        for arn, context in needs[action]:
            others = {key: value for key, value in context.items() if "Tag/" not in key}
            given = others | tags("Request", **wrong)
            assert not allows(role, action, arn, "us-west-2", **given), action


@pytest.mark.parametrize(
    "name", ["billing", "holdfast-prod", "holdfast-prod-drill-", "holdfast-other-" + DRILL.lower()]
)
def test_no_instance_of_another_name_whatever_its_tags(role, prod, name):
    arn = f"arn:aws:rds:us-west-2:{account(prod)}:db:{name}"
    for action, keys in (
        ("rds:AddTagsToResource", ASKED),
        ("rds:RestoreDBInstanceFromDBSnapshot", ASKED),
        ("rds:DeleteDBInstance", THERE),
        ("rds:ModifyDBInstance", THERE),
    ):
        assert not allows(role, action, arn, "us-west-2", **keys), action


def test_no_tag_is_put_on_what_is_there(role, prod):
    for arn in (f"arn:aws:ec2:us-east-1:{account(prod)}:volume/vol-1", "arn:aws:ec2:us-east-1::snapshot/snap-1"):
        assert not allows(role, "ec2:CreateTags", arn, **ASKED)
        assert not allows(role, "ec2:CreateTags", arn, **ASKED, **{"ec2:CreateAction": "RunInstances"})


def test_no_snapshot_of_anything_else_is_read_or_made_a_volume_of(role):
    arn = "arn:aws:ec2:us-east-1::snapshot/snap-1"
    for context in ({}, {"aws:ResourceTag/service": "payroll"}, {"aws:ResourceTag/holdfast:environment": "dev"}):
        for action in ("ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks", "ec2:CreateVolume"):
            assert not allows(role, action, arn, **context), (action, context)


def test_no_volume_is_made_open(role, prod):
    arn = f"arn:aws:ec2:us-east-1:{account(prod)}:volume/*"
    assert not allows(role, "ec2:CreateVolume", arn, **ASKED)
    assert not allows(role, "ec2:CreateVolume", arn, **ASKED, **{"ec2:Encrypted": "false"})


def test_nothing_is_done_in_another_region_nor_in_another_account(role, prod, needs):
    for action, uses in needs.items():
        for arn, context in uses:
            assert not allows(role, action, arn.replace("us-west-2", "eu-west-1"), "eu-west-1", **context), action
            other = arn.replace(account(prod), prod.environment.accounts.backup)
            assert other == arn or not allows(role, action, other, "us-west-2", **context), action


@pytest.mark.parametrize(
    "action",
    [
        "ec2:AttachVolume",
        "ec2:ModifySnapshotAttribute",
        "ec2:UnlockSnapshot",
        "rds:DeleteDBInstanceAutomatedBackup",
        "rds:DeleteDBSnapshot",
        "rds:ModifyDBSnapshotAttribute",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "sts:AssumeRole",
        "iam:PassRole",
        "s3:GetObject",
        "dynamodb:Scan",
    ],
)
def test_a_snapshot_is_not_ended_shared_or_mounted_and_nothing_else_is_reached(role, action):
    assert not allows(role, action, "*", **THERE, **ASKED)


@pytest.mark.parametrize(
    "context",
    [
        {"kms:ViaService": "s3.us-west-2.amazonaws.com"},
        {"kms:ViaService": None},
        {"kms:GrantIsForAWSResource": "false"},
        {"kms:ResourceAliases": ["alias/payroll"]},
    ],
)
def test_a_key_is_used_through_ebs_and_rds_only_and_only_that_of_copies(role, needs, context):
    (arn, keys) = needs["kms:Decrypt"][0]
    assert not allows(role, "kms:Decrypt", arn, "us-west-2", **(keys | context))


def test_the_key_of_copies_lets_it_in(prod, role, names):
    documents = [prod.document(part) for part in prod.parts]
    protected = protected_of(prod.environment, documents)
    (key,) = (each for each in protected if each.kind is Kind.KEY and each.name.startswith(names.copy_key_alias))
    keys = {"kms:ViaService": "rds.us-west-2.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
    judge = In((names.copy_key_alias,), "us-west-2")
    for action in ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey"):
        arn = key.arn.replace("*", "1234abcd")
        assert judge.allows(role, action, arn, key, context=keys), action
