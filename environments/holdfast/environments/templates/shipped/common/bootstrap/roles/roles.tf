# planner: reads settings, before anybody approves. deployer: applies, after approval. operator: takes on the roles
# that drill, which `<environment>-access` makes.

locals {
  descriptions = {
    planner  = "Plans ${local.environment}: reads settings and state, changes nothing"
    deployer = "Applies ${local.environment} once a deployment is approved"
    operator = "Runs the drills of ${local.environment}"
  }

  parts = merge(
    {
      planner  = ["state-reading", "reading"]
      deployer = ["state-reading", "state-writing", "reading", "deploying", "deploying-backup", "deploying-network", "deploying-watch"]
    },
    var.operator ? { operator = ["drilling"] } : {},
  )

  documents = merge(
    {
      "state-reading"     = data.aws_iam_policy_document.read_state.json
      "state-writing"     = data.aws_iam_policy_document.write_state.json
      "reading"           = data.aws_iam_policy_document.reading.json
      "deploying"         = data.aws_iam_policy_document.deploy.json
      "deploying-backup"  = data.aws_iam_policy_document.deploying_backup.json
      "deploying-network" = data.aws_iam_policy_document.deploy_network.json
      "deploying-watch"   = data.aws_iam_policy_document.deploy_watch.json
    },
    var.operator ? { "drilling" = data.aws_iam_policy_document.drill.json } : {},
  )

  attachments = merge([
    for purpose, parts in local.parts : {
      for part in parts : "${purpose}/${part}" => { purpose = purpose, part = part }
    }
  ]...)
}

data "aws_iam_policy_document" "reading" {
  source_policy_documents = [
    data.aws_iam_policy_document.read.json,
    data.aws_iam_policy_document.read_backup.json,
    data.aws_iam_policy_document.read_network.json,
    data.aws_iam_policy_document.read_watch.json,
  ]
}

data "aws_iam_policy_document" "deploying_backup" {
  source_policy_documents = [
    data.aws_iam_policy_document.deploy_backup.json,
    data.aws_iam_policy_document.deploy_break_glass.json,
  ]
}

data "aws_iam_policy_document" "drill" {
  statement {
    sid     = "RunDrills"
    actions = ["sts:AssumeRole"]
    resources = concat(
      [for purpose in ["drill-runner", "snapshot-restorer"] : "arn:aws:iam::${var.account}:role/${local.prefix}-${purpose}"],
      [for account in var.restored_in : "arn:aws:iam::${account}:role/${local.prefix}-drill-restorer"],
    )
  }
}

resource "aws_iam_role" "pipeline" {
  for_each             = local.parts
  name                 = "${local.prefix}-${each.key}"
  description          = local.descriptions[each.key]
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = "${local.policy_arns}/${aws_iam_policy.limits[each.key].name}"
  max_session_duration = 3600

  depends_on = [
    aws_iam_openid_connect_provider.github,
    aws_iam_openid_connect_provider.gitlab,
  ]
}

# Several policies, because IAM takes 6 144 characters in each.
resource "aws_iam_policy" "pipeline" {
  for_each    = local.documents
  name        = "${local.prefix}-pipeline-${each.key}"
  description = "What pipelines of ${local.environment} may do: ${each.key}"
  policy      = each.value
}

resource "aws_iam_policy" "limits" {
  for_each    = local.limits
  name        = "${local.prefix}-pipeline-${each.key}-limits"
  description = "The most the ${each.key} of ${local.environment} may ever do"
  policy      = each.value
}

# ARNs are put together from names, so that a plan shows who gets what before anything is made.
resource "aws_iam_role_policy_attachment" "pipeline" {
  for_each   = local.attachments
  role       = aws_iam_role.pipeline[each.value.purpose].name
  policy_arn = "${local.policy_arns}/${aws_iam_policy.pipeline[each.value.part].name}"
}

output "role_arns" {
  description = "The roles, by what they are for."
  value       = { for purpose, role in aws_iam_role.pipeline : purpose => role.arn }
}
