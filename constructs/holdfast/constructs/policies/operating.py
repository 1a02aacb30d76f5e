"""What somebody who starts backups by hand may do."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies.document import Conditions, Statement, allow, never

_LOOK = (
    "backup:DescribeBackupJob",
    "backup:DescribeBackupVault",
    "backup:DescribeCopyJob",
    "backup:DescribeRecoveryPoint",
    "backup:ListBackupJobs",
    "backup:ListBackupVaults",
    "backup:ListCopyJobs",
    "backup:ListProtectedResources",
    "backup:ListRecoveryPointsByBackupVault",
)
_BECOME_MORE = (
    "iam:Add*",
    "iam:Attach*",
    "iam:Create*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:Put*",
    "iam:Set*",
    "iam:Update*",
    "organizations:*",
    "sts:AssumeRole",
)


def start_backups(vault_arns: Sequence[str]) -> Statement:
    """Threat: no backup right before a risky change. A backup can be started by hand, into these vaults only."""
    return allow("StartBackups", ["backup:StartBackupJob"], on=vault_arns)


def start_copies() -> Statement:
    """Threat: a copy that failed at night and is missed in the morning. It can be started again, of any recovery point.

    Recovery points carry the ARNs of many services, so `Resource` is open. Where to is settled by `copy_only_to`.
    """
    return allow("StartCopies", ["backup:StartCopyJob"], on=["*"])


def copy_only_to(vault_arns: Sequence[str], copy_vault_arns: Sequence[str]) -> Statement:
    """Threat: backups copied to a vault of the attacker's. Out of these vaults, into those copy vaults, nowhere else.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html (`backup:CopyTargets`)
    """
    targets: Conditions = {
        "ForAllValues:ArnLike": {"backup:CopyTargets": copy_vault_arns},
        "Null": {"backup:CopyTargets": "false"},
    }
    return allow("CopyOnlyTo", ["backup:CopyFromBackupVault"], on=vault_arns, when=targets)


def look_at_jobs() -> Statement:
    """Threat: a backup believed to be there. Jobs, vaults and recovery points can be looked at."""
    return allow("LookAtJobs", _LOOK, on=["*"])


def pass_on(role_arn: str) -> Statement:
    """Threat: a stronger role handed to AWS Backup. This one role, to AWS Backup."""
    when = {"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}}
    return allow("PassOn", ["iam:PassRole"], on=[role_arn], when=when)


def never_pass_another(role_arn: str) -> Statement:
    """Threat: a policy attached later that lets this role pass an administrator's. Any other role is denied."""
    return Statement("NeverPassAnother", "Deny", ("iam:PassRole",), not_resources=(role_arn,))


def never_become_more() -> Statement:
    """Threat: a stolen role that gives itself more. Nothing that changes an identity, and no other role."""
    return never("NeverBecomeMore", _BECOME_MORE)
