"""What an organisation denies in the accounts that hold backups, their administrators and root users included."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import vault
from holdfast.constructs.policies.document import Statement
from holdfast.constructs.principals import NOBODY, Principals


def never_bypass_locks() -> Statement:
    """Threat: an administrator, or root, who deletes what is locked in governance mode, or takes a vault's lock off."""
    return _deny("NeverBypassLocks", ("backup:DeleteBackupVaultLockConfiguration", "s3:BypassGovernanceRetention"))


def nobody_else_sets_locks(administrators: Principals) -> Statement:
    """Threat: a shorter default lock for all backups to come. Who runs Terraform may set locks, nobody else."""
    actions = ("backup:PutBackupVaultLockConfiguration", "s3:PutBucketObjectLockConfiguration")
    return _deny("NobodyElseSetsLocks", actions, administrators)


def nobody_else_deletes_vaults(break_glass: Principals) -> Statement:
    """Threat: recovery points deleted, or their vault. Break-glass may try; the vault's own lock still decides."""
    actions = (*vault.DELETE, "backup:DeleteBackupVault", "backup:DeleteBackupVaultAccessPolicy")
    return _deny("NobodyElseDeletesVaults", actions, break_glass)


def nobody_else_destroys_keys(break_glass: Principals) -> Statement:
    """Threat: without its key every backup is gone, locked or not. Outside an emergency no key of the account dies."""
    actions = ("kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion")
    return _deny("NobodyElseDestroysKeys", actions, break_glass)


def never_leave() -> Statement:
    """Threat: an account that leaves the organisation, or is closed, and this policy with it."""
    return _deny("NeverLeave", ("account:CloseAccount", "organizations:LeaveOrganization"))


def never_stop_the_trail() -> Statement:
    """Threat: the hour before the attack in which nothing is recorded."""
    return _deny("NeverStopTheTrail", ("cloudtrail:DeleteTrail", "cloudtrail:StopLogging"))


def nobody_else_changes_the_trail(administrators: Principals) -> Statement:
    """Threat: a trail that goes on, and leaves out what matters. Who runs Terraform may change it, nobody else."""
    actions = ("cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors", "cloudtrail:UpdateTrail")
    return _deny("NobodyElseChangesTheTrail", actions, administrators)


def _deny(sid: str, actions: Sequence[str], except_for: Principals = NOBODY) -> Statement:
    when = {"ArnNotLike": {"aws:PrincipalArn": except_for.arns}} if except_for else {}
    return Statement(sid, "Deny", tuple(actions), ("*",), conditions=when)
