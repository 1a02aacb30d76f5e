"""Copies of what arrives in one bucket, made by S3 in another Region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.immutable_bucket import ImmutableBucket
from holdfast.constructs.limits import require
from holdfast.constructs.policies import replication, role
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.restricted_role import RestrictedRole

_REFERENCE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html"
_RULES = 1000
_TIME_CONTROL_MINUTES = 15
"""The only value S3 accepts for replication time control."""


@dataclass(frozen=True)
class Destination:
    """The bucket copies go to, named before it can be looked up.

    Args:
        bucket_arn: the bucket; it must have Object Lock, or S3 refuses to replicate locked objects into it.
        key: the key of that Region the copies are encrypted with.
    """

    bucket_arn: str
    key: KeyAlias


class BucketReplication(Construct):
    """Replicates some prefixes of a bucket, locks and all, under the destination's own key, within 15 minutes.

    Replication time control and its metrics are on, so that lag is measured and can alarm. Delete markers are not
    replicated, and the role may not replicate deletions: what is deleted in the source stays in the copy. In another
    account the copy belongs to that account.

    Replication is asynchronous and says nothing about sets of objects; backup sets are committed to both Regions by
    their writer instead. Use this for what other tools stream into the bucket.

    The destination lets the role in by name: `ImmutableBucket.grant_replicas` and `BackupKey.grant_encrypt` there,
    `BackupKey.grant_decrypt` here.

    Args:
        source: the bucket to copy from.
        destination: the bucket to copy to.
        source_key: the key the source is encrypted with, by its alias, so that the role's policy can be read in a plan.
        role_name: name of the role S3 takes on.
        prefixes: what to copy; at most 1000. By default `streams/`.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        replication = Principals.of("arn:aws:iam::111122223333:role/replication")
        key = BackupKey(
            stack,
            "Key",
            alias="alias/backups",
            administrators=deployer,
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            decrypters=replication,
        )
        vault = ImmutableBucket(
            stack, "Vault", bucket_name="acme-vault", key=key, lock=ObjectLock.days(30), administrators=deployer
        )
        BucketReplication(
            stack,
            "Replication",
            source=vault,
            source_key=KeyAlias(region="us-east-1", account="111122223333", alias="alias/backups"),
            role_name="replication",
            destination=Destination(
                bucket_arn="arn:aws:s3:::acme-replica",
                key=KeyAlias(region="us-west-2", account="444455556666", alias="alias/backups"),
            ),
        )

    Raises:
        OutsideLimit: there is no prefix, or there are too many, or one lies inside another.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: ImmutableBucket,
        destination: Destination,
        source_key: KeyAlias,
        role_name: str,
        prefixes: Sequence[str] = ("streams/",),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        _check_prefixes(prefixes)
        other_account = destination.key.account != source_key.account
        s3_role = RestrictedRole(
            self,
            "Role",
            role_name=role_name,
            description="S3 copies objects to the other Region with it",
            trust=replication.trust(),
            statements=[
                replication.read_configuration(source.bucket_arn),
                replication.read_source(source.bucket_arn, prefixes),
                replication.write_copy(destination.bucket_arn, prefixes, other_account=other_account),
                role.use_keys("DecryptSource", ("kms:Decrypt",), [source_key]),
                role.use_keys("EncryptCopy", ("kms:Encrypt", "kms:GenerateDataKey"), [destination.key]),
                role.never_destroy(),
                role.never_climb(),
            ],
            provider=provider,
        )
        aws.S3BucketReplicationConfiguration(
            self,
            "Resource",
            bucket=source.bucket.id,
            role=s3_role.role_arn,
            rule=[
                aws.S3BucketReplicationConfigurationRule(
                    id=f"copy-{prefix.strip('/') or 'everything'}",
                    status="Enabled",
                    priority=priority,
                    filter={"prefix": prefix},
                    delete_marker_replication={"status": "Disabled"},
                    source_selection_criteria={"sse_kms_encrypted_objects": {"status": "Enabled"}},
                    destination=_destination(destination, other_account=other_account),
                )
                for priority, prefix in enumerate(prefixes, start=1)
            ],
            depends_on=[source.versioning, source.lock_configuration],
            provider=provider,
        )


def _destination(destination: Destination, *, other_account: bool) -> dict[str, Any]:
    minutes = {"minutes": _TIME_CONTROL_MINUTES}
    settings: dict[str, Any] = {
        "bucket": destination.bucket_arn,
        "encryption_configuration": {"replica_kms_key_id": destination.key.arn},
        "replication_time": {"status": "Enabled", "time": minutes},
        "metrics": {"status": "Enabled", "event_threshold": minutes},
    }
    if other_account:
        settings |= {"account": destination.key.account, "access_control_translation": {"owner": "Destination"}}
    return settings


def _check_prefixes(prefixes: Sequence[str]) -> None:
    require(
        1 <= len(prefixes) <= _RULES,
        construct="BucketReplication",
        field="prefixes",
        value=f"{len(prefixes)} prefixes",
        allowed=f"1 to {_RULES}",
        reference=_REFERENCE,
    )
    ordered = sorted(prefixes)
    for shorter, longer in pairwise(ordered):
        require(
            not longer.startswith(shorter),
            construct="BucketReplication",
            field="prefixes",
            value=f"{shorter!r} and {longer!r}",
            allowed="prefixes of which none lies inside another",
            reference=_REFERENCE,
        )
