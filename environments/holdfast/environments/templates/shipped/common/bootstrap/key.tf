# The key of the state. Administrators of the backup account manage it through IAM; the pipelines' roles use it, and only
# through S3.

resource "aws_kms_key" "state" {
  provider                = aws.backup
  description             = "Encrypts the Terraform state of ${var.environment}"
  enable_key_rotation     = true
  rotation_period_in_days = 90
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.state_key.json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "state" {
  provider      = aws.backup
  name          = var.state_key_alias
  target_key_id = aws_kms_key.state.key_id
}

data "aws_iam_policy_document" "state_key" {
  provider = aws.backup

  statement {
    sid       = "AdministratorsThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.backup_account}:root"]
    }
  }

  statement {
    sid       = "UseThroughS3"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = sort(distinct([for account in values(local.accounts) : "arn:aws:iam::${account}:root"]))
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = sort(distinct(flatten([for roles in values(local.role_arns) : values(roles)])))
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.recovery_region}.amazonaws.com"]
    }
  }
}
