variable "account" {
  type = string
}

variable "environment" {
  type = string
}

variable "organization" {
  type = string
}

variable "branch" {
  type = string
}

variable "plan_before_merge" {
  type = bool
}

variable "github_subject" {
  type = string
}

variable "gitlab_project" {
  type = string
}

variable "gitlab_host" {
  type = string
}

variable "create_oidc_providers" {
  type = bool
}

variable "operator" {
  description = "Whether the role that runs drills belongs in this account."
  type        = bool
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
