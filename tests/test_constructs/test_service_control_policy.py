"""What the service control policy denies, and to whom."""

from __future__ import annotations

import json

import pytest
from construct_bench import BREAK_GLASS, DEPLOYER, role
from role_bench import forbids

from holdfast.constructs import Principals, ServiceControlPolicy
from holdfast.constructs.errors import PolicyTooLarge

ROOT = "arn:aws:iam::111122223333:root"
ADMINISTRATOR = role("administrator")
EVERYBODY = (ROOT, ADMINISTRATOR, DEPLOYER, BREAK_GLASS)

NEVER = (
    "account:CloseAccount",
    "backup:DeleteBackupVaultLockConfiguration",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "organizations:LeaveOrganization",
    "s3:BypassGovernanceRetention",
)
BREAK_GLASS_ONLY = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
)
DEPLOYER_ONLY = (
    "backup:PutBackupVaultLockConfiguration",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:UpdateTrail",
    "s3:PutBucketObjectLockConfiguration",
)


@pytest.fixture(scope="module")
def document():
    return json.loads(
        ServiceControlPolicy(break_glass=Principals.of(BREAK_GLASS), administrators=Principals.of(DEPLOYER)).document
    )


@pytest.mark.parametrize("action", NEVER)
@pytest.mark.parametrize("by", EVERYBODY)
def test_some_things_nobody_does(document, action, by):
    assert forbids(document, action, by=by)


@pytest.mark.parametrize("action", BREAK_GLASS_ONLY)
@pytest.mark.parametrize("by", EVERYBODY)
def test_some_only_break_glass_does(document, action, by):
    assert forbids(document, action, by=by) is (by != BREAK_GLASS)


@pytest.mark.parametrize("action", DEPLOYER_ONLY)
@pytest.mark.parametrize("by", EVERYBODY)
def test_some_only_the_deployer_does(document, action, by):
    assert forbids(document, action, by=by) is (by != DEPLOYER)


@pytest.mark.parametrize(
    "action", ["s3:PutObject", "s3:GetObject", "kms:Decrypt", "backup:StartBackupJob", "ec2:RunInstances"]
)
def test_work_goes_on(document, action):
    assert not forbids(document, action, by=ADMINISTRATOR)


def test_it_only_denies_and_names_no_principal(document):
    for statement in document["Statement"]:
        assert statement["Effect"] == "Deny"
        assert "Principal" not in statement


def test_without_break_glass_nobody_destroys_keys():
    document = json.loads(
        ServiceControlPolicy(break_glass=Principals(), administrators=Principals.of(DEPLOYER)).document
    )

    assert forbids(document, "kms:ScheduleKeyDeletion", by=BREAK_GLASS)


def test_more_principals_than_organizations_takes_are_refused():
    many = Principals.of(*(role(f"break-glass-{number}") for number in range(100)))

    with pytest.raises(PolicyTooLarge, match="service control policy"):
        ServiceControlPolicy(break_glass=many, administrators=many)
