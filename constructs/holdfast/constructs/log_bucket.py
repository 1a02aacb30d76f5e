"""Where a Region's buckets leave their access logs and inventories."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.ageing import declare_lifecycle
from holdfast.constructs.lifecycle import Lifecycle
from holdfast.constructs.limits import matches
from holdfast.constructs.policies import log_delivery, weakening
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.principals import Principals
from holdfast.constructs.private_bucket import PrivateBucket
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport

FLOWS, REPORTS = "flows/", "reports/"
"""Where flow logs and the reports of AWS Backup lie."""
_INVENTORY_FIELDS = (
    "BucketKeyStatus",
    "ChecksumAlgorithm",
    "EncryptionStatus",
    "ETag",
    "IsMultipartUploaded",
    "LastModifiedDate",
    "ObjectLockLegalHoldStatus",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ReplicationStatus",
    "Size",
    "StorageClass",
)


class LogBucket(PrivateBucket):
    """Access logs under `access/<bucket>/`, daily inventories under `inventory/<bucket>/`.

    Where asked for also flow logs of networks, under `flows/`, and reports of AWS Backup, under `reports/`.

    It is *not* locked and not under our key, because AWS does not deliver access logs into a bucket with Object Lock or
    with SSE-KMS by default (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html). It is versioned instead, and only the
    administrators can delete from it. S3 delivers access logs on a best-effort basis; a record of access that must not
    be lost belongs into a trail with a locked bucket. It logs nothing about itself, or logs would make logs.

    Args:
        bucket_name: the name, unique in all of AWS.
        account: the account the buckets are in; logs of other accounts are refused.
        administrators: who may change the bucket or delete from it.
        retention: how long logs are kept. By default 400 days, a year and a month.
        transport: the oldest TLS version the bucket accepts. By default 1.2.
        removal: by default Terraform refuses to destroy the bucket.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        logs = LogBucket(
            stack,
            "Logs",
            bucket_name="acme-logs-111122223333",
            account="111122223333",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
        )

    Raises:
        OutsideLimit: the name or the account id is none, or `retention` is no whole number of days.
    """

    _sources: tuple[str, ...] = ()

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        account: str,
        administrators: Principals,
        retention: timedelta = timedelta(days=400),
        transport: Transport = Transport.TLS_1_2,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        matches(
            account,
            r"[0-9]{12}",
            construct="LogBucket",
            field="account",
            allowed="an account id of 12 digits",
            reference="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
        )
        lifecycle = Lifecycle(expire_after=retention, noncurrent_expire_after=timedelta(days=30))
        super().__init__(
            scope,
            id,
            bucket_name=bucket_name,
            key=None,
            object_lock=False,
            transport=transport,
            removal=removal,
            provider=provider,
        )
        self._account = account
        self.add_to_policy(
            weakening.nobody_else_weakens(self.bucket_arn, administrators),
            weakening.nobody_else_deletes(self.bucket_arn, administrators),
        )
        declare_lifecycle(self, lifecycle)

    def receive_from(self, source: PrivateBucket) -> None:
        """Let `source` log every request here, and take an inventory of all its versions every day."""
        self._sources = (*self._sources, source.bucket_arn)
        self.add_to_policy()
        aws.S3BucketLogging(
            source,
            "Logging",
            bucket=source.bucket.id,
            target_bucket=self.bucket.id,
            target_prefix=f"access/{source.bucket_name}/",
            depends_on=[self.bucket_policy],
            provider=source.provider,
        )
        aws.S3BucketInventory(
            source,
            "Inventory",
            bucket=source.bucket.id,
            name="daily",
            included_object_versions="All",
            schedule={"frequency": "Daily"},
            optional_fields=list(_INVENTORY_FIELDS),
            destination={
                "bucket": {
                    "bucket_arn": self.bucket_arn,
                    "account_id": self._account,
                    "format": "Parquet",
                    "prefix": "inventory",
                    "encryption": {"sse_s3": {}},
                }
            },
            depends_on=[self.bucket_policy],
            provider=source.provider,
        )

    def receive_flow_logs(self, region: str) -> None:
        """Let flow logs of the networks of this account in `region` come here, under `flows/`."""
        self.add_to_policy(
            log_delivery.flow_logs(self.bucket_arn, FLOWS, self._account, region),
            log_delivery.check_flow_log_bucket(self.bucket_arn, self._account, region),
        )

    def receive_backup_reports(self) -> None:
        """Let AWS Backup Audit Manager of this account leave its reports here, under `reports/`."""
        self.add_to_policy(log_delivery.backup_reports(self.bucket_arn, REPORTS, self._account))

    def statements(self) -> list[Statement]:
        """Those of every bucket, and the deliveries of the buckets that log here."""
        if not self._sources:
            return super().statements()
        return [
            *super().statements(),
            log_delivery.access_logs(self.bucket_arn, "access/", self._sources, self._account),
            log_delivery.inventories(self.bucket_arn, "inventory/", self._sources, self._account),
        ]
