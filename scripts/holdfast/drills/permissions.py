"""Which IAM actions a drill needs, by who makes the call: told in the docs, and tried by taking each away in turn."""

from __future__ import annotations

from collections.abc import Mapping

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

PERMISSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "object-recovery": {
        CALLER: ("sts:AssumeRole",),
        DRILL_RUNNER: (
            "kms:Decrypt",
            "s3:GetObject",
            "s3:GetObjectRetention",
            "s3:GetObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketVersions",
        ),
    },
    "postgres-pitr": {
        CALLER: ("sts:AssumeRole",),
        DRILL_RUNNER: (
            "kms:Decrypt",
            "s3:GetObject",
            "s3:GetObjectRetention",
            "s3:GetObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketVersions",
        ),
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

What the caller needs for `immutability` are the rights it must not get anything with: a caller without them is refused
by IAM, and the lock is met by fewer attempts. `s3:DeleteObjectVersion` also takes delete markers away again.
"""
