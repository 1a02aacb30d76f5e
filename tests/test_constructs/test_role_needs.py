"""Each action a role is allowed is there for something: take one away, or add one, and a test fails.

`NEEDS` says for each action what it is done on, and in which circumstances. The writer's and the drill runner's calls
are held against the code that makes them in `tests/test_stacks`.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from construct_bench import Bench
from role_bench import (
    BACKUP_VAULT,
    EVIDENCE,
    KEY,
    RECOVERY_POINT,
    REPLICA,
    REPLICA_KEY,
    SERVICE_ROLE,
    SIGNING,
    TRAIL,
    VAULT,
    declare,
)

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
WRITE = ("s3:PutObject", "s3:PutObjectRetention")
STREAM, COPY = f"{VAULT}/streams/wal/a", f"{REPLICA}/streams/wal/a"
SIGN = ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign")
EVIDENCE_ONLY = {"kms:EncryptionContext:aws:s3:arn": EVIDENCE}
TRAIL_ONLY = {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/backups"}

NEEDS = {
    "Writer": {
        **INSPECT,
        **LIST,
        **each((*WRITE, *READ), [*OWN, f"{VAULT}/sets/a", f"{REPLICA}/sets/a"]),
        **each(("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"), [KEY, REPLICA_KEY]),
    },
    "DrillRunner": {
        **{action: [*on, EVIDENCE] for action, on in (INSPECT | LIST).items()},
        **each(READ, [*OWN, f"{VAULT}/streams/a", f"{EVIDENCE}/2026/a"]),
        **each(WRITE, [f"{VAULT}/canaries/a", f"{REPLICA}/canaries/a", f"{EVIDENCE}/2026/a"]),
        **each(("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"), [KEY, REPLICA_KEY]),
        # with keys of the buckets through S3; with the signing key directly, by the key or by its alias
        "kms:DescribeKey": [REPLICA_KEY, (KEY, {"kms:ViaService": None}), SIGNING.arn],
        "kms:GetPublicKey": [(KEY, {"kms:ViaService": None}), SIGNING.arn],
        "kms:Sign": [(KEY, {"kms:ViaService": None}), SIGNING.arn],
    },
    "Replication": {
        **each(("s3:GetReplicationConfiguration", "s3:ListBucket"), [VAULT]),
        **each(
            (
                "s3:GetObjectLegalHold",
                "s3:GetObjectRetention",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
            ),
            [STREAM],
        ),
        **each(("s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"), [COPY]),
        "kms:Decrypt": [KEY],
        **each(("kms:Encrypt", "kms:GenerateDataKey"), [REPLICA_KEY]),
    },
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
        **each(READ, [f"{EVIDENCE}/2026/a", f"{TRAIL}/AWSLogs/a"]),
        **each(("s3:GetObjectLegalHold", "s3:GetObjectRetention"), [*OWN, f"{EVIDENCE}/2026/a", f"{TRAIL}/AWSLogs/a"]),
        "kms:Decrypt": [(KEY, EVIDENCE_ONLY), (KEY, TRAIL_ONLY)],
        **each(("kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:DescribeKey"), [KEY]),
        **each(("kms:GetPublicKey", "kms:ListResourceTags", "kms:Verify"), [KEY]),
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
IN_PLACE = {"s3:prefix": "sets/orders/alpha/"}


@pytest.fixture(scope="module")
def roles():
    return declare(Bench())


def uses(name, action):
    """Where an action is needed: resource and circumstances."""
    for use in NEEDS[name][action]:
        on, context = use if isinstance(use, tuple) else (use, {})
        yield on, {**IN_PLACE, **context}


def is_allowed(role, action, on, context):
    return role.decides(action.replace("*", "Something"), on, tenant="alpha", context=context) == "Allow"


@pytest.mark.parametrize(("name", "action"), [(name, action) for name, actions in NEEDS.items() for action in actions])
def test_what_is_needed_is_allowed(roles, name, action):
    for on, context in uses(name, action):
        assert is_allowed(roles[name], action, on, context), on


@pytest.mark.parametrize("name", NEEDS)
def test_nothing_is_allowed_that_is_not_needed(roles, name):
    assert roles[name].actions() == set(NEEDS[name])


def test_every_role_of_ours_is_here(roles):
    services = {name for name in roles if name.startswith("Aws")}  # AWS's own policies, inside a boundary of ours

    assert set(NEEDS) == set(roles) - services


def shortened(role, sid, action):
    """The role, one action taken out of one of its statements."""

    def less(document):
        document = json.loads(json.dumps(document))
        for each in document["Statement"]:
            if each["Sid"] == sid:
                each["Action"].remove(action)
        document["Statement"] = [each for each in document["Statement"] if each["Action"]]
        return document

    return replace(role, policies=tuple(less(each) for each in role.policies), boundary=less(role.boundary))


@pytest.mark.parametrize("name", NEEDS)
def test_whatever_is_taken_away_is_missed(roles, name):
    # GIVEN a role, and everything it is allowed, statement by statement
    role = roles[name]
    allowed = [
        (each["Sid"], action)
        for policy in role.policies
        for each in policy["Statement"]
        if each["Effect"] == "Allow"
        for action in each["Action"]
    ]
    assert allowed

    # WHEN one action is taken out of one statement
    not_missed = [
        (sid, action)
        for sid, action in allowed
        if all(is_allowed(shortened(role, sid, action), action, *use) for use in uses(name, action))
    ]

    # THEN some use of it fails
    assert not_missed == []


def test_a_wildcard_stands_only_where_nothing_can_be_changed(roles):
    open_ended = {action for name in NEEDS for action in roles[name].actions() if "*" in action}

    assert {action.partition(":")[2].rstrip("*") for action in open_ended} <= {"Describe", "Get", "List", "Simulate"}


@pytest.mark.parametrize("name", NEEDS)
def test_no_role_of_ours_may_do_everything_anywhere(roles, name):
    for policy in (*roles[name].policies, roles[name].boundary):
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                assert "*" not in statement["Action"]
                assert not [action for action in statement["Action"] if action.endswith(":*")]
