"""Where a trail is kept: locked, written by CloudTrail alone."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.account import check_account
from holdfast.constructs.ageing import declare_lifecycle
from holdfast.constructs.lifecycle import Lifecycle
from holdfast.constructs.limits import whole_days
from holdfast.constructs.object_lock import ObjectLock
from holdfast.constructs.policies import audit, weakening, writes
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.private_bucket import PrivateBucket
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport

_LEAST_DAYS = 365


class TrailBucket(PrivateBucket):
    """A versioned bucket that locks every file of a trail in COMPLIANCE mode, by its default retention.

    CloudTrail names no lock when it writes, so the default holds. The bucket's own encryption is SSE-S3, because
    CloudTrail stores digests under nothing else; the trail names its KMS key for the log files itself
    (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html).
    Since only CloudTrail writes here, no write can name something weaker.

    Args:
        bucket_name: the name, unique in all of AWS.
        account: the account of the trail.
        trail_arn: the trail that is delivered here, and no other.
        administrators: who may change the bucket, or delete after the lock has ended.
        auditors: who may read the trail. By default nobody.
        retention: how long each file is locked. By default 400 days, a year and a month; 365 or more.
        transport: the oldest TLS version the bucket accepts. By default 1.2.
        removal: by default Terraform refuses to destroy the bucket.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        TrailBucket(
            stack,
            "TrailBucket",
            bucket_name="acme-trail-111122223333",
            account="111122223333",
            trail_arn="arn:aws:cloudtrail:us-east-1:111122223333:trail/backups",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
        )

    Raises:
        OutsideLimit: the name or the account id is none, or `retention` is under 365 days.
        PolicyTooLarge: the bucket policy would be longer than 20 KiB.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        account: str,
        trail_arn: str,
        administrators: Principals,
        auditors: Principals = NOBODY,
        retention: timedelta = timedelta(days=400),
        transport: Transport = Transport.TLS_1_2,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        check_account(account, construct="TrailBucket")
        days = whole_days(
            retention,
            least=_LEAST_DAYS,
            most=36_500,
            construct="TrailBucket",
            field="retention",
            reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-overview.html",
        )
        super().__init__(
            scope,
            id,
            bucket_name=bucket_name,
            key=None,
            object_lock=True,
            transport=transport,
            removal=removal,
            provider=provider,
        )
        lock = ObjectLock(retention, retention)
        self.lock_configuration = aws.S3BucketObjectLockConfiguration(
            self,
            "Lock",
            bucket=self.bucket.id,
            rule={"default_retention": {"mode": lock.mode.value, "days": days}},
            depends_on=[self.versioning],
            provider=provider,
        )
        declare_lifecycle(self, Lifecycle.within(lock))
        arn = self.bucket_arn
        self.add_to_policy(
            audit.check_bucket(arn, trail_arn),
            audit.deliver_trail(arn, trail_arn, account),
            audit.only_the_trail_writes(arn),
            writes.only_this_mode(arn, lock),
            writes.lock_is_long_enough(arn, lock),
            weakening.nobody_else_weakens(arn, administrators),
            weakening.nobody_else_deletes(arn, administrators),
            *([audit.read_the_trail(arn, auditors)] if auditors else []),
        )
