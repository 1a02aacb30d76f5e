# What an apply changes, and what no pipeline may ever do.
#
# The limit of this: whoever may create roles and their boundaries can create a role that may do more than they do. The
# approval of the deployment, the review of the plan, and (outside this file) a service control policy stand against it.

data "aws_iam_policy_document" "deploy" {
  statement {
    sid = "SetUpBuckets"
    actions = [
      "s3:CreateBucket",
      "s3:PutBucketLogging",
      "s3:PutBucketNotification",
      "s3:PutBucketObjectLockConfiguration",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutInventoryConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:PutMetricsConfiguration",
      "s3:PutReplicationConfiguration",
      "s3:TagResource",
    ]
    resources = local.buckets
  }

  # A key is made with the tag by which its policy can be changed afterwards.
  statement {
    sid       = "CreateKeys"
    actions   = ["kms:CreateKey"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  # Creating with tags is tagging, too. A key that has a name already is somebody's, and must not become one of ours.
  statement {
    sid       = "TagKeysWithoutAName"
    actions   = ["kms:TagResource"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/holdfast:environment"
      values   = [local.environment]
    }

    condition {
      test     = "Null"
      variable = "kms:ResourceAliases"
      values   = ["true"]
    }
  }

  # Harmless on any key, and needed before KMS sees the tags of a new one.
  statement {
    sid       = "FinishKeys"
    actions   = ["kms:CreateAlias", "kms:EnableKeyRotation", "kms:UpdateAlias"]
    resources = [local.keys]
  }

  statement {
    sid       = "ManageKeys"
    actions   = ["kms:EnableKey", "kms:PutKeyPolicy", "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription"]
    resources = [local.keys]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  statement {
    sid       = "NameKeys"
    actions   = ["kms:CreateAlias", "kms:UpdateAlias"]
    resources = [local.aliases]
  }

  # Every role of the stacks has a boundary, so a role without one is not theirs.
  statement {
    sid       = "CreateRolesWithABoundary"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    resources = [local.roles]

    condition {
      test     = "ArnLike"
      variable = "iam:PermissionsBoundary"
      values   = [local.boundaries]
    }
  }

  statement {
    sid       = "ManageRoles"
    actions   = ["iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"]
    resources = [local.roles]
  }

  statement {
    sid       = "ManageBoundaries"
    actions   = ["iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"]
    resources = [local.boundaries]
  }

  statement {
    sid       = "HandRolesToServices"
    actions   = ["iam:PassRole"]
    resources = [local.roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = local.handed
    }
  }
}

data "aws_iam_policy_document" "never" {
  # Nobody approves a deployment to read, write or delete backups.
  statement {
    sid    = "NeverTouchBackups"
    effect = "Deny"
    actions = [
      "s3:BypassGovernanceRetention",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:DeleteObject*",
      "s3:GetObject*",
      "s3:PutObject*",
      "s3:ReplicateDelete",
      "s3:RestoreObject",
    ]
    resources = concat(local.buckets, local.objects)
  }

  statement {
    sid    = "NeverDestroyKeys"
    effect = "Deny"
    actions = [
      "kms:DeleteImportedKeyMaterial",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:ScheduleKeyDeletion",
      "kms:Sign",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "NeverChangeTheStatesKey"
    effect    = "Deny"
    actions   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:PutKeyPolicy", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"]
    resources = [local.keys]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [var.state.key_alias]
    }
  }

  # No pipeline changes what a pipeline may do, or takes on another role.
  statement {
    sid         = "NeverClimb"
    effect      = "Deny"
    not_actions = ["iam:GetPolicy*", "iam:GetRole*", "iam:ListAttachedRolePolicies", "iam:ListPolicy*", "iam:ListRole*"]
    resources   = local.reserved
  }

  statement {
    sid       = "NeverTakeOnRoles"
    effect    = "Deny"
    actions   = ["sts:AssumeRole"]
    resources = ["*"]
  }
}
