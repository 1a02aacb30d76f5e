"""The role that starts backups by hand."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.policies import operating, role
from holdfast.constructs.principals import Principals
from holdfast.constructs.restricted_role import RestrictedRole


class BackupOperator(RestrictedRole):
    """Starts backups and copies of AWS Backup by hand; cannot restore, delete, or read what is in them.

    AWS Backup works with a role of its own, which the operator passes on: that one, to AWS Backup, and no other.

    Args:
        role_name: name of the role.
        trusted: who may take on the role.
        vault_arns: the vaults backups may be started into.
        copy_vault_arns: the vaults copies may go to. By default no copy can be started.
        service_role_arn: the role AWS Backup makes backups with (see `ServiceRole`).
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BackupOperator(
            stack,
            "BackupOperator",
            role_name="backup-operator",
            trusted=Principals.of("arn:aws:iam::111122223333:role/on-call"),
            vault_arns=["arn:aws:backup:us-east-1:111122223333:backup-vault:acme"],
            copy_vault_arns=["arn:aws:backup:us-west-2:444455556666:backup-vault:acme-copies"],
            service_role_arn="arn:aws:iam::111122223333:role/aws-backup",
        )

    Raises:
        OutsideLimit: the name is outside a limit of IAM.
        PolicyTooLarge: too many vaults for one policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_name: str,
        trusted: Principals,
        vault_arns: Sequence[str],
        copy_vault_arns: Sequence[str] = (),
        service_role_arn: str,
        provider: TerraformProvider | None = None,
    ) -> None:
        copies = [operating.start_copies(), operating.copy_only_to(vault_arns, copy_vault_arns)]
        super().__init__(
            scope,
            id,
            role_name=role_name,
            description="Starts backups and copies by hand; cannot restore, delete or read them",
            trust=role.trust(trusted),
            statements=[
                operating.start_backups(vault_arns),
                *(copies if copy_vault_arns else []),
                operating.look_at_jobs(),
                operating.pass_on(service_role_arn),
                operating.never_pass_another(service_role_arn),
                operating.never_become_more(),
                role.never_decrypt(),
                role.never_destroy(),
            ],
            provider=provider,
        )
