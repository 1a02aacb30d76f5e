"""The one module that knows the AWS provider binding.

Every resource class a construct uses is imported from here, so that the binding can be exchanged in one file and the
resource types Holdfast can declare are listed in one place. Each class is imported from its own module: importing the
binding's 2 400 modules would take minutes.
"""

from __future__ import annotations

from cdktn_provider_aws.kms_alias import KmsAlias
from cdktn_provider_aws.kms_key import KmsKey
from cdktn_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from cdktn_provider_aws.s3_bucket import S3Bucket
from cdktn_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA as S3BucketObjectLockConfiguration,
)
from cdktn_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationRuleA as S3BucketObjectLockConfigurationRule,
)
from cdktn_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationRuleDefaultRetentionA as S3BucketObjectLockConfigurationDefaultRetention,
)
from cdktn_provider_aws.s3_bucket_ownership_controls import S3BucketOwnershipControls, S3BucketOwnershipControlsRule
from cdktn_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktn_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktn_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA as S3BucketServerSideEncryptionConfiguration,
)
from cdktn_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationRuleA as S3BucketServerSideEncryptionConfigurationRule,
)
from cdktn_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA as S3BucketEncryptionByDefault,
)
from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioningA as S3BucketVersioning
from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioningVersioningConfiguration

__all__ = [
    "AwsProvider",
    "AwsProviderDefaultTags",
    "KmsAlias",
    "KmsKey",
    "S3Bucket",
    "S3BucketEncryptionByDefault",
    "S3BucketObjectLockConfiguration",
    "S3BucketObjectLockConfigurationDefaultRetention",
    "S3BucketObjectLockConfigurationRule",
    "S3BucketOwnershipControls",
    "S3BucketOwnershipControlsRule",
    "S3BucketPolicy",
    "S3BucketPublicAccessBlock",
    "S3BucketServerSideEncryptionConfiguration",
    "S3BucketServerSideEncryptionConfigurationRule",
    "S3BucketVersioning",
    "S3BucketVersioningVersioningConfiguration",
]
