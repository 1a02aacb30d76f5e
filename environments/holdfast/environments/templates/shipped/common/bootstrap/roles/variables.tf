variable "account" {
  description = "The account the roles are made in."
  type        = string
}

variable "pipeline" {
  description = "What is deployed, and who may: as the variables of the bootstrap say."
  type = object({
    environment           = string
    organization          = string
    branch                = string
    plan_before_merge     = bool
    github_subject        = string
    gitlab_project        = string
    gitlab_host           = string
    create_oidc_providers = bool
  })
}

variable "operator" {
  description = "Whether the role that runs drills belongs in this account."
  type        = bool
}

variable "restored_in" {
  description = "The accounts that have recovery points to restore, each with a role for that."
  type        = list(string)
}

variable "state" {
  description = "The states this account's stacks keep, and what they are encrypted with."
  type = object({
    bucket    = string
    objects   = list(string)
    account   = string
    region    = string
    key_alias = string
  })
}
