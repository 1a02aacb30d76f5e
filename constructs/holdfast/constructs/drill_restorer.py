"""The role that restores what AWS itself keeps, into resources of a drill's own."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import role
from holdfast.constructs.policies.drill_restoring import restoring
from holdfast.constructs.policies.scratch import Scratch
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole


class DrillRestorer(RestrictedRole):
    """Restores recovery points and tables into buckets and tables named as a drill's own, and deletes those again.

    It is not the drill runner, which deletes nothing and reads backup sets; this one reads no set, and uses no key of
    the backups. What it restores with AWS Backup is written by the role it passes on.

    Args:
        role_name: name of the role.
        trusted: who may take on the role.
        own: where it restores to.
        vault_arns: the vaults whose recovery points it restores.
        service_role_arn: the role AWS Backup restores with.
        source_key_arns: the keys that buckets and tables of the datasets are encrypted with, without which a drill
            cannot read what it restored of them. By default none.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        DrillRestorer(
            stack,
            "DrillRestorer",
            role_name="drill-restorer",
            trusted=Principals.of("arn:aws:iam::111122223333:role/operator"),
            own=Scratch("acme-drill-*", account="111122223333", regions=("us-east-1",)),
            vault_arns=["arn:aws:backup:us-east-1:111122223333:backup-vault:acme"],
            service_role_arn="arn:aws:iam::111122223333:role/restore-tests",
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM.
        PolicyTooLarge: too many vaults or Regions for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        own: Scratch,
        vault_arns: Sequence[str],
        service_role_arn: str,
        source_key_arns: Sequence[str] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Restores into what a drill makes for itself, and deletes that again",
            trust=role.trust(trusted),
            statements=restoring(own, vault_arns, service_role_arn, source_key_arns),
            provider=provider,
        )
