"""Key policies: administering, using and destroying a key are different people's work.

No statement enables IAM policies for the whole account, and none allows `kms:CreateGrant`: what is not written here
nobody can do, whatever IAM says.
"""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, allow, deny
from holdfast.constructs.principals import Principals

_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetPublicKey",
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
_INSPECT = ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags")
_USE = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:Sign",
)
_DESTROY = ("kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:DisableKeyRotation", "kms:ScheduleKeyDeletion")
_REPAIR = ("kms:CancelKeyDeletion", "kms:DescribeKey", "kms:EnableKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy")
_THROUGH_S3 = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}


def administer(administrators: Principals) -> Statement:
    """Threat: nobody is left who may repair the policy. Administrators manage the key; they do not use or destroy it.

    `kms:PutKeyPolicy` is among the actions: KMS refuses a policy that the caller could not change again.
    """
    return allow("AdministerTheKey", _ADMINISTER, on=["*"], to=administrators)


def inspect(inspectors: Principals) -> Statement:
    """Threat: a plan only an administrator can make. Who plans before anybody approved sees settings, no more."""
    return allow("Inspect", _INSPECT, on=["*"], to=inspectors)


def administrators_never_use(administrators: Principals) -> Statement:
    """Threat: an administrator who reads backups, or passes the right on by a grant. Denied, whatever else is allowed.

    An administrator can still rewrite this policy first; that call is in CloudTrail, and worth an alarm.
    """
    return deny("AdministratorsNeverUse", _USE, on=["*"], to=administrators)


def destroy_in_an_emergency(break_glass: Principals) -> Statement:
    """Threat: a key that must be taken out of use, or a deployer role that was lost. Break-glass can deal with both."""
    return allow("BreakGlass", sorted({*_DESTROY, *_REPAIR}), on=["*"], to=break_glass)


def nobody_else_destroys(exempt: Principals) -> Statement:
    """Threat: without its key every backup is gone, Object Lock or not. Deleting and disabling are denied to others."""
    return deny("NobodyElseDestroys", _DESTROY, on=["*"], except_for=exempt)


def encrypt(encrypters: Principals) -> Statement:
    """Threat: a stolen writer credential that reads backups. Writers make data keys, through S3, and decrypt nothing.

    S3 asks for `kms:Decrypt` on a write only for multipart uploads, and Holdfast makes none.
    """
    actions = ("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
    return allow("EncryptThroughS3", actions, on=["*"], to=encrypters, when=_THROUGH_S3)


def decrypt(decrypters: Principals) -> Statement:
    """Threat: backups read outside a restore or drill. Only these principals decrypt, and only what S3 hands them."""
    return allow("DecryptThroughS3", ("kms:Decrypt", "kms:DescribeKey"), on=["*"], to=decrypters, when=_THROUGH_S3)


def sign(signers: Principals) -> Statement:
    """Threat: forged evidence. Only the named principals sign with the key."""
    return allow("Sign", ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"), on=["*"], to=signers)


def verify(verifiers: Principals) -> Statement:
    """Threat: evidence nobody can check. Verifiers fetch the public key, after which they need AWS no more."""
    return allow("Verify", ("kms:DescribeKey", "kms:GetPublicKey", "kms:Verify"), on=["*"], to=verifiers)
