# What a plan reads: how things are set up, never what is in them.

locals {
  # What Holdfast's stacks make: nothing else of the account may be looked at or changed.
  buckets = [
    for purpose in ["vault", "replica", "evidence", "logs", "trail"] :
    "arn:aws:s3:::${var.organization}-${var.environment}-${purpose}-${var.account}-*"
  ]
  keys     = "arn:aws:kms:*:${var.account}:key/*"
  aliases  = "arn:aws:kms:*:${var.account}:alias/${local.prefix}-*"
  roles    = "arn:aws:iam::${var.account}:role/${local.prefix}-*"
  policies = "arn:aws:iam::${var.account}:policy/${local.prefix}-*"

  # The pipelines' own roles. The one for emergencies is in break-glass.tf.
  reserved = [
    for purpose in ["planner", "deployer", "operator"] :
    "arn:aws:iam::${var.account}:role/${local.prefix}-${purpose}"
  ]
}

data "aws_iam_policy_document" "read" {
  statement {
    sid = "ReadBucketSettings"
    actions = [
      "s3:GetAccelerateConfiguration",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetInventoryConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetMetricsConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
    ]
    resources = local.buckets
  }

  # Of any key that lets IAM decide: KMS may take five minutes to see the tags of a new one, and Terraform does not wait.
  statement {
    sid = "ReadKeySettings"
    actions = [
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:GetPublicKey",
      "kms:ListKeyRotations",
      "kms:ListResourceTags",
    ]
    resources = [local.keys]
  }

  # ListAliases knows no resource.
  statement {
    sid       = "ListAliases"
    actions   = ["kms:ListAliases"]
    resources = ["*"]
  }

  statement {
    sid       = "ReadRoles"
    actions   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags"]
    resources = [local.roles]
  }

  statement {
    sid       = "ReadPolicies"
    actions   = ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyTags", "iam:ListPolicyVersions"]
    resources = [local.policies]
  }
}
