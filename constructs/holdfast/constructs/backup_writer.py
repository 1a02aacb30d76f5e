"""The role that writes backup sets."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import role
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole

WRITTEN = ("objects/", "sets/")
"""Where backup sets lie: the content, and what names it."""


class BackupWriter(RestrictedRole):
    """Puts and locks objects in the buckets of both Regions, lengthens locks, and can read nothing it wrote.

    *Reading back without decrypting.* Before a set counts, every object is read back with its lock. A writer does
    that with `HeadObject`, which needs `s3:GetObject` and `s3:GetObjectRetention` but not the key, as long as it does
    not ask for checksums: with `ChecksumMode=ENABLED` S3 wants `kms:Decrypt`
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html). The checksum is settled at the write: S3
    compares `ChecksumSHA256` with what arrived and refuses the object if they differ. So `s3:GetObject` is allowed and
    `kms:Decrypt` is denied: metadata is readable, content is not.

    Multipart uploads need `kms:Decrypt` and therefore fail; Holdfast makes none.

    Args:
        role_name: name of the role.
        trusted: who may take on the role.
        bucket_arns: the buckets of both Regions.
        keys: the keys of both Regions.
        prefixes: where it may write. By default `objects/` and `sets/`.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BackupWriter(
            stack,
            "BackupWriter",
            role_name="backup-writer",
            trusted=Principals.of("arn:aws:iam::111122223333:role/pipeline"),
            bucket_arns=["arn:aws:s3:::acme-vault", "arn:aws:s3:::acme-replica"],
            keys=[
                KeyAlias(region="us-east-1", account="111122223333", alias="alias/backups"),
                KeyAlias(region="us-west-2", account="444455556666", alias="alias/backups"),
            ],
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM.
        PolicyTooLarge: too many buckets, keys or prefixes for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        bucket_arns: Sequence[str],
        keys: Sequence[KeyAlias],
        prefixes: Sequence[str] = WRITTEN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Writes backup sets to both Regions; cannot read or delete them",
            trust=role.trust(trusted),
            statements=[
                role.list_buckets(bucket_arns),
                role.write("WriteSets", bucket_arns, prefixes),
                role.read("ReadBackMetadata", bucket_arns, prefixes),
                role.use_keys("Encrypt", ("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"), keys),
                role.never_decrypt(),
                role.never_destroy(),
                role.never_climb(),
            ],
            provider=provider,
        )
