# Reading, locking and writing the states of this account's stacks; nothing else in the state bucket.

data "aws_iam_policy_document" "read_state" {
  statement {
    sid       = "ListStates"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket]
  }

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = local.states
  }

  # A plan locks the state it reads.
  statement {
    sid       = "LockStates"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = local.state_locks
  }

  statement {
    sid       = "UseTheStatesKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [local.state_keys]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [var.state.key_alias]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.state.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "write_state" {
  statement {
    sid       = "WriteStates"
    actions   = ["s3:PutObject"]
    resources = local.states
  }
}
