"""An S3 bucket whose objects cannot be deleted before their lock ends."""

from __future__ import annotations

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.object_lock import ObjectLock
from holdfast.constructs.principals import Principals
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport


class ImmutableBucket(Construct):
    """A bucket with Object Lock. TODO widened below."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # the name every construct of the CDK uses
        *,
        bucket_name: str,
        key: BackupKey,
        lock: ObjectLock,
        administrators: Principals,
        transport: Transport = Transport.TLS_1_2,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket_name = bucket_name
        self._bucket = aws.S3Bucket(
            self,
            "Resource",
            bucket=bucket_name,
            object_lock_enabled=True,
            force_destroy=removal is Removal.DESTROY,
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        versioning = aws.S3BucketVersioning(
            self,
            "Versioning",
            bucket=self._bucket.id,
            versioning_configuration=aws.S3BucketVersioningVersioningConfiguration(status="Enabled"),
            provider=provider,
        )
        aws.S3BucketObjectLockConfiguration(
            self,
            "Lock",
            bucket=self._bucket.id,
            rule=aws.S3BucketObjectLockConfigurationRule(
                default_retention=aws.S3BucketObjectLockConfigurationDefaultRetention(
                    mode=lock.mode.value, days=lock.minimum.days
                )
            ),
            depends_on=[versioning],
            provider=provider,
        )
        aws.S3BucketServerSideEncryptionConfiguration(
            self,
            "Encryption",
            bucket=self._bucket.id,
            rule=[
                aws.S3BucketServerSideEncryptionConfigurationRule(
                    apply_server_side_encryption_by_default=aws.S3BucketEncryptionByDefault(
                        sse_algorithm="aws:kms", kms_master_key_id=key.key_arn
                    ),
                    bucket_key_enabled=True,
                )
            ],
            provider=provider,
        )
        aws.S3BucketPublicAccessBlock(
            self,
            "PublicAccess",
            bucket=self._bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            provider=provider,
        )
        aws.S3BucketOwnershipControls(
            self,
            "Ownership",
            bucket=self._bucket.id,
            rule=aws.S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
            provider=provider,
        )
