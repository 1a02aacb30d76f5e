# The permissions boundary of each role: the most it may ever do, whatever is attached to it one day. What nobody approves
# a deployment for is denied here, in one place, for whoever plans and whoever applies.

locals {
  limits = merge(
    {
      planner  = data.aws_iam_policy_document.planner_limits.json
      deployer = data.aws_iam_policy_document.deployer_limits.json
    },
    var.operator ? { operator = data.aws_iam_policy_document.drill.json } : {},
  )

  # Services the stacks use, but for those with names of ours to hold them to.
  services = [
    "backup", "backup-storage", "cloudformation", "cloudtrail", "cloudwatch", "dlm", "ec2", "events", "logs", "rbin",
    "rds", "sns", "sqs",
  ]
}

data "aws_iam_policy_document" "nevers" {
  source_policy_documents = [
    data.aws_iam_policy_document.never.json,
    data.aws_iam_policy_document.never_backup.json,
    data.aws_iam_policy_document.never_network.json,
    data.aws_iam_policy_document.never_break_glass.json,
    data.aws_iam_policy_document.never_watch.json,
  ]
}

# Only the state's lock is ever written: a plan changes nothing.
data "aws_iam_policy_document" "planner_limits" {
  source_policy_documents = [data.aws_iam_policy_document.nevers.json]

  statement {
    sid = "OnlyLook"
    actions = concat(
      flatten([for service in local.services : [for verb in ["Describe", "Get", "List"] : "${service}:${verb}*"]]),
      ["iam:Get*", "iam:List*", "kms:DescribeKey", "kms:Get*", "kms:List*", "s3:GetAccelerateConfiguration", "s3:GetBucket*",
        "s3:Get*Configuration", "s3:ListBucket", "s3:ListTagsForResource",
      ],
    )
    resources = ["*"]
  }

  statement {
    sid       = "LockStates"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = concat(local.states, local.state_locks)
  }

  statement {
    sid       = "UseTheStatesKey"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [local.state_keys]
  }
}

data "aws_iam_policy_document" "deployer_limits" {
  source_policy_documents = [data.aws_iam_policy_document.nevers.json]

  statement {
    sid       = "UseServices"
    actions   = concat([for service in local.services : "${service}:*"], ["kms:CreateKey", "kms:ListAliases", "kms:TagResource"])
    resources = ["*"]
  }

  statement {
    sid     = "UseWhatHasANameOfOurs"
    actions = ["iam:*", "kms:*", "s3:*", "secretsmanager:*"]
    resources = concat(
      local.buckets, [local.state_bucket], local.states, local.state_locks,
      [local.keys, local.aliases, local.state_keys, local.roles, local.policies, local.secrets],
      values(local.linked),
    )
  }
}
