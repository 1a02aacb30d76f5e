# Who may take on the roles. A token says which repository and which branch it was made for; nothing else is trusted.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

locals {
  github = "token.actions.githubusercontent.com"
  main   = "ref:refs/heads/${var.pipeline.branch}"

  # What GitHub writes at the end of the token's subject: the branch or the event, or the GitHub environment where the
  # job names one. Who has to approve a job of such an environment is set up in the repository; the branch is demanded
  # besides, because a workflow on a branch that is not protected could name the same environment.
  github_jobs = {
    planner  = var.pipeline.plan_before_merge ? [local.main, "pull_request"] : [local.main]
    deployer = ["environment:${local.environment}"]
    operator = ["environment:${local.environment}-drill"]
  }

  # GitLab writes project and branch, and no environment.
  gitlab_branches = {
    planner  = var.pipeline.plan_before_merge ? "*" : var.pipeline.branch
    deployer = var.pipeline.branch
    operator = var.pipeline.branch
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.pipeline.create_oidc_providers && var.pipeline.github_subject != null ? 1 : 0
  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_openid_connect_provider" "gitlab" {
  count          = var.pipeline.create_oidc_providers && var.pipeline.gitlab_project != null ? 1 : 0
  url            = "https://${var.pipeline.gitlab_host}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.github_jobs

  dynamic "statement" {
    for_each = var.pipeline.github_subject == null ? [] : [var.pipeline.github_subject]
    content {
      sid     = "GitHub"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::${var.account}:oidc-provider/${local.github}"]
      }

      condition {
        test     = "StringEquals"
        variable = "${local.github}:aud"
        values   = ["sts.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "${local.github}:sub"
        values   = [for job in each.value : "${statement.value}:${job}"]
      }

      dynamic "condition" {
        for_each = each.key == "planner" ? [] : ["refs/heads/${var.pipeline.branch}"]
        content {
          test     = "StringEquals"
          variable = "${local.github}:ref"
          values   = [condition.value]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.pipeline.gitlab_project == null ? [] : [var.pipeline.gitlab_project]
    content {
      sid     = "GitLab"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::${var.account}:oidc-provider/${var.pipeline.gitlab_host}"]
      }

      condition {
        test     = "StringEquals"
        variable = "${var.pipeline.gitlab_host}:aud"
        values   = ["sts.amazonaws.com"]
      }

      condition {
        test     = "StringLike"
        variable = "${var.pipeline.gitlab_host}:sub"
        values   = ["project_path:${statement.value}:ref_type:branch:ref:${local.gitlab_branches[each.key]}"]
      }
    }
  }

  # A role needs a trust policy; without a pipeline this one lets nobody in.
  dynamic "statement" {
    for_each = var.pipeline.github_subject == null && var.pipeline.gitlab_project == null ? ["nobody"] : []
    content {
      sid     = "Nobody"
      effect  = "Deny"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::${var.account}:root"]
      }
    }
  }
}
