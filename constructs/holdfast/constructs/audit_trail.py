"""Who touched the backups: a trail that cannot be deleted, and a live copy that alarms can count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.limits import matches, require
from holdfast.constructs.policies import audit, role
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal
from holdfast.constructs.restricted_role import RestrictedRole
from holdfast.constructs.trail_bucket import TrailBucket
from holdfast.constructs.transport import Transport
from holdfast.constructs.watch_key import WatchKey

_QUOTAS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html"
_VALUES = 500
_LIVE_DAYS = 30


class AuditTrail(Construct):
    """A CloudTrail trail of all management events, and of every object read or written in the buckets named.

    Its files are locked (`TrailBucket`), encrypted under the `WatchKey`, and chained by CloudTrail's own digests, so
    that a missing or changed file shows (`aws cloudtrail validate-logs`). A copy goes to a log group for 30 days, where
    `AccessAlarms` counts. The trail is of all Regions of its account; what happens in a bucket of another account is in
    that account's trail.

    Args:
        trail_name: name of the trail, of its log group, and the beginning of its role's name.
        bucket_name: the bucket it is kept in, unique in all of AWS.
        account: the account it is in.
        region: its home Region.
        key: encrypts log files and log group.
        bucket_arns: the buckets whose objects are watched, up to 500.
        administrators: who may change the bucket, or delete after the lock has ended.
        auditors: who may read the trail. By default nobody.
        retention: how long the trail is locked. By default 400 days; 365 or more.
        transport: the oldest TLS version the bucket accepts. By default 1.2.
        removal: by default Terraform refuses to destroy trail and bucket.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        AuditTrail(
            stack,
            "Trail",
            trail_name="backups",
            bucket_name="acme-trail-111122223333",
            account="111122223333",
            region="us-east-1",
            key=WatchKey(
                stack,
                "WatchKey",
                alias="alias/watch",
                account="111122223333",
                region="us-east-1",
                administrators=deployer,
                break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            ),
            bucket_arns=["arn:aws:s3:::acme-backups-111122223333"],
            administrators=deployer,
        )

    Raises:
        OutsideLimit: a name is outside a limit of CloudTrail, there are no buckets or too many, or `retention` is under
            365 days.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        trail_name: str,
        bucket_name: str,
        account: str,
        region: str,
        key: WatchKey,
        bucket_arns: Sequence[str],
        administrators: Principals,
        auditors: Principals = NOBODY,
        retention: timedelta = timedelta(days=400),
        transport: Transport = Transport.TLS_1_2,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        _check(trail_name, bucket_arns)
        self.trail_arn = f"arn:aws:cloudtrail:{region}:{account}:trail/{trail_name}"
        self.log_group_name = trail_name
        self.bucket = TrailBucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            account=account,
            trail_arn=self.trail_arn,
            administrators=administrators,
            auditors=auditors,
            retention=retention,
            transport=transport,
            removal=removal,
            provider=provider,
        )
        self.log_group = aws.CloudwatchLogGroup(
            self,
            "Logs",
            name=trail_name,
            retention_in_days=_LIVE_DAYS,
            kms_key_id=key.key_arn,
            provider=provider,
        )
        delivery = RestrictedRole(
            self,
            "Role",
            role_name=f"{trail_name}-delivery",
            description="CloudTrail writes the live copy of the trail with it",
            trust=audit.trust_cloudtrail(self.trail_arn),
            statements=[
                audit.write_log_group(f"arn:aws:logs:{region}:{account}:log-group:{trail_name}", account, region),
                role.never_climb(),
            ],
            provider=provider,
        )
        aws.Cloudtrail(
            self,
            "Resource",
            name=trail_name,
            s3_bucket_name=self.bucket.bucket.id,
            kms_key_id=key.key_arn,
            cloud_watch_logs_group_arn=f"{self.log_group.arn}:*",
            cloud_watch_logs_role_arn=delivery.role_arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            advanced_event_selector=[_management(), _objects(bucket_arns)],
            depends_on=[self.bucket.bucket_policy, self.bucket.lock_configuration],
            lifecycle=removal.lifecycle(),
            provider=provider,
        )


def _management() -> aws.CloudtrailAdvancedEventSelector:
    return aws.CloudtrailAdvancedEventSelector(
        name="what is managed",
        field_selector=[
            aws.CloudtrailAdvancedEventSelectorFieldSelector(field="eventCategory", equal_to=["Management"])
        ],
    )


def _objects(bucket_arns: Sequence[str]) -> aws.CloudtrailAdvancedEventSelector:
    select = aws.CloudtrailAdvancedEventSelectorFieldSelector
    return aws.CloudtrailAdvancedEventSelector(
        name="objects of the backups",
        field_selector=[
            select(field="eventCategory", equal_to=["Data"]),
            select(field="resources.type", equal_to=["AWS::S3::Object"]),
            select(field="resources.ARN", starts_with=[f"{arn}/" for arn in bucket_arns]),
        ],
    )


def _check(trail_name: str, bucket_arns: Sequence[str]) -> None:
    matches(
        trail_name,
        r"(?=.{3,55}$)[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*",
        construct="AuditTrail",
        field="trail_name",
        allowed="3 to 55 letters, digits and single . _ -, beginning and ending with a letter or digit",
        reference="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html",
    )
    require(
        1 <= len(bucket_arns) <= _VALUES,
        construct="AuditTrail",
        field="bucket_arns",
        value=f"{len(bucket_arns)} buckets",
        allowed=f"1 to {_VALUES}",
        reference=_QUOTAS,
    )
