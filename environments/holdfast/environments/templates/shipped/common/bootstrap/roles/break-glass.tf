# Break-glass, the role for emergencies. The stacks make it, in the first apply, before there is a backup to destroy; who
# may take it on is in the environment file. Whoever deploys may make it, with its own boundary and nothing else, and not
# change it afterwards: a role or a policy that is there cannot be made a second time. A person with rights of their own
# changes it (README.md).

data "aws_iam_policy_document" "deploy_break_glass" {
  statement {
    sid       = "SealBreakGlass"
    actions   = ["iam:AttachRolePolicy"]
    resources = [local.emergency]

    condition {
      test     = "ArnEquals"
      variable = "iam:PolicyARN"
      values   = [local.emergency_boundary]
    }
  }
}

data "aws_iam_policy_document" "never_break_glass" {
  statement {
    sid    = "NeverChangeBreakGlass"
    effect = "Deny"
    not_actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:GetRole",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:ListRoleTags",
      "iam:TagRole",
    ]
    resources = [local.emergency]
  }

  statement {
    sid       = "NeverMakeBreakGlassWithoutItsBoundary"
    effect    = "Deny"
    actions   = ["iam:CreateRole"]
    resources = [local.emergency]

    condition {
      test     = "ArnNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.emergency_boundary]
    }
  }

  statement {
    sid       = "NeverGiveBreakGlassAnotherPolicy"
    effect    = "Deny"
    actions   = ["iam:AttachRolePolicy"]
    resources = [local.emergency]

    condition {
      test     = "ArnNotEquals"
      variable = "iam:PolicyARN"
      values   = [local.emergency_boundary]
    }
  }

  statement {
    sid       = "NeverWidenBreakGlass"
    effect    = "Deny"
    actions   = ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"]
    resources = [local.emergency_boundary]
  }
}
