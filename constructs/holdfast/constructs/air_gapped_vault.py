"""A logically air-gapped vault: compliance-locked from the first moment, kept by AWS outside the account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.account import check_account
from holdfast.constructs.backup_vault import check_vault_name
from holdfast.constructs.limits import require, whole_days
from holdfast.constructs.policies import vault as policy
from holdfast.constructs.policies.document import render
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.removal import Removal
from holdfast.constructs.vault_lock import ACKNOWLEDGEMENT, Compliance

LEAST = timedelta(days=7)
"""The shortest retention such a vault can let in."""
_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateLogicallyAirGappedBackupVault.html"


class LogicallyAirGappedVault(Construct):
    """A vault for copies that its own account cannot reach into: no deletion, no unlocking, no grace.

    It is in compliance mode from the start and under a key AWS owns, so no key of ours can be lost. It is shared with a
    recovery account through AWS Resource Access Manager. Its retention can never be changed. What the lock does not
    hold, a recovery point past its shortest retention, only break-glass deletes, and only it replaces the policy.

    Args:
        vault_name: name of the vault, 2 to 50 letters, digits, - and _.
        minimum: the shortest retention of a copy; whole days, 7 to 36500.
        maximum: the longest one; whole days.
        acknowledge: the sentence `nobody can delete before expiry`.
        break_glass: who may delete recovery points the lock does not hold, and change the policy.
        copies_from: accounts that may copy recovery points into the vault. By default none but its own.
        administrators: whoever runs Terraform; only used with `removal=DESTROY`, to take the vault down again.
        removal: by default Terraform refuses to destroy the vault.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        LogicallyAirGappedVault(
            stack,
            "AirGapped",
            vault_name="acme-air-gapped",
            minimum=timedelta(days=30),
            maximum=timedelta(days=365),
            acknowledge="nobody can delete before expiry",
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
        )

    Raises:
        OutsideLimit: a value is outside a limit of AWS Backup, or the lock is not acknowledged.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vault_name: str,
        minimum: timedelta,
        maximum: timedelta,
        acknowledge: str,
        break_glass: Principals,
        copies_from: Sequence[str] = (),
        administrators: Principals = NOBODY,
        removal: Removal = Removal.RETAIN,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        construct = "LogicallyAirGappedVault"
        check_vault_name(vault_name, construct=construct)
        require(
            acknowledge == ACKNOWLEDGEMENT,
            construct=construct,
            field="acknowledge",
            value=acknowledge,
            allowed=f'"{ACKNOWLEDGEMENT}"',
            reference=_API,
        )
        whole_days(minimum, least=LEAST.days, most=36_500, construct=construct, field="minimum", reference=_API)
        whole_days(maximum, least=minimum.days, most=36_500, construct=construct, field="maximum", reference=_API)
        self.vault_name = vault_name
        self.lock = Compliance(minimum, maximum, acknowledge)
        self.resource = aws.BackupLogicallyAirGappedVault(
            self,
            "Resource",
            name=vault_name,
            min_retention_days=minimum.days,
            max_retention_days=maximum.days,
            lifecycle=removal.lifecycle(),
            provider=provider,
        )
        for account in copies_from:
            check_account(account, construct=construct)
        exempt = break_glass | (administrators if removal is Removal.DESTROY else NOBODY)
        aws.BackupVaultPolicy(
            self,
            "Policy",
            backup_vault_name=self.resource.name,
            policy=render(
                [
                    policy.nobody_else_deletes(exempt),
                    policy.nobody_else_unlocks(exempt),
                    policy.nobody_else_replaces_this(exempt),
                    *([policy.receive_copies(copies_from)] if copies_from else []),
                ]
            ),
            provider=provider,
        )

    @property
    def vault_arn(self) -> str:
        """The ARN of the vault (known after apply)."""
        return str(self.resource.arn)
