"""What a database server may do with the bucket it archives its log in: add, in parts, and read none of it."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import role, sharing
from holdfast.constructs.policies.document import Conditions, Statement, allow, never
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.principals import Principals

_CONTEXT = "kms:EncryptionContext:aws:s3:arn"
_READ = (
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionTorrent",
)


def find_what_is_there(bucket_arn: str) -> Statement:
    """Threat: a base backup nobody can tell is whole. Names, versions and sizes are listed; contents are not."""
    return allow("FindWhatIsThere", sharing.LIST, on=[bucket_arn])


def add(bucket_arn: str, under: Sequence[str]) -> Statement:
    """Threat: a server that overwrites its history, or another's. Objects are added below these prefixes, in parts.

    Their lock is the bucket's default: `s3:PutObjectRetention` is not allowed, so no lock is asked for or changed. An
    object of the same name is another version; the one before stays.
    """
    actions = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
    return allow("AddInParts", actions, on=sharing.objects(bucket_arn, under))


def encrypt_in_parts(bucket_arn: str, under: Sequence[str], key: KeyAlias) -> Statement:
    """Threat: a key that reads. S3 asks for `kms:Decrypt` to put the parts of an upload together, and only for that.

    Through S3 alone, for the one bucket (the encryption context is its ARN where it has an S3 Bucket Key, else the
    object's), by whoever may read no object (`never_read`): there is no call left whose answer is a content.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    when: Conditions = {
        **_in_this_bucket(bucket_arn, under, key.region),
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": [key.alias]},
    }
    return allow("EncryptInParts", ("kms:Decrypt", "kms:GenerateDataKey"), on=[key.keys], when=when)


def never_read() -> Statement:
    """Threat: the server's credential reading every backup, with the key it has for parts. No object, anywhere."""
    return never("NeverRead", _READ)


def put_parts_together(uploaders: Principals, bucket_arn: str, under: Sequence[str], region: str) -> Statement:
    """Threat: the same, by a policy attached elsewhere: the key itself opens to uploaders for this bucket only.

    In a key's policy.
    """
    actions = ("kms:Decrypt", "kms:GenerateDataKey")
    return allow("PutPartsTogether", actions, on=["*"], to=uploaders, when=_in_this_bucket(bucket_arn, under, region))


def _in_this_bucket(bucket_arn: str, under: Sequence[str], region: str) -> Conditions:
    return {
        "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
        "StringLike": {_CONTEXT: [bucket_arn, *sharing.objects(bucket_arn, under)]},
    }


def archiving(bucket_arn: str, under: Sequence[str], key: KeyAlias) -> list[Statement]:
    """Threat: a database's machine, taken over, that reads or removes backups. All of `StreamWriter`, nothing else."""
    return [
        find_what_is_there(bucket_arn),
        add(bucket_arn, under),
        encrypt_in_parts(bucket_arn, under, key),
        never_read(),
        role.never_destroy(),
        role.never_climb(),
    ]
