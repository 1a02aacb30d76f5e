"""Each action a role is allowed is there for something: take one away, or add one, and a test fails.

`NEEDS` says for each action what it is done on. The writer's and the drill runner's calls are held against the code
that makes them in `tests/test_stacks`.
"""

from __future__ import annotations

import pytest
from construct_bench import Bench
from role_bench import BACKUP_VAULT, EVIDENCE, KEY, RECOVERY_POINT, REPLICA, SERVICE_ROLE, VAULT, declare

SHA = "ab" * 32


def each(actions, on):
    return {action: list(on) for action in actions}


OWN = [f"{bucket}/objects/orders/alpha/ab/{SHA}" for bucket in (VAULT, REPLICA)]
INSPECT = each(
    (
        "s3:GetBucketLocation",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
    ),
    [VAULT, REPLICA],
)
LIST = each(("s3:ListBucket", "s3:ListBucketVersions"), [VAULT, REPLICA])
READ = ("s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion")

NEEDS = {
    "Operator": {
        "backup:StartBackupJob": [BACKUP_VAULT],
        "backup:StartCopyJob": [RECOVERY_POINT],
        "backup:CopyFromBackupVault": [BACKUP_VAULT],
        "iam:PassRole": [SERVICE_ROLE],
        "backup:DescribeBackupJob": ["*"],
        "backup:DescribeBackupVault": [BACKUP_VAULT],
        "backup:DescribeCopyJob": ["*"],
        "backup:DescribeRecoveryPoint": [RECOVERY_POINT],
        "backup:ListBackupJobs": ["*"],
        "backup:ListBackupVaults": ["*"],
        "backup:ListCopyJobs": ["*"],
        "backup:ListProtectedResources": ["*"],
        "backup:ListRecoveryPointsByBackupVault": [BACKUP_VAULT],
    },
    "Restore": {
        **INSPECT,
        **LIST,
        **each(READ, OWN),
        "kms:Decrypt": [KEY],
        "kms:DescribeKey": [KEY],
    },
    "Auditor": {
        **INSPECT,
        **LIST,
        **each(READ, [f"{EVIDENCE}/2026/a"]),
        **each(("kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:DescribeKey"), [KEY]),
        **each(("kms:GetPublicKey", "kms:ListResourceTags", "kms:Verify", "kms:Decrypt"), [KEY]),
        "backup:Describe*": [BACKUP_VAULT],
        "backup:GetBackupPlan": ["*"],
        "backup:GetBackupSelection": ["*"],
        "backup:GetBackupVaultAccessPolicy": [BACKUP_VAULT],
        "backup:GetBackupVaultNotifications": [BACKUP_VAULT],
        "backup:List*": ["*"],
        "access-analyzer:List*": ["*"],
        "cloudtrail:DescribeTrails": ["*"],
        "cloudtrail:GetEventSelectors": ["*"],
        "cloudtrail:GetTrailStatus": ["*"],
        "cloudtrail:LookupEvents": ["*"],
        "iam:Get*": ["*"],
        "iam:List*": ["*"],
        "iam:Simulate*": ["*"],
    },
    "BreakGlass": {
        **INSPECT,
        **LIST,
        **each(
            (
                "s3:DeleteBucketPolicy",
                "s3:PutBucketAcl",
                "s3:PutBucketLogging",
                "s3:PutBucketOwnershipControls",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutInventoryConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutReplicationConfiguration",
            ),
            [VAULT, REPLICA],
        ),
        **each(
            (
                "kms:CancelKeyDeletion",
                "kms:DeleteImportedKeyMaterial",
                "kms:DescribeKey",
                "kms:DisableKey",
                "kms:DisableKeyRotation",
                "kms:EnableKey",
                "kms:GetKeyPolicy",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
            ),
            [KEY],
        ),
        **each(
            (
                "backup:DescribeBackupVault",
                "backup:DeleteBackupVaultAccessPolicy",
                "backup:DeleteBackupVaultNotifications",
                "backup:GetBackupVaultAccessPolicy",
                "backup:PutBackupVaultAccessPolicy",
                "backup:PutBackupVaultNotifications",
            ),
            [BACKUP_VAULT],
        ),
    },
}
IN_PLACE = {"s3:prefix": "sets/orders/alpha/", "kms:EncryptionContext:aws:s3:arn": EVIDENCE}


@pytest.fixture(scope="module")
def roles():
    return declare(Bench())


@pytest.mark.parametrize(("name", "action"), [(name, action) for name, actions in NEEDS.items() for action in actions])
def test_what_is_needed_is_allowed(roles, name, action):
    concrete = action.replace("*", "Something")
    for on in NEEDS[name][action]:
        assert roles[name].decides(concrete, on, tenant="alpha", context=IN_PLACE) == "Allow"


@pytest.mark.parametrize("name", NEEDS)
def test_nothing_is_allowed_that_is_not_needed(roles, name):
    assert roles[name].actions() == set(NEEDS[name])


def test_a_wildcard_stands_only_where_nothing_can_be_changed(roles):
    open_ended = {action for name in NEEDS for action in roles[name].actions() if "*" in action}

    assert {action.partition(":")[2].rstrip("*") for action in open_ended} <= {"Describe", "Get", "List", "Simulate"}


@pytest.mark.parametrize("name", ["Writer", "DrillRunner", "Replication", *NEEDS])
def test_no_role_of_ours_may_do_everything_anywhere(roles, name):
    for policy in (*roles[name].policies, roles[name].boundary):
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                assert "*" not in statement["Action"]
                assert not [action for action in statement["Action"] if action.endswith(":*")]
