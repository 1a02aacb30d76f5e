"""What the roles that AWS services take on may do: trust, and the most they may ever do.

The roles carry AWS's own managed policies, which grow as AWS Backup learns new services. The boundary keeps that growth
to the data services, and away from keys and identities.
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies.document import Statement, allow, never

_SERVICES = (
    "backup:*",
    "backup-storage:*",
    "cloudwatch:GetMetricData",
    "dynamodb:*",
    "ebs:*",
    "ec2:*",
    "elasticfilesystem:*",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ListGrants",
    "kms:ReEncrypt*",
    "rds:*",
    "s3:*",
    "tag:GetResources",
)
_PROTECTION = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:DeleteBackupVaultNotifications",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
    "backup:PutBackupVaultNotifications",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "s3:BypassGovernanceRetention",
    "s3:PutBucketPolicy",
)
_IDENTITY = ("iam:Attach*", "iam:Create*", "iam:Put*", "iam:Update*", "organizations:*", "sts:AssumeRole")


def trust(service: str, account: str) -> Statement:
    """Threat: the service used by another account as its deputy. It takes on the role for this account only.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html
    """
    when = {"StringEquals": {"aws:SourceAccount": account}}
    return Statement("TakeOnTheRole", "Allow", ("sts:AssumeRole",), principal={"Service": service}, conditions=when)


def data_services() -> Statement:
    """Threat: a managed policy that one day allows more than backups need. Only what holds data, and keys to use."""
    return allow("DataServices", _SERVICES, on=["*"])


def own_rules() -> Statement:
    """Threat: rules that watch backups, switched off by the role that makes them. Only those the services make."""
    rules = [f"arn:aws:events:*:*:rule/{name}*" for name in ("AwsBackupManagedRule", "AwsDataLifecycleRule")]
    return allow("OwnRules", ["events:*"], on=rules)


def pass_roles(services: Sequence[str]) -> Statement:
    """Threat: a restore that gives an instance any role of the account. Roles go to these services only."""
    when = {"StringEquals": {"iam:PassedToService": list(services)}}
    return allow("PassRoles", ["iam:GetRole", "iam:PassRole"], on=["*"], when=when)


def never_weaken() -> Statement:
    """Threat: the role that makes recovery points turned against the vault, its lock or the keys."""
    return never("NeverWeaken", _PROTECTION)


def never_climb() -> Statement:
    """Threat: the role giving itself, or somebody, more. Nothing that changes an identity."""
    return never("NeverClimb", _IDENTITY)


def copy_under(key_arns: Sequence[str]) -> Statement:
    """Threat: a role that uses every key of the account. The keys of its copies, which AWS's policy does not name.

    https://docs.aws.amazon.com/ebs/latest/userguide/dlm-service-role.html
    """
    actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
    return allow("CopyUnder", actions, on=key_arns)


def hand_on_keys(key_arns: Sequence[str]) -> Statement:
    """Threat: a key passed on to whom it is not meant for. Grants only to AWS services that hold the copy."""
    when = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return allow("HandOnKeys", ["kms:CreateGrant"], on=key_arns, when=when)
