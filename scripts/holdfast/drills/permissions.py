"""Which IAM actions a drill needs, by who makes the call: told in the docs, and tried by taking each away in turn."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.capture.questions import QUESTIONS
from holdfast.environments.names import DRILL_RESTORER, SNAPSHOT_RESTORER

DRILL_RUNNER, CALLER = "drill-runner", "the caller"

EVIDENCE: Mapping[str, tuple[str, ...]] = {
    DRILL_RUNNER: (
        "kms:GetPublicKey",
        "kms:Sign",
        "s3:GetObject",
        "s3:GetObjectRetention",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
        "s3:PutObjectRetention",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    ),
}
"""To sign a record and lock it in the evidence bucket."""

_READ_SETS = (
    "kms:Decrypt",
    "s3:GetObject",
    "s3:GetObjectRetention",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketVersions",
)
_PLANT_CANARIES = ("kms:GenerateDataKey", "s3:PutObject", "s3:PutObjectRetention")

PERMISSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "configuration": {
        CALLER: ("sts:AssumeRole", *sorted({action for each in QUESTIONS for action in each.actions})),
        DRILL_RUNNER: _READ_SETS,
    },
    "tenant": {CALLER: ("sts:AssumeRole",), DRILL_RESTORER: ("dynamodb:CreateTable",), DRILL_RUNNER: _READ_SETS},
    "key-loss": {
        CALLER: (
            "sts:AssumeRole",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:DisableKey",
            "kms:EnableKey",
            "kms:GenerateDataKey",
        ),
        DRILL_RUNNER: _READ_SETS,
    },
    "replication": {
        CALLER: (
            "sts:AssumeRole",
            "kms:DescribeKey",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            *_PLANT_CANARIES,
        ),
        DRILL_RUNNER: (*_READ_SETS, "s3:GetReplicationConfiguration"),
    },
    "access-control": {
        CALLER: (
            "sts:AssumeRole",
            "iam:GetRole",
            "kms:CancelKeyDeletion",
            "kms:DescribeKey",
            "kms:EnableKey",
            "kms:GenerateDataKey",
            "kms:GetKeyPolicy",
            "s3:DeleteObjectVersion",
            "s3:GetBucketPolicy",
        ),
        DRILL_RUNNER: (
            "kms:Decrypt",
            "s3:GetObjectRetention",
            "s3:GetObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            *_PLANT_CANARIES,
        ),
    },
    "region-loss": {CALLER: ("sts:AssumeRole",), DRILL_RUNNER: _READ_SETS},
    "game-day": {CALLER: ("sts:AssumeRole",), DRILL_RUNNER: ()},
    "object-recovery": {CALLER: ("sts:AssumeRole",), DRILL_RUNNER: _READ_SETS},
    "postgres-pitr": {CALLER: ("sts:AssumeRole",), DRILL_RUNNER: _READ_SETS},
    "aws-backup": {
        CALLER: ("sts:AssumeRole",),
        DRILL_RESTORER: (
            "iam:PassRole",
            "backup:DescribeBackupVault",
            "backup:DescribeRecoveryPoint",
            "backup:DescribeRestoreJob",
            "backup:GetRecoveryPointRestoreMetadata",
            "backup:ListCopyJobs",
            "backup:ListRecoveryPointsByBackupVault",
            "backup:ListRestoreJobs",
            "backup:ListTags",
            "backup:PutRestoreValidationResult",
            "backup:StartRestoreJob",
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
        ),
        DRILL_RUNNER: _READ_SETS,
    },
    "dynamodb": {
        CALLER: ("sts:AssumeRole",),
        DRILL_RESTORER: (
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:DeleteTable",
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:ListTables",
            "dynamodb:ListTagsOfResource",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:RestoreTableToPointInTime",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ),
        DRILL_RUNNER: _READ_SETS,
    },
    "ebs": {
        CALLER: ("sts:AssumeRole",),
        SNAPSHOT_RESTORER: (
            "ebs:GetSnapshotBlock",
            "ebs:ListSnapshotBlocks",
            "ec2:CreateSnapshot",
            "ec2:CreateTags",
            "ec2:CreateVolume",
            "ec2:DeleteSnapshot",
            "ec2:DeleteVolume",
            "ec2:DescribeLockedSnapshots",
            "ec2:DescribeSnapshotAttribute",
            "ec2:DescribeSnapshots",
            "ec2:DescribeVolumes",
            "kms:DescribeKey",
        ),
        DRILL_RUNNER: _READ_SETS,
    },
    "rds": {
        CALLER: ("sts:AssumeRole",),
        SNAPSHOT_RESTORER: (
            "ec2:DescribeSecurityGroups",
            "kms:DescribeKey",
            "rds:AddTagsToResource",
            "rds:DeleteDBInstance",
            "rds:DescribeDBInstanceAutomatedBackups",
            "rds:DescribeDBInstances",
            "rds:DescribeDBSnapshotAttributes",
            "rds:DescribeDBSnapshots",
            "rds:DescribeDBSubnetGroups",
            "rds:ModifyDBInstance",
            "rds:RestoreDBInstanceFromDBSnapshot",
            "rds:RestoreDBInstanceToPointInTime",
        ),
        DRILL_RUNNER: _READ_SETS,
    },
    "immutability": {
        CALLER: (
            "sts:AssumeRole",
            "s3:BypassGovernanceRetention",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:PutObjectRetention",
        ),
        DRILL_RUNNER: (
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketVersioning",
            "s3:GetLifecycleConfiguration",
            "s3:GetObjectRetention",
            "s3:GetObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:PutObject",
            "s3:PutObjectRetention",
        ),
    },
}
"""By kind, on the buckets and keys of both Regions; writing only below `canaries/`.

What the drill restorer needs for `aws-backup` is for a bucket; for a table it is `dynamodb:DescribeTable`, `Scan` and
`DeleteTable` instead of the `s3:` actions. The role it passes is the one AWS Backup restores with. It writes to and
deletes only what has a drill's name; the snapshot restorer, only what has a drill's tags. A volume AWS Backup restored
has neither a name nor a tag to tell it by, so the caller deletes that (`ec2:DeleteVolume`); baselines are read from the
source by whoever may read it, which no drill may. Snapshots and databases under a customer's key need that key besides
(`drill.keys`).

For `tenant` of a DynamoDB dataset add what `dynamodb` needs; `dynamodb:CreateTable` makes the quarantine. Of a
PostgreSQL dataset it needs what `postgres-pitr` does.

What the caller needs for `key-loss` and `access-control` to change the state of a key is for a sandbox only. For
`region-loss` and `game-day` add what the kinds they run need; of `region-loss` this is for object recovery.

What the caller needs for `immutability` are the rights it must not get anything with: a caller without them is refused
by IAM, and the lock is met by fewer attempts. `s3:DeleteObjectVersion` also takes delete markers away again.
"""
