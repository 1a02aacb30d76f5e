"""Where signed records are kept: locked for years, never overwritten, written by few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.immutable_bucket import EVERYWHERE, ImmutableBucket
from holdfast.constructs.lifecycle import Lifecycle
from holdfast.constructs.log_bucket import LogBucket
from holdfast.constructs.object_lock import ObjectLock
from holdfast.constructs.policies import writes
from holdfast.constructs.principals import Principals
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport


class EvidenceBucket(ImmutableBucket):
    """An `ImmutableBucket` for evidence: every record is locked for the same time, and only the writers add any.

    A record is written with one PutObject that carries the lock and `If-None-Match: *`; a second one under the same
    name is refused, so a record cannot even *look* replaced. Nothing expires: a record whose lock has ended stays until
    an administrator removes it.

    Args:
        bucket_name: the name, unique in all of AWS.
        key: encrypts every record; its Region is the bucket's.
        key_alias_arn: ARN of the key's alias, for writers that name the key by it.
        retention: how long each record is locked, in COMPLIANCE mode. By default 7 years of 365 days.
        writers: who may add records.
        administrators: who may change the bucket: whoever runs Terraform, and break-glass.
        headers_optional_under: as in `ImmutableBucket`; `EVERYWHERE` also lets a write leave out `If-None-Match`.
        logs: receives access logs and a daily inventory. By default there are none.
        transport: the oldest TLS version the bucket accepts. By default 1.2.
        removal: by default Terraform refuses to destroy the bucket.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        key = BackupKey(
            stack,
            "Key",
            alias="alias/backups",
            administrators=deployer,
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
        )
        EvidenceBucket(
            stack,
            "Evidence",
            bucket_name="acme-evidence-111122223333",
            key=key,
            writers=Principals.of("arn:aws:iam::111122223333:role/drill-runner"),
            administrators=deployer,
        )

    Raises:
        OutsideLimit: the name or retention is outside a limit of S3.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        key: BackupKey,
        writers: Principals,
        administrators: Principals,
        retention: timedelta = timedelta(days=7 * 365),
        key_alias_arn: str | None = None,
        headers_optional_under: Sequence[str] = (),
        logs: LogBucket | None = None,
        transport: Transport = Transport.TLS_1_2,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            bucket_name=bucket_name,
            key=key,
            key_alias_arn=key_alias_arn,
            lock=ObjectLock(retention, retention),
            administrators=administrators,
            headers_optional_under=headers_optional_under,
            lifecycle=Lifecycle(),
            logs=logs,
            transport=transport,
            removal=removal,
            provider=provider,
        )
        self.add_to_policy(writes.only_these_writers(self.bucket_arn, writers))
        if EVERYWHERE[0] not in headers_optional_under:
            self.add_to_policy(writes.never_overwritten(self.bucket_arn))
