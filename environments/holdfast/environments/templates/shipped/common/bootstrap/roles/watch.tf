# The same for what watches: trail, alarms, event rules, topics, dashboard, and the delivery to a SIEM.

data "aws_iam_policy_document" "read_watch" {
  statement {
    sid = "ReadWatch"
    actions = [
      "cloudformation:DescribeStackEvents",
      "cloudformation:DescribeStacks",
      "cloudformation:GetTemplate",
      "cloudtrail:Get*",
      "cloudtrail:ListTags",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetDashboard",
      "cloudwatch:ListTagsForResource",
      "events:Describe*",
      "events:List*",
      "logs:DescribeMetricFilters",
      "logs:ListTagsForResource",
      "sns:Get*",
      "sns:List*",
      "sqs:Get*",
      "sqs:ListQueueTags",
    ]
    resources = values(local.watched)
  }

  # These know no single resource.
  statement {
    sid       = "ListWatch"
    actions   = ["cloudtrail:DescribeTrails", "logs:DescribeLogGroups"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "deploy_watch" {
  statement {
    sid = "SetUpWatch"
    actions = [
      "cloudformation:CreateStack",
      "cloudformation:TagResource",
      "cloudformation:UpdateStack",
      "cloudtrail:AddTags",
      "cloudtrail:CreateTrail",
      "cloudtrail:PutEventSelectors",
      "cloudtrail:RemoveTags",
      "cloudtrail:StartLogging",
      "cloudtrail:UpdateTrail",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:PutDashboard",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
      "events:CreateApiDestination",
      "events:CreateConnection",
      "events:DeleteApiDestination",
      "events:DeleteConnection",
      "events:DeleteRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "events:UpdateApiDestination",
      "events:UpdateConnection",
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteMetricFilter",
      "logs:PutMetricFilter",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
      "sns:CreateTopic",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
      "sqs:CreateQueue",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ]
    resources = values(local.watched)
  }

  # The key for the SIEM: a secret whoever owns it has tagged for this environment. EventBridge keeps a copy of its own.
  statement {
    sid       = "ReadTheSiemsKey"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [local.secrets]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  statement {
    sid       = "LetEventBridgeKeepItsKey"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"]
    resources = ["arn:aws:secretsmanager:*:${var.account}:secret:events!connection/${local.prefix}-*"]
  }

  statement {
    sid       = "LetEventBridgeHaveItsOwnRole"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = [local.linked["apidestinations.events.amazonaws.com"]]
  }
}

data "aws_iam_policy_document" "never_watch" {
  statement {
    sid    = "NeverLookAway"
    effect = "Deny"
    actions = [
      "cloudtrail:DeleteTrail",
      "cloudtrail:StopLogging",
      "cloudwatch:DisableAlarmActions",
      "events:DisableRule",
      "logs:DeleteLogGroup",
      "sns:DeleteTopic",
    ]
    resources = ["*"]
  }
}
