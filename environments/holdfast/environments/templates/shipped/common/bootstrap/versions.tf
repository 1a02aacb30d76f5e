# Applied once, by an administrator of both accounts, before the pipelines can do anything. What it makes and what it
# needs is in README.md. Its own state is a local file: keep it, or move it into the bucket it made (README.md says how).
terraform {
  required_version = ">= 1.10.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

# Both work in the recovery Region, so that all of this can be changed while the primary one is down.
provider "aws" {
  alias               = "backup"
  region              = var.recovery_region
  profile             = var.backup_profile
  allowed_account_ids = [var.backup_account]

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias               = "workload"
  region              = var.recovery_region
  profile             = var.workload_profile
  allowed_account_ids = [var.workload_account]

  default_tags {
    tags = local.tags
  }
}

locals {
  # Not "holdfast:environment": the deployer may manage keys that carry that tag, and must not manage these.
  tags = {
    "holdfast:bootstrap" = var.environment
    "managed-by"         = "terraform"
  }
}
