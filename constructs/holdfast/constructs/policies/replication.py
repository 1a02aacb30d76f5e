"""What the replication role may do: read what it copies, write the copy, and nothing else.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import sharing
from holdfast.constructs.policies.document import Statement, allow


def trust() -> Statement:
    """Threat: somebody other than S3 in the role. S3 takes it on, for a bucket of the same account."""
    return Statement("ReplicateForUs", "Allow", ("sts:AssumeRole",), principal={"Service": "s3.amazonaws.com"})


def read_configuration(bucket_arn: str) -> Statement:
    """Threat: replication that stops unseen. S3 reads what to replicate."""
    return allow("ReadConfiguration", ("s3:GetReplicationConfiguration", "s3:ListBucket"), on=[bucket_arn])


def read_source(bucket_arn: str, under: Sequence[str]) -> Statement:
    """Threat: copies without their lock. Versions under the prefixes are read with retention and legal hold."""
    actions = (
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
    )
    return allow("ReadSource", actions, on=sharing.objects(bucket_arn, under))


def write_copy(bucket_arn: str, under: Sequence[str], *, other_account: bool) -> Statement:
    """Threat: a deletion that reaches the copy. Objects and tags are written; `s3:ReplicateDelete` is not allowed."""
    own = ("s3:ObjectOwnerOverrideToBucketOwner",) if other_account else ()
    return allow("WriteCopy", (*own, "s3:ReplicateObject", "s3:ReplicateTags"), on=sharing.objects(bucket_arn, under))
