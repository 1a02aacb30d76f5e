"""What both Regions have alike: a backup key, a log bucket, and a locked bucket for backup sets."""

from __future__ import annotations

from holdfast.constructs.backup_key import BackupKey
from holdfast.constructs.backup_writer import WRITTEN
from holdfast.constructs.drill_runner import CANARIES
from holdfast.constructs.immutable_bucket import ImmutableBucket
from holdfast.constructs.log_bucket import LogBucket
from holdfast.constructs.principals import Principals
from holdfast.stacks.base import STREAMS, EnvironmentStack


def backup_key(stack: EnvironmentStack, *, encrypters: Principals, decrypters: Principals) -> BackupKey:
    """The Region's own key, as the stack's child `Key`."""
    environment = stack.environment
    return BackupKey(
        stack,
        "Key",
        encrypters=encrypters,
        decrypters=decrypters,
        rotation=environment.keys.rotation,
        description=f"Encrypts the backups of {environment.environment} in {stack.region}",
        **stack.key_care(stack.names.key_alias),
    )


def log_bucket(stack: EnvironmentStack, bucket_name: str) -> LogBucket:
    """The Region's log bucket, as the stack's child `Logs`."""
    return LogBucket(
        stack,
        "Logs",
        bucket_name=bucket_name,
        account=stack.account,
        administrators=stack.people.administrators(stack.account),
        transport=stack.transport,
        removal=stack.removal,
    )


def backup_bucket(
    stack: EnvironmentStack, id: str, bucket_name: str, key: BackupKey, logs: LogBucket
) -> ImmutableBucket:
    """The Region's bucket for backup sets, open to the roles of the workload account."""
    bucket = ImmutableBucket(
        stack,
        id,
        bucket_name=bucket_name,
        key=key,
        key_alias_arn=stack.names.alias_arn(key.alias, account=stack.account, region=stack.region),
        lock=stack.lock,
        administrators=stack.people.administrators(stack.account),
        headers_optional_under=stack.headers_optional_under(STREAMS),
        logs=logs,
        transport=stack.transport,
        removal=stack.removal,
    )
    writer, drill_runner = stack.people.writer, stack.people.drill_runner
    restore_operator = stack.people.restore_operator
    bucket.grant_list(writer | drill_runner | restore_operator | stack.people.auditor)
    bucket.grant_write(writer, under=WRITTEN)
    bucket.grant_write(drill_runner, under=(CANARIES,))
    bucket.grant_read(writer | restore_operator, under=WRITTEN)
    bucket.grant_read(drill_runner)
    return bucket
