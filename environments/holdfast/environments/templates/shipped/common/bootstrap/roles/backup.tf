# The same for AWS Backup, snapshot policies and the Recycle Bin.

locals {
  # What AWS Backup and Data Lifecycle Manager work with, inside the boundaries the stacks make.
  managed = [
    for policy in [
      "AWSBackupServiceRolePolicyForS3Backup",
      "AWSBackupServiceRolePolicyForS3Restore",
      "service-role/AWSBackupServiceRolePolicyForBackup",
      "service-role/AWSBackupServiceRolePolicyForRestores",
      "service-role/AWSDataLifecycleManagerServiceRole",
      "service-role/AWSDataLifecycleManagerServiceRoleForAMIManagement",
    ] : "arn:aws:iam::aws:policy/${policy}"
  ]
}

data "aws_iam_policy_document" "read_backup" {
  statement {
    sid       = "ReadVaults"
    actions   = ["backup:DescribeBackupVault", "backup:GetBackupVaultAccessPolicy", "backup:GetBackupVaultNotifications", "backup:ListTags"]
    resources = [local.vaults]
  }

  statement {
    sid = "ReadTestsAndReports"
    actions = [
      "backup:DescribeFramework",
      "backup:DescribeReportPlan",
      "backup:GetRestoreTestingPlan",
      "backup:GetRestoreTestingSelection",
      "backup:ListTags",
    ]
    resources = local.tests
  }

  # These know no resource.
  statement {
    sid       = "ReadRegions"
    actions   = ["backup:DescribeRegionSettings", "rds:DescribeDBInstanceAutomatedBackups"]
    resources = ["*"]
  }

  # Plans, snapshot policies and rules have ids for names.
  statement {
    sid = "ReadPlans"
    actions = [
      "backup:GetBackupPlan",
      "backup:GetBackupSelection",
      "backup:ListBackupSelections",
      "backup:ListTags",
      "dlm:GetLifecyclePolicy",
      "dlm:ListTagsForResource",
      "rbin:GetRule",
      "rbin:ListTagsForResource",
    ]
    resources = local.plans
  }
}

data "aws_iam_policy_document" "deploy_backup" {
  statement {
    sid = "SetUpTestsAndReports"
    actions = [
      "backup:CreateFramework",
      "backup:CreateReportPlan",
      "backup:CreateRestoreTestingPlan",
      "backup:CreateRestoreTestingSelection",
      "backup:DeleteReportPlan",
      "backup:DeleteRestoreTestingSelection",
      "backup:TagResource",
      "backup:UntagResource",
      "backup:UpdateFramework",
      "backup:UpdateReportPlan",
      "backup:UpdateRestoreTestingPlan",
      "backup:UpdateRestoreTestingSelection",
    ]
    resources = local.tests
  }

  # One setting an account and Region; it knows no resource.
  statement {
    sid       = "OptServicesIn"
    actions   = ["backup:UpdateRegionSettings"]
    resources = ["*"]
  }

  # Point-in-time recovery of named instances in the recovery Region. Stopping it is not a pipeline's work.
  statement {
    sid       = "ReplicateDatabases"
    actions   = ["rds:StartDBInstanceAutomatedBackupsReplication"]
    resources = ["arn:aws:rds:*:${var.account}:db:*", "arn:aws:rds:*:${var.account}:auto-backup:*"]
  }

  statement {
    sid = "SetUpVaults"
    actions = [
      "backup:CreateBackupVault",
      "backup:CreateLogicallyAirGappedBackupVault",
      "backup:PutBackupVaultAccessPolicy",
      "backup:PutBackupVaultLockConfiguration",
      "backup:PutBackupVaultNotifications",
      "backup:TagResource",
      "backup:UntagResource",
    ]
    resources = [local.vaults]
  }

  # CreateBackupVault asks for these in the name of its caller; they know no resource, or a key not yet named.
  # https://repost.aws/knowledge-center/backup-vault-access-denied
  statement {
    sid       = "MountVaults"
    actions   = ["backup-storage:Mount", "backup-storage:MountCapsule"]
    resources = ["*"]
  }

  statement {
    sid       = "HandVaultsTheirKey"
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey", "kms:RetireGrant"]
    resources = [local.keys]

    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = local.granting
    }
  }

  statement {
    sid       = "CreatePlans"
    actions   = ["backup:CreateBackupPlan", "backup:TagResource", "dlm:CreateLifecyclePolicy", "dlm:TagResource", "rbin:CreateRule", "rbin:TagResource"]
    resources = local.plans

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  statement {
    sid = "ManagePlans"
    actions = [
      "backup:CreateBackupSelection",
      "backup:DeleteBackupPlan",
      "backup:DeleteBackupSelection",
      "backup:UntagResource",
      "backup:UpdateBackupPlan",
      "dlm:DeleteLifecyclePolicy",
      "dlm:UntagResource",
      "dlm:UpdateLifecyclePolicy",
      "rbin:LockRule",
      "rbin:UntagResource",
      "rbin:UpdateRule",
    ]
    resources = local.plans

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  statement {
    sid       = "AttachAwsPolicies"
    actions   = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
    resources = [local.roles]

    condition {
      test     = "ArnEquals"
      variable = "iam:PolicyARN"
      values   = local.managed
    }

    condition {
      test     = "ArnLike"
      variable = "iam:PermissionsBoundary"
      values   = [local.boundaries]
    }
  }

  statement {
    sid       = "LetAwsBackupHaveItsOwnRole"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = [local.linked["backup.amazonaws.com"]]
  }
}

data "aws_iam_policy_document" "never_backup" {
  statement {
    sid    = "NeverTouchRecoveryPoints"
    effect = "Deny"
    actions = [
      "backup:DeleteBackupVault",
      "backup:DeleteBackupVaultAccessPolicy",
      "backup:DeleteBackupVaultLockConfiguration",
      "backup:DeleteRecoveryPoint",
      "backup:Disassociate*",
      "backup:StartRestoreJob",
      "backup:UpdateRecoveryPointLifecycle",
      "rbin:DeleteRule",
      "rbin:UnlockRule",
    ]
    resources = ["*"]
  }

  # A grant passes the use of a key on. AWS Backup makes one for the vault, RDS one for what it replicates; nobody else
  # needs any.
  statement {
    sid       = "NeverGrantKeys"
    effect    = "Deny"
    actions   = ["kms:CreateGrant"]
    resources = ["*"]

    condition {
      test     = "StringNotLike"
      variable = "kms:ViaService"
      values   = local.granting
    }
  }
}
