"""Permissions that let somebody destroy, unlock or unguard backups: a new Allow for one of them is a weakening.

Sources: the S3, KMS, AWS Backup, RDS, DynamoDB, EC2 and IAM pages of
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

_S3 = """
    BypassGovernanceRetention DeleteBucket DeleteBucketPolicy DeleteObjectVersion PutBucketObjectLockConfiguration
    PutBucketPolicy PutBucketPublicAccessBlock PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration
    PutObjectLegalHold PutReplicationConfiguration
"""
_BACKUP = """
    DeleteBackupPlan DeleteBackupSelection DeleteBackupVault DeleteBackupVaultAccessPolicy
    DeleteBackupVaultLockConfiguration DeleteRecoveryPoint DisassociateRecoveryPoint PutBackupVaultAccessPolicy
    PutBackupVaultLockConfiguration UpdateBackupPlan UpdateGlobalSettings UpdateRecoveryPointLifecycle
    UpdateRegionSettings
"""
_KMS = (
    "DeleteAlias DeleteImportedKeyMaterial DisableKey DisableKeyRotation PutKeyPolicy ScheduleKeyDeletion UpdateAlias"
)
_IAM = """
    AttachRolePolicy CreatePolicyVersion DeleteRolePermissionsBoundary PutRolePermissionsBoundary PutRolePolicy
    SetDefaultPolicyVersion UpdateAssumeRolePolicy
"""
_RDS = """
    DeleteDBCluster DeleteDBClusterAutomatedBackup DeleteDBClusterSnapshot DeleteDBInstance
    DeleteDBInstanceAutomatedBackup DeleteDBSnapshot
"""
_OTHERS = {
    "dynamodb": "DeleteBackup DeleteTable UpdateContinuousBackups",
    "ec2": "DeleteSnapshot DeleteVolume DisableEbsEncryptionByDefault ModifySnapshotAttribute",
    "dlm": "DeleteLifecyclePolicy UpdateLifecyclePolicy",
    "rbin": "DeleteRule UnlockRule UpdateRule",
    "elasticfilesystem": "DeleteFileSystem DeleteReplicationConfiguration PutBackupPolicy",
    "cloudtrail": "DeleteTrail PutEventSelectors StopLogging UpdateTrail",
    "organizations": "DeletePolicy DetachPolicy LeaveOrganization UpdatePolicy",
}


def _actions(service: str, names: str) -> tuple[str, ...]:
    return tuple(f"{service}:{name}".lower() for name in names.split())


DANGEROUS: tuple[str, ...] = (
    *_actions("s3", _S3),
    *_actions("backup", _BACKUP),
    *_actions("kms", _KMS),
    *_actions("iam", _IAM),
    *_actions("rds", _RDS),
    *(action for service, names in _OTHERS.items() for action in _actions(service, names)),
)
"""Dangerous on any resource; lower case, because IAM compares action names without case."""

ANYWHERE: tuple[str, ...] = ("iam:passrole", "sts:assumerole")
"""Dangerous only on every resource (`*`)."""
