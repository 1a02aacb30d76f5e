"""Bucket policy statements against taking a bucket's protection away.

They bind every principal of every account but the administrators given. They cannot bind the bucket owner's root user,
who can always replace a bucket policy: that is the way back in when the administrators' pattern was wrong.
"""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, deny
from holdfast.constructs.principals import Principals

WEAKEN = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketLogging",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
)
DELETE = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectLegalHold",
    "s3:ReplicateDelete",
)


def nobody_else_weakens(bucket_arn: str, administrators: Principals) -> Statement:
    """Threat: versioning suspended, a lifecycle rule that expires everything, replication turned off, a new policy.

    Denied to all but the deployer, without whom Terraform could not change the bucket, and break-glass.
    """
    return deny("NobodyElseWeakens", WEAKEN, on=[bucket_arn], except_for=administrators)


def nobody_else_deletes(bucket_arn: str, administrators: Principals) -> Statement:
    """Threat: a stolen credential that deletes versions the day their lock ends, hides them under delete markers, or
    holds them for ever.

    Administrators are left out so that an immutability probe made with their rights meets the lock itself, and shows
    that the lock refuses, not only IAM.
    """
    return deny("NobodyElseDeletes", DELETE, on=[f"{bucket_arn}/*"], except_for=administrators)
