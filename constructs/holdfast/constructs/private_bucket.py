"""What every bucket of ours is: versioned, private, owned by its account, spoken to over TLS."""

from __future__ import annotations

import re
from dataclasses import replace

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.limits import known, matches, require
from holdfast.constructs.policies import transport as wire
from holdfast.constructs.policies.document import BUCKET_POLICY, Statement
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport

_NAMING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"


class PrivateBucket(Construct):
    """The base of our buckets; not meant to be used alone.

    Args:
        bucket_name: the name, unique in all of AWS; no dots, which would break TLS certificates.
        key: the key new objects are encrypted with; SSE-S3 where there is none. The bucket is made after it and
            destroyed before it, so that a destroy stopped by a lock leaves the key in place.
        object_lock: whether the bucket can lock objects. Cannot be changed later without replacing the bucket.
        transport: the oldest TLS version the bucket accepts.
        removal: whether Terraform may destroy the bucket and what is in it.
        provider: the AWS provider to use.

    Raises:
        OutsideLimit: the name breaks S3's rules.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        key: BackupKey | None,
        object_lock: bool,
        transport: Transport,
        removal: Removal,
        provider: TerraformProvider | None,
    ) -> None:
        super().__init__(scope, id)
        _check_name(bucket_name, construct=type(self).__name__)
        self.bucket_name = bucket_name
        self.bucket_arn = f"arn:aws:s3:::{bucket_name}"
        self.provider = provider
        self.bucket = aws.S3Bucket(
            self,
            "Resource",
            bucket=bucket_name,
            object_lock_enabled=object_lock or None,
            force_destroy=removal is Removal.DESTROY,
            depends_on=[key.resource] if key else None,
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        self.versioning = aws.S3BucketVersioning(
            self,
            "Versioning",
            bucket=self.bucket.id,
            versioning_configuration={"status": "Enabled"},
            provider=provider,
        )
        self._encrypt(key)
        aws.S3BucketOwnershipControls(
            self,
            "Ownership",
            bucket=self.bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            provider=provider,
        )
        public_access = aws.S3BucketPublicAccessBlock(
            self,
            "PublicAccess",
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            provider=provider,
        )
        self._statements = [wire.no_plain_http(self.bucket_arn), wire.no_old_tls(self.bucket_arn, transport)]
        self.bucket_policy = aws.S3BucketPolicy(
            self,
            "Policy",
            bucket=self.bucket.id,
            policy=self.policy(),
            depends_on=[public_access],  # S3 refuses two changes of a bucket's access at the same time
            provider=provider,
        )

    def add_to_policy(self, *statements: Statement) -> None:
        """Add statements to the bucket policy. One whose `Sid` is taken gets a number, because each has to be unique.

        Raises:
            PolicyTooLarge: the policy would be longer than 20 KiB.
        """
        for statement in statements:
            taken = sum(re.fullmatch(rf"{statement.sid}\d*", other.sid) is not None for other in self._statements)
            self._statements.append(replace(statement, sid=f"{statement.sid}{taken + 1}") if taken else statement)
        self.bucket_policy.policy = self.policy()

    def policy(self) -> str:
        """The bucket policy as it stands now."""
        return BUCKET_POLICY.render(self.statements(), construct=type(self).__name__)

    def statements(self) -> list[Statement]:
        """The statements of the bucket policy as it stands now."""
        return list(self._statements)

    def _encrypt(self, key: BackupKey | None) -> None:
        default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key.key_arn} if key else {"sse_algorithm": "AES256"}
        aws.S3BucketServerSideEncryptionConfiguration(
            self,
            "Encryption",
            bucket=self.bucket.id,
            rule=[
                aws.S3BucketServerSideEncryptionConfigurationRule(
                    apply_server_side_encryption_by_default=default,
                    bucket_key_enabled=True if key else None,
                )
            ],
            provider=self.provider,
        )


def _check_name(name: str, *, construct: str) -> None:
    matches(
        name,
        r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        construct=construct,
        field="bucket_name",
        allowed="3 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit",
        reference=_NAMING,
    )
    reserved = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
    require(
        not known(name) or not (name.startswith(reserved[0]) or name.endswith(reserved[1])),
        construct=construct,
        field="bucket_name",
        value=name,
        allowed="no prefix or suffix that AWS reserves: " + ", ".join(reserved[0] + reserved[1]),
        reference=_NAMING,
    )
