"""What break-glass may do: take a key out of use, and repair policies. No lock opens for it."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import sharing, vault, weakening
from holdfast.constructs.policies.document import Statement, allow, never
from holdfast.constructs.policies.role import KeyAlias

_KEYS = (
    "kms:CancelKeyDeletion",
    "kms:DeleteImportedKeyMaterial",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:GetKeyPolicy",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
)
_LOCKS = (
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultLockConfiguration",
    "s3:BypassGovernanceRetention",
    "s3:DeleteObjectVersion",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
)
_CONTENT = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:Sign", "kms:CreateGrant")


def take_keys_out_of_use(keys: Sequence[KeyAlias]) -> Statement:
    """Threat: a key that leaked, or whose administrators are lost. Disable, delete after the wait, repair the policy.

    The wait of 7 to 30 days is KMS's own; a deletion can be cancelled in it, by anybody who holds this role.
    """
    aliases = list(dict.fromkeys(key.alias for key in keys))
    resources = list(dict.fromkeys(key.keys for key in keys))
    when = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
    return allow("TakeKeysOutOfUse", _KEYS, on=resources, when=when)


def repair_buckets(bucket_arns: Sequence[str]) -> Statement:
    """Threat: a bucket policy that locks everybody out, or was replaced. Settings but for Object Lock's own."""
    settings = [
        action
        for action in weakening.WEAKEN
        if action not in ("s3:DeleteBucket", "s3:PutBucketObjectLockConfiguration")
    ]
    return allow("RepairBuckets", (*sharing.LIST, *sharing.INSPECT, *settings), on=bucket_arns)


def repair_vaults(vault_arns: Sequence[str]) -> Statement:
    """Threat: a vault's policy that stops even Terraform. It can be replaced, and notifications set again."""
    look = ("backup:DescribeBackupVault", "backup:GetBackupVaultAccessPolicy")
    return allow("RepairVaults", (*look, *vault.REPLACE, *vault.SILENCE), on=vault_arns)


def never_open_locks() -> Statement:
    """Threat: the strongest role of all, stolen. It opens, shortens and bypasses no lock, and deletes no version."""
    return never("NeverOpenLocks", _LOCKS)


def never_use_keys() -> Statement:
    """Threat: an emergency as a pretext to read. It neither decrypts nor signs, nor passes the right on by a grant."""
    return never("NeverUseKeys", _CONTENT)
