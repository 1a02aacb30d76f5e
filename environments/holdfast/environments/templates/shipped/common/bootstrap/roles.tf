# The roles pipelines take on with a token of GitHub or GitLab; no key of any kind is stored anywhere.

module "backup_roles" {
  source    = "./roles"
  providers = { aws = aws.backup }

  account  = var.backup_account
  pipeline = local.pipeline
  operator = local.one_account
  state    = local.state["backup"]

  restored_in = distinct([var.workload_account, var.backup_account])
}

module "workload_roles" {
  source    = "./roles"
  providers = { aws = aws.workload }
  count     = local.one_account ? 0 : 1

  account  = var.workload_account
  pipeline = local.pipeline
  operator = true
  state    = local.state["workload"]

  restored_in = distinct([var.workload_account, var.backup_account])
}

locals {
  one_account = var.workload_account == var.backup_account

  pipeline = {
    environment           = var.environment
    organization          = var.organization
    branch                = var.branch
    plan_before_merge     = var.plan_before_merge
    github_subject        = var.github_subject
    gitlab_project        = var.gitlab_project
    gitlab_host           = var.gitlab_host
    create_oidc_providers = var.create_oidc_providers
  }

  state = {
    for key in ["backup", "workload"] : key => {
      bucket    = var.state_bucket
      objects   = local.one_account ? flatten(values(local.stacks)) : local.stacks[key]
      account   = var.backup_account
      region    = var.recovery_region
      key_alias = var.state_key_alias
    }
  }
}

check "somebody_may_deploy" {
  assert {
    condition     = var.github_subject != null || var.gitlab_project != null
    error_message = "Neither github_subject nor gitlab_project is given: the roles are made, and no pipeline can take them on."
  }
}
