"""The role that looks at everything, and reads no backup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import auditing, role
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole


@dataclass(frozen=True)
class ReadableTrail:
    """An audit trail to read.

    Args:
        bucket_arn: the bucket it is kept in.
        key: the key it is encrypted with (see `WatchKey`).
    """

    bucket_arn: str
    key: KeyAlias


class Auditor(RestrictedRole):
    """Looks at settings, locks, keys, jobs and who may do what; reads the evidence, and no content of a backup.

    Args:
        role_name: name of the role.
        trusted: who may take on the role.
        bucket_arns: the buckets of both Regions.
        evidence_bucket_arn: the bucket for evidence, the only one it reads.
        keys: the keys to look at; the first one decrypts evidence, and nothing but evidence.
        signing_key: the key that signs evidence, to fetch its public half.
        trail: the audit trail to read. By default none: the last 90 days can still be looked up in CloudTrail.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        Auditor(
            stack,
            "Auditor",
            role_name="backup-auditor",
            trusted=Principals.of("arn:aws:iam::111122223333:role/audit-team"),
            bucket_arns=["arn:aws:s3:::acme-vault", "arn:aws:s3:::acme-replica"],
            evidence_bucket_arn="arn:aws:s3:::acme-evidence",
            keys=[KeyAlias(region="us-east-1", account="111122223333", alias="alias/backups")],
            signing_key=KeyAlias(region="us-east-1", account="111122223333", alias="alias/evidence-signing"),
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM.
        PolicyTooLarge: too many buckets or keys for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        bucket_arns: Sequence[str],
        evidence_bucket_arn: str,
        keys: Sequence[KeyAlias],
        signing_key: KeyAlias,
        trail: ReadableTrail | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        everything = [*bucket_arns, evidence_bucket_arn]
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Looks at protection, locks and access; reads evidence and no backup",
            trust=role.trust(trusted),
            statements=[
                role.list_buckets(everything),
                auditing.look_at_locks(bucket_arns),
                role.read("ReadEvidence", [evidence_bucket_arn], ()),
                auditing.decrypt_evidence(evidence_bucket_arn, keys[:1]),
                *(_read(trail) if trail else []),
                auditing.look_at_keys([*keys, signing_key, *([trail.key] if trail else [])]),
                auditing.look_at_protection(),
                auditing.look_at_access(),
                auditing.never_read_backups(bucket_arns),
                auditing.never_write(),
                auditing.never_become_more(),
                role.never_destroy(),
            ],
            provider=provider,
        )


def _read(trail: ReadableTrail) -> list[Statement]:
    return [role.read("ReadTrail", [trail.bucket_arn], ()), auditing.decrypt_trail(trail.key)]
