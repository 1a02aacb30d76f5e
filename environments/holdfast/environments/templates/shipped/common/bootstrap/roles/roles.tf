# planner: reads settings, before anybody approves. deployer: applies, after approval. operator: takes on the drill
# runner, which `<environment>-access` makes.

data "aws_iam_policy_document" "planner" {
  source_policy_documents = [
    data.aws_iam_policy_document.read_state.json,
    data.aws_iam_policy_document.read.json,
    data.aws_iam_policy_document.never.json,
  ]
}

data "aws_iam_policy_document" "deployer" {
  source_policy_documents = [
    data.aws_iam_policy_document.read_state.json,
    data.aws_iam_policy_document.write_state.json,
    data.aws_iam_policy_document.read.json,
    data.aws_iam_policy_document.deploy.json,
    data.aws_iam_policy_document.never.json,
  ]
}

data "aws_iam_policy_document" "operator" {
  statement {
    sid       = "RunDrills"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:aws:iam::${var.account}:role/${local.prefix}-drill-runner"]
  }
}

locals {
  descriptions = {
    planner  = "Plans ${var.environment}: reads settings and state, changes nothing"
    deployer = "Applies ${var.environment} once a deployment is approved"
    operator = "Runs the drills of ${var.environment}"
  }
  permissions = merge(
    {
      planner  = data.aws_iam_policy_document.planner.json
      deployer = data.aws_iam_policy_document.deployer.json
    },
    var.operator ? { operator = data.aws_iam_policy_document.operator.json } : {},
  )
}

resource "aws_iam_role" "pipeline" {
  for_each             = local.permissions
  name                 = "${local.prefix}-${each.key}"
  description          = local.descriptions[each.key]
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600

  depends_on = [
    aws_iam_openid_connect_provider.github,
    aws_iam_openid_connect_provider.gitlab,
  ]
}

resource "aws_iam_role_policy" "pipeline" {
  for_each = local.permissions
  name     = "${local.prefix}-${each.key}"
  role     = aws_iam_role.pipeline[each.key].name
  policy   = each.value
}

output "role_arns" {
  description = "The roles, by what they are for."
  value       = { for purpose, role in aws_iam_role.pipeline : purpose => role.arn }
}
