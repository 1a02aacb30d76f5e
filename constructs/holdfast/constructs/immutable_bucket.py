"""An S3 bucket whose objects cannot be deleted before their lock ends."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import Annotations, TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.ageing import declare_lifecycle
from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.lifecycle import Lifecycle
from holdfast.constructs.log_bucket import LogBucket
from holdfast.constructs.object_lock import LockMode, ObjectLock
from holdfast.constructs.policies import sharing, weakening, writes
from holdfast.constructs.principals import Principals
from holdfast.constructs.private_bucket import PrivateBucket
from holdfast.constructs.removal import Removal
from holdfast.constructs.transport import Transport

EVERYWHERE = ("",)
"""As a prefix: all objects of the bucket."""


class ImmutableBucket(PrivateBucket):
    """A versioned bucket with Object Lock, encrypted under one key, that refuses weaker writes and being weakened.

    Each write must name SSE-KMS with this bucket's key, the lock mode, and a lock between the shortest and the longest.
    What protects the bucket (versioning, lock, encryption, lifecycle, replication, its policy) can be changed, and
    versions deleted after their lock, only by the administrators. Nothing in here stops an administrator from *trying*
    to delete a locked version, so that a probe can show that the lock itself refuses.

    If the administrators' pattern matches nobody, the account's root user can still replace the bucket policy.

    Args:
        bucket_name: the name, unique in all of AWS.
        key: encrypts every object; its Region is the bucket's.
        key_alias_arn: ARN of the key's alias, for writers that name the key by it. By default only the key's own ARN
            passes.
        lock: the shortest and longest lock, and the mode. What names no lock gets the shortest.
        administrators: who may change the bucket: whoever runs Terraform, and break-glass.
        headers_optional_under: prefixes where a write may leave encryption and lock to the bucket's defaults, for tools
            that cannot name them. By default nowhere; `EVERYWHERE` for an emulator that does not evaluate the headers.
        lifecycle: tiers and expiry. By default `Lifecycle.within(lock)`: instant-access tiers, expiry after the longest
            lock.
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
        vault = ImmutableBucket(
            stack,
            "Vault",
            bucket_name="acme-backups-111122223333",
            key=key,
            lock=ObjectLock.days(30, up_to=365),
            administrators=deployer,
        )
        vault.grant_write(Principals.of("arn:aws:iam::111122223333:role/backup-writer"), under=["sets/"])

    Raises:
        OutsideLimit: the name, lock or lifecycle is outside a limit of S3, or the lifecycle undercuts the lock.
        PolicyTooLarge: the bucket policy would be longer than 20 KiB.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        key: BackupKey,
        lock: ObjectLock,
        administrators: Principals,
        key_alias_arn: str | None = None,
        headers_optional_under: Sequence[str] = (),
        lifecycle: Lifecycle | None = None,
        logs: LogBucket | None = None,
        transport: Transport = Transport.TLS_1_2,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        ageing = lifecycle or Lifecycle.within(lock)
        ageing.check(lock, construct=type(self).__name__)
        super().__init__(
            scope,
            id,
            bucket_name=bucket_name,
            key=key,
            object_lock=True,
            transport=transport,
            removal=removal,
            provider=provider,
        )
        self.key = key
        self.lock = lock
        self.lock_configuration = aws.S3BucketObjectLockConfiguration(
            self,
            "Lock",
            bucket=self.bucket.id,
            rule={"default_retention": {"mode": lock.mode.value, "days": lock.minimum.days}},
            depends_on=[self.versioning],
            provider=provider,
        )
        declare_lifecycle(self, ageing)
        self._protect(administrators, key_alias_arn, tuple(headers_optional_under))
        if logs is not None:
            logs.receive_from(self)
        if lock.mode is not LockMode.COMPLIANCE:
            Annotations.of(self).add_warning("GOVERNANCE mode is not immutable: whoever may bypass it deletes backups")
        if EVERYWHERE[0] in headers_optional_under:
            Annotations.of(self).add_warning("writes may leave encryption and lock to the bucket's defaults")

    def grant_write(self, principals: Principals, *, under: Sequence[str] = EVERYWHERE) -> None:
        """Let `principals`, of other accounts too, put and lock objects. IAM must allow it as well."""
        self.add_to_policy(sharing.write(self.bucket_arn, principals, under))

    def grant_read(self, principals: Principals, *, under: Sequence[str] = EVERYWHERE) -> None:
        """Let `principals`, of other accounts too, read objects and their locks. They need the key as well."""
        self.add_to_policy(sharing.read(self.bucket_arn, principals, under))

    def grant_list(self, principals: Principals) -> None:
        """Let `principals`, of other accounts too, list the bucket and inspect how it is protected."""
        self.add_to_policy(sharing.list_and_inspect(self.bucket_arn, principals))

    def grant_replicas(self, principals: Principals, *, under: Sequence[str] = EVERYWHERE) -> None:
        """Let a replication role of another bucket add objects under some prefixes; not delete markers."""
        self.add_to_policy(sharing.receive_replicas(self.bucket_arn, principals, under))

    def _protect(
        self, administrators: Principals, key_alias_arn: str | None, headers_optional_under: tuple[str, ...]
    ) -> None:
        arn, lock = self.bucket_arn, self.lock
        keys = [self.key.key_arn, *([key_alias_arn] if key_alias_arn else [])]
        self.add_to_policy(
            writes.only_kms(arn),
            writes.only_this_key(arn, keys),
            writes.only_this_mode(arn, lock),
            writes.lock_is_long_enough(arn, lock),
            writes.lock_is_not_endless(arn, lock),
            weakening.nobody_else_weakens(arn, administrators),
            weakening.nobody_else_deletes(arn, administrators),
        )
        if EVERYWHERE[0] not in headers_optional_under:
            self.add_to_policy(
                writes.key_is_named(arn),
                writes.encryption_is_explicit(arn, headers_optional_under),
                writes.lock_is_explicit(arn, headers_optional_under),
            )
