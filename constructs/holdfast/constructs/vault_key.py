"""The customer-managed KMS key of a backup vault."""

from __future__ import annotations

from datetime import timedelta
from typing import Unpack

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.limits import require
from holdfast.constructs.managed_key import ROTATION, KeyCare, ManagedKey
from holdfast.constructs.policies import vault_key as policy
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.principals import NOBODY, Principals


class VaultKey(ManagedKey):
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
        users: Principals = NOBODY,
        service: str = "backup",
        rotation: timedelta = ROTATION,
        description: str = "Encrypts recovery points",
        provider: TerraformProvider | None = None,
        **care: Unpack[KeyCare],
    ) -> None:
        super().__init__(scope, id, **care)
        require(
            service in ("backup", "rds"),
            construct="VaultKey",
            field="service",
            value=service,
            allowed="backup, rds",
            reference="https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        )
        self._users, self._service = users, service
        self._declare_encrypting(description=description, rotation=rotation, provider=provider)

    def grant_use(self, principals: Principals) -> None:
        """Let a role of AWS Backup make and restore recovery points with this key."""
        self._users |= principals
        self._granted()

    def _administrators_never_use(self) -> Statement:
        return policy.administrators_never_use(self._administrators, self._service)

    def _uses(self) -> list[Statement]:
        users = [policy.back_up_and_restore(self._users), policy.hand_on_to_services(self._users)]
        return [policy.make_the_vault(self._administrators, self._service), *(users if self._users else [])]
