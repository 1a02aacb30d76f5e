# In terraform.tfvars.json: what the environment file says.

variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "organization" {
  description = "Prefix of every globally unique name."
  type        = string
}

variable "workload_account" {
  description = "Account that runs the workload."
  type        = string
}

variable "backup_account" {
  description = "Account that keeps the copies, and the state."
  type        = string
}

variable "recovery_region" {
  description = "Region of the state bucket: the recovery Region, so that recovery can plan without the primary one."
  type        = string
}

variable "state_bucket" {
  description = "Name of the state bucket."
  type        = string
}

variable "state_key_alias" {
  description = "Alias of the key the state is encrypted with."
  type        = string
}

variable "branch" {
  description = "The branch that is deployed."
  type        = string
}

variable "plan_before_merge" {
  description = "Whether a pull or merge request that is not merged yet may take on the planner, to be reviewed by a real plan."
  type        = bool
}

# What the administrator supplies: -var, TF_VAR_…, or admin.auto.tfvars beside this file.

variable "github_subject" {
  description = "The repository as GitHub's tokens name it: repo:OWNER/NAME, or repo:OWNER@ID/NAME@ID for a repository made, renamed or moved after 15 July 2026. Null: GitHub may not take on any role."
  type        = string
  default     = null

  validation {
    condition     = var.github_subject == null ? true : can(regex("^repo:[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$", var.github_subject))
    error_message = "Allowed: repo:OWNER/NAME or repo:OWNER@ID/NAME@ID, without * and without anything after the name."
  }
}

variable "gitlab_project" {
  description = "Full path of the GitLab project, group/project. Null: GitLab may not take on any role."
  type        = string
  default     = null

  validation {
    condition     = var.gitlab_project == null ? true : can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", var.gitlab_project))
    error_message = "Allowed: group/project or group/subgroup/project, without *."
  }
}

variable "gitlab_host" {
  description = "Host name of the GitLab instance."
  type        = string
  default     = "gitlab.com"

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.gitlab_host))
    error_message = "Allowed: a host name such as gitlab.com, without https://."
  }
}

variable "create_oidc_providers" {
  description = "False where the accounts already have the OIDC provider of GitHub or GitLab: an account has each only once."
  type        = bool
  default     = true
}

variable "backup_profile" {
  description = "AWS profile of an administrator of the backup account. Null: the credentials Terraform finds by itself."
  type        = string
  default     = null
}

variable "workload_profile" {
  description = "AWS profile of an administrator of the workload account. Null: the credentials Terraform finds by itself."
  type        = string
  default     = null
}
