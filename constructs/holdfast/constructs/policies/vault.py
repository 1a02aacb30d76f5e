"""Access policies of backup vaults. AWS Backup takes no wildcard in their actions.

https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies.document import Statement, deny
from holdfast.constructs.principals import Principals

DELETE = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
)
UNLOCK = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultLockConfiguration",
)
SILENCE = ("backup:DeleteBackupVaultNotifications", "backup:PutBackupVaultNotifications")
REPLACE = ("backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy")


def nobody_else_deletes(exempt: Principals) -> Statement:
    """Threat: a stolen administrator that deletes recovery points, shortens them, or takes them out of the vault.

    AWS Backup's own expiry is not a call of a principal, and goes on.
    """
    return deny("NobodyElseDeletes", DELETE, on=["*"], except_for=exempt)


def nobody_else_unlocks(exempt: Principals) -> Statement:
    """Threat: a lock that is loosened in its grace, or in governance mode at any time, before the deletion."""
    return deny("NobodyElseUnlocks", UNLOCK, on=["*"], except_for=exempt)


def nobody_else_silences(exempt: Principals) -> Statement:
    """Threat: failures nobody is told of."""
    return deny("NobodyElseSilences", SILENCE, on=["*"], except_for=exempt)


def nobody_else_replaces_this(exempt: Principals) -> Statement:
    """Threat: this policy replaced by an empty one, and then the deletion. It is what makes the others hold."""
    return deny("NobodyElseReplacesThis", REPLACE, on=["*"], except_for=exempt)


def receive_copies(accounts: Sequence[str]) -> Statement:
    """Threat: an account that is lost with all its backups. These other accounts may copy into the vault, no more.

    Across accounts a vault's policy can allow nothing else, whatever it says.
    """
    roots = [f"arn:aws:iam::{account}:root" for account in accounts]
    return Statement("ReceiveCopies", "Allow", ("backup:CopyIntoBackupVault",), ("*",), principal={"AWS": roots})
