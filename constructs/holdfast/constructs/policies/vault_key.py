"""Policy statements of a key that encrypts a backup vault: AWS Backup uses it, people do not.

https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
"""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, allow, deny
from holdfast.constructs.principals import Principals

_USE = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
_FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def administrators_never_use(administrators: Principals, service: str) -> Statement:
    """Threat: an administrator who reads backups with the key. What the service does for one, making the vault, passes.

    The condition holds as well when a call comes through no service at all.
    """
    when = {"StringNotLike": {"kms:ViaService": _through(service)}}
    return deny("AdministratorsNeverUse", _USE, on=["*"], to=administrators, when=when)


def make_the_vault(administrators: Principals, service: str) -> Statement:
    """Threat: a vault under AWS's own key because ours could not be used. Whoever makes the vault hands the key on.

    CreateBackupVault asks for these actions in the name of its caller:
    https://repost.aws/knowledge-center/backup-vault-access-denied
    """
    actions = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant")
    return allow(
        "MakeTheVault", actions, on=["*"], to=administrators, when={"StringLike": {"kms:ViaService": _through(service)}}
    )


def back_up_and_restore(users: Principals) -> Statement:
    """Threat: a key that everybody in the account may use. The roles AWS Backup takes on, and no person."""
    actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
    return allow("BackUpAndRestore", actions, on=["*"], to=users)


def hand_on_to_services(users: Principals) -> Statement:
    """Threat: a right passed on by a grant to who knows whom. Grants only to AWS services that hold the backup."""
    return allow("HandOnToServices", ["kms:CreateGrant"], on=["*"], to=users, when=_FOR_AWS)


def _through(service: str) -> str:
    return f"{service}.*.amazonaws.com"
