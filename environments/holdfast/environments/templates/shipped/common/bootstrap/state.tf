# The state bucket: in the backup account and the recovery Region, so that it outlives the workload's account and the
# primary Region.
#
# Why Object Lock is on and has no default retention. Terraform's own lock is an object (<key>.tflock) that is written
# before a run and deleted after it, and the state is written anew on every apply. A default retention would lock each
# of those versions for as long: nobody could clear out a stale lock's version or a state that leaked a secret, and
# every run would leave versions behind that lifecycle rules may not expire. Object Lock without a default costs
# nothing, can not be switched off again, and lets you lock single versions: before a risky change, put a legal hold or
# a retention on the state as it is (README.md). Versioning, which Object Lock brings, keeps the earlier states.

resource "aws_s3_bucket" "state" {
  provider            = aws.backup
  bucket              = var.state_bucket
  object_lock_enabled = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "state" {
  provider = aws.backup
  bucket   = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  provider = aws.backup
  bucket   = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.state.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  provider                = aws.backup
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  provider = aws.backup
  bucket   = aws_s3_bucket.state.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  provider   = aws.backup
  bucket     = aws_s3_bucket.state.id
  depends_on = [aws_s3_bucket_versioning.state]

  rule {
    id     = "earlier-states"
    status = "Enabled"

    filter {}

    # The 50 newest earlier versions of each state stay for ever; what is older than those goes after a year.
    noncurrent_version_expiration {
      newer_noncurrent_versions = 50
      noncurrent_days           = 365
    }

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "state" {
  provider   = aws.backup
  bucket     = aws_s3_bucket.state.id
  policy     = data.aws_iam_policy_document.state_bucket.json
  depends_on = [aws_s3_bucket_public_access_block.state]
}

data "aws_iam_policy_document" "state_bucket" {
  provider = aws.backup

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.state_arn, "${local.state_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "OnlyRecentTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.state_arn, "${local.state_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }

  # A write that asks for another encryption than KMS would leave the state readable without the key.
  statement {
    sid       = "OnlyKms"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.state_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }
  }

  dynamic "statement" {
    for_each = local.state_access
    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::${statement.value.account}:root"]
      }

      # The account is the principal and the roles a condition: a bucket policy can not name a role before it exists.
      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = statement.value.roles
      }
    }
  }
}

locals {
  state_arn = "arn:aws:s3:::${var.state_bucket}"

  # Each account's roles see the states of that account's stacks and no others: whoever takes over the workload's
  # account can not rewrite what is known of the copies.
  stacks = {
    for account, parts in {
      backup   = ["recovery-watch", "recovery", "recovery-access", "drill"]
      workload = ["watch", "primary", "access"]
    } : account => [for part in parts : "${var.environment}/${part}.tfstate"]
  }
  accounts = { backup = var.backup_account, workload = var.workload_account }
  role_arns = {
    for key, account in local.accounts : key => {
      planner  = "arn:aws:iam::${account}:role/holdfast-${var.environment}-planner"
      deployer = "arn:aws:iam::${account}:role/holdfast-${var.environment}-deployer"
    }
  }

  state_access = flatten([
    for key, account in local.accounts : [
      {
        sid       = "${title(key)}List"
        account   = account
        roles     = values(local.role_arns[key])
        actions   = ["s3:ListBucket"]
        resources = [local.state_arn]
      },
      {
        sid       = "${title(key)}Read"
        account   = account
        roles     = values(local.role_arns[key])
        actions   = ["s3:GetObject"]
        resources = [for state in local.stacks[key] : "${local.state_arn}/${state}"]
      },
      {
        sid       = "${title(key)}Lock"
        account   = account
        roles     = values(local.role_arns[key])
        actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        resources = [for state in local.stacks[key] : "${local.state_arn}/${state}.tflock"]
      },
      {
        sid       = "${title(key)}Write"
        account   = account
        roles     = [local.role_arns[key].deployer]
        actions   = ["s3:PutObject"]
        resources = [for state in local.stacks[key] : "${local.state_arn}/${state}"]
      },
    ]
  ])
}
