"""The role that runs drills."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import role
from holdfast.constructs.policies.role import KeyAlias
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole

CANARIES = "canaries/"
"""Where drills write the objects they probe locks with."""


class DrillRunner(RestrictedRole):
    """Reads backups in both Regions, writes canaries and evidence, signs; deletes and weakens nothing.

    It reads with the key, which the backup writer cannot; it writes no backup set, which the backup writer does. The
    two are never one role: a drill that could write what it restores would prove nothing. What drills and their
    evidence show it may publish as metrics of one namespace.

    Args:
        role_name: name of the role.
        trusted: who may take on the role.
        bucket_arns: the buckets of both Regions.
        evidence_bucket_arn: the bucket for evidence.
        keys: the keys of both Regions.
        signing_key: the key that signs evidence.
        namespace: of the metrics it publishes. By default it publishes none.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        DrillRunner(
            stack,
            "DrillRunner",
            role_name="drill-runner",
            trusted=Principals.of("arn:aws:iam::111122223333:role/operator"),
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
        namespace: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        everything = [*bucket_arns, evidence_bucket_arn]
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Restores backups into isolation, probes locks, writes evidence; deletes nothing",
            trust=role.trust(trusted),
            statements=[
                role.list_buckets(everything),
                role.read("ReadBackups", everything, ()),
                role.write("WriteCanaries", bucket_arns, (CANARIES,)),
                role.write("WriteEvidence", [evidence_bucket_arn], ()),
                role.use_keys(
                    "UseKeys", ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"), keys
                ),
                *role.sign(signing_key),
                *([role.publish(namespace)] if namespace else []),
                role.never_destroy(),
                role.never_climb(),
            ],
            provider=provider,
        )
