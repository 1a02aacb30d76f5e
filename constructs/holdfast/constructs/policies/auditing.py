"""What an auditor may look at: settings, locks, jobs and who may do what; of the contents, only the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies import sharing
from holdfast.constructs.policies.document import Conditions, Statement, allow, never
from holdfast.constructs.policies.role import KeyAlias

_ACCESS = (
    "access-analyzer:List*",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:LookupEvents",
    "iam:Get*",
    "iam:List*",
    "iam:Simulate*",
)
_PROTECTION = (
    "backup:Describe*",
    "backup:GetBackupPlan",
    "backup:GetBackupSelection",
    "backup:GetBackupVaultAccessPolicy",
    "backup:GetBackupVaultNotifications",
    "backup:List*",
)
_KEYS = (
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetPublicKey",
    "kms:ListResourceTags",
    "kms:Verify",
)


def look_at_locks(bucket_arns: Sequence[str]) -> Statement:
    """Threat: a lock that is claimed and not there. The lock of every object can be read, without its content."""
    actions = ("s3:GetObjectLegalHold", "s3:GetObjectRetention")
    return allow("LookAtLocks", actions, on=[f"{bucket}/*" for bucket in bucket_arns])


def look_at_keys(keys: Sequence[KeyAlias]) -> Statement:
    """Threat: a key whose policy lets in more than anybody remembers. Policies of these keys, and public keys."""
    aliases = list(dict.fromkeys(key.alias for key in keys))
    resources = list(dict.fromkeys(key.keys for key in keys))
    return allow("LookAtKeys", _KEYS, on=resources, when={"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}})


def look_at_protection() -> Statement:
    """Threat: a plan that protects less than it says. Plans, selections, jobs and vaults of AWS Backup, to look at."""
    return allow("LookAtProtection", _PROTECTION, on=["*"])


def look_at_access() -> Statement:
    """Threat: a change nobody notices. Who may do what, and who did what; nothing of it can be changed."""
    return allow("LookAtAccess", _ACCESS, on=["*"])


def decrypt_evidence(evidence_bucket_arn: str, keys: Sequence[KeyAlias]) -> Statement:
    """Threat: an auditor who has to be handed the evidence by the audited. The key, for the evidence bucket only.

    S3 names the bucket in the encryption context where bucket keys are on, and the object where they are off
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
    """
    when: Conditions = {
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [evidence_bucket_arn, f"{evidence_bucket_arn}/*"],
            "kms:ViaService": "s3.*.amazonaws.com",
        },
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": list(dict.fromkeys(key.alias for key in keys))},
    }
    return allow("DecryptEvidence", ["kms:Decrypt"], on=list(dict.fromkeys(key.keys for key in keys)), when=when)


def decrypt_trail(key: KeyAlias) -> Statement:
    """Threat: a trail nobody reviews. The key, for what CloudTrail encrypted with it and nothing else."""
    when: Conditions = {
        "Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": [key.alias]},
    }
    return allow("DecryptTrail", ["kms:Decrypt"], on=[key.keys], when=when)


def never_read_backups(bucket_arns: Sequence[str]) -> Statement:
    """Threat: an audit that becomes a way to all data. The content of backups is denied, whatever is attached later."""
    actions = [action for action in sharing.READ if action in ("s3:GetObject", "s3:GetObjectVersion")]
    return never("NeverReadBackups", actions, on=[f"{bucket}/*" for bucket in bucket_arns])


def never_write() -> Statement:
    """Threat: an auditor's credential that writes, locks, signs, starts or restores. It only looks."""
    return never(
        "NeverWrite",
        (
            "backup:Create*",
            "backup:Delete*",
            "backup:Disassociate*",
            "backup:Put*",
            "backup:Start*",
            "backup:Stop*",
            "backup:Update*",
            "kms:CreateGrant",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            "kms:Sign",
            "s3:PutObject*",
        ),
    )


def never_become_more() -> Statement:
    """Threat: an auditor who makes an administrator. Nothing that changes an identity, and no other role."""
    changes = ("Add", "Attach", "Create", "Delete", "Detach", "Pass", "Put", "Set", "Update")
    return never("NeverBecomeMore", (*(f"iam:{verb}*" for verb in changes), "organizations:*", "sts:AssumeRole"))
