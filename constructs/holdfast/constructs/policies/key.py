"""The key policy of a backup key: administering, encrypting and decrypting are three different people's work."""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, allow, deny
from holdfast.constructs.principals import Principals

SIZE_LIMIT = 32 * 1024
"""https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"""

_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
)
_DESTROY = ("kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion")
_THROUGH_S3 = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}


def administer(administrators: Principals) -> Statement:
    """Threat: an administrator who reads backups. Administrators manage the key and can neither use nor destroy it.

    `kms:PutKeyPolicy` is among the actions: without it nobody could repair the policy, and KMS refuses such a policy.
    It also means that an administrator can give themselves more, which is why the call is worth an alarm.
    """
    return allow("AdministerWithoutUsing", _ADMINISTER, on=["*"], to=administrators)


def destroy_in_an_emergency(break_glass: Principals) -> Statement:
    """Threat: a key that must be taken out of use, or a deployer role that was lost. Break-glass can do both."""
    repair = ("kms:CancelKeyDeletion", "kms:DescribeKey", "kms:EnableKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy")
    return allow("BreakGlass", sorted({*_DESTROY, *repair}), on=["*"], to=break_glass)


def nobody_else_destroys(exempt: Principals) -> Statement:
    """Threat: deleting or disabling the key destroys every backup under it, locks or no locks. Denied to all others."""
    return deny("NobodyElseDestroys", _DESTROY, on=["*"], except_for=exempt)


def encrypt(encrypters: Principals) -> Statement:
    """Threat: a stolen writer credential that reads backups. Writers make data keys, through S3 only, and decrypt nothing."""
    return allow(
        "EncryptThroughS3",
        ("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
        on=["*"],
        to=encrypters,
        when=_THROUGH_S3,
    )


def decrypt(decrypters: Principals) -> Statement:
    """Threat: reading backups outside a restore. Only the named principals decrypt, and only what S3 hands them."""
    return allow("DecryptThroughS3", ("kms:Decrypt", "kms:DescribeKey"), on=["*"], to=decrypters, when=_THROUGH_S3)
