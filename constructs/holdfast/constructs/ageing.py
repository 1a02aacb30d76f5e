"""A `Lifecycle` as the lifecycle configuration of a bucket."""

from __future__ import annotations

from holdfast.constructs import aws
from holdfast.constructs.lifecycle import Lifecycle
from holdfast.constructs.private_bucket import PrivateBucket


def declare_lifecycle(bucket: PrivateBucket, lifecycle: Lifecycle) -> None:
    """Declare how objects of `bucket` age, as its child `Lifecycle`."""
    rules = [_housekeeping(lifecycle)]
    if lifecycle.transitions or lifecycle.expire_after or lifecycle.noncurrent_expire_after:
        rules.insert(0, _age(lifecycle))
    aws.S3BucketLifecycleConfiguration(
        bucket,
        "Lifecycle",
        bucket=bucket.bucket.id,
        rule=rules,
        depends_on=[bucket.versioning],
        provider=bucket.provider,
    )


def _age(lifecycle: Lifecycle) -> aws.S3BucketLifecycleConfigurationRule:
    expire, noncurrent = lifecycle.expire_after, lifecycle.noncurrent_expire_after
    return aws.S3BucketLifecycleConfigurationRule(
        id="age",
        status="Enabled",
        filter=_all_objects(),
        transition=[
            aws.S3BucketLifecycleConfigurationRuleTransition(days=step.after.days, storage_class=step.to.value)
            for step in lifecycle.transitions
        ]
        or None,
        expiration=[aws.S3BucketLifecycleConfigurationRuleExpiration(days=expire.days)] if expire else None,
        noncurrent_version_expiration=[
            aws.S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=noncurrent.days)
        ]
        if noncurrent
        else None,
    )


def _housekeeping(lifecycle: Lifecycle) -> aws.S3BucketLifecycleConfigurationRule:
    """Parts nobody will finish, and delete markers with nothing behind them."""
    return aws.S3BucketLifecycleConfigurationRule(
        id="housekeeping",
        status="Enabled",
        filter=_all_objects(),
        abort_incomplete_multipart_upload=[
            aws.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                days_after_initiation=lifecycle.abort_uploads_after.days
            )
        ],
        expiration=[aws.S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)],
    )


def _all_objects() -> list[aws.S3BucketLifecycleConfigurationRuleFilter]:
    return [aws.S3BucketLifecycleConfigurationRuleFilter(prefix="")]
