"""Bucket policy statements that let somebody in. Across accounts a bucket policy has to allow what IAM allows."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies.document import Statement, allow
from holdfast.constructs.principals import Principals

LIST = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions")
INSPECT = (
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
)
WRITE = ("s3:PutObject", "s3:PutObjectRetention")
READ = ("s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion")


def list_and_inspect(bucket_arn: str, principals: Principals) -> Statement:
    """Threat: a bucket whose contents and settings cannot be checked from outside its account."""
    return allow("ListAndInspect", (*LIST, *INSPECT), on=[bucket_arn], to=principals)


def write(bucket_arn: str, principals: Principals, under: Sequence[str]) -> Statement:
    """Threat: a writer confined to one account leaves the copies where the originals are lost. Put, lock, no more."""
    return allow("Write", WRITE, on=objects(bucket_arn, under), to=principals)


def read(bucket_arn: str, principals: Principals, under: Sequence[str]) -> Statement:
    """Threat: a copy nobody can restore from. Reading still needs the key, whose policy names fewer principals."""
    return allow("Read", READ, on=objects(bucket_arn, under), to=principals)


def receive_replicas(bucket_arn: str, principals: Principals, under: Sequence[str]) -> Statement:
    """Threat: losing the primary Region between two backups. The source's replication role may add, never delete.

    `s3:ReplicateDelete` is left out: a delete marker made in the source must not hide the copy.
    """
    actions = ("s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags")
    return allow("ReceiveReplicas", actions, on=objects(bucket_arn, under), to=principals)


def objects(bucket_arn: str, under: Sequence[str]) -> list[str]:
    """The ARN patterns of the objects under each prefix; of all objects when there is none."""
    return [f"{bucket_arn}/{prefix}*" for prefix in under or ("",)]
