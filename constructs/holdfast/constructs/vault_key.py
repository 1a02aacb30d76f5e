"""The customer-managed KMS key of a backup vault."""

from __future__ import annotations

from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_key import check_alias, check_window
from holdfast.constructs.limits import require, whole_days
from holdfast.constructs.policies import key as policy
from holdfast.constructs.policies import vault_key as vault_policy
from holdfast.constructs.policies.document import KEY_POLICY
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal


class VaultKey(Construct):
    """A key for recovery points: AWS Backup's roles use it, nobody administers *and* uses it, break-glass destroys it.

    It is another key than the `BackupKey` of a Region's buckets, because AWS Backup has to pass it on by grants, which
    that key allows nobody.

    Recovery points of RDS, Aurora, EBS and EC2 stay under the key of the *source* in the vault they are made in; only
    their copies in another vault are under that vault's key. So deleting a source's key ruins locked backups.

    Args:
        alias: name of the key, `alias/` included.
        administrators: who manages the key and makes the vault: whoever runs Terraform.
        break_glass: who may disable the key or schedule its deletion.
        users: the roles AWS Backup works with, of other accounts too. By default nobody.
        service: the service the administrators hand the key to: `backup`, which makes the vault, or `rds`, which
            replicates automated backups. By default `backup`.
        inspectors: who may look at the key's settings: a role that only plans. By default the administrators alone.
        rotation: how often AWS makes new key material, 90 to 2560 days. By default every 90 days.
        deletion_window: how long a scheduled deletion can be cancelled, 7 to 30 days. By default 30.
        description: shown in the console.
        removal: by default Terraform refuses to destroy the key. With `DESTROY` administrators may delete it too.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        VaultKey(
            stack,
            "VaultKey",
            alias="alias/backup-vault",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            users=Principals.of("arn:aws:iam::111122223333:role/aws-backup"),
        )

    Raises:
        OutsideLimit: a value is outside a limit of KMS.
        PolicyTooLarge: the principals make the key policy longer than 32 KiB.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alias: str,
        administrators: Principals,
        break_glass: Principals,
        users: Principals = NOBODY,
        service: str = "backup",
        inspectors: Principals = NOBODY,
        rotation: timedelta = timedelta(days=90),
        deletion_window: timedelta = timedelta(days=30),
        description: str = "Encrypts recovery points",
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_alias(alias, construct="VaultKey")
        self.alias = alias
        self._administrators = administrators
        self._destroyers = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        require(
            service in ("backup", "rds"),
            construct="VaultKey",
            field="service",
            value=service,
            allowed="backup, rds",
            reference="https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        )
        self._users, self._service = users, service
        self._inspectors = inspectors
        self.resource = aws.KmsKey(
            self,
            "Resource",
            description=description,
            enable_key_rotation=True,
            rotation_period_in_days=whole_days(
                rotation,
                least=90,
                most=2560,
                construct="VaultKey",
                field="rotation",
                reference="https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html",
            ),
            deletion_window_in_days=check_window(deletion_window, construct="VaultKey"),
            policy=self._policy(),
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        aws.KmsAlias(self, "Alias", name=alias, target_key_id=self.resource.key_id, provider=provider)

    @property
    def key_arn(self) -> str:
        """The ARN of the key (known after apply)."""
        return str(self.resource.arn)

    def grant_use(self, principals: Principals) -> None:
        """Let a role of AWS Backup make and restore recovery points with this key."""
        self._users |= principals
        self.resource.policy = self._policy()

    def _policy(self) -> str:
        statements = [
            policy.administer(self._administrators),
            vault_policy.administrators_never_use(self._administrators, self._service),
            vault_policy.make_the_vault(self._administrators, self._service),
            policy.destroy_in_an_emergency(self._destroyers),
            policy.nobody_else_destroys(self._destroyers),
        ]
        if self._users:
            statements += [vault_policy.back_up_and_restore(self._users), vault_policy.hand_on_to_services(self._users)]
        if self._inspectors:
            statements.append(policy.inspect(self._inspectors))
        return KEY_POLICY.render(statements, construct="VaultKey")
