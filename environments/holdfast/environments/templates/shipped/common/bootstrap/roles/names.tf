# The names of everything these roles may have to do with; all other files take them from here.

locals {
  environment = var.pipeline.environment
  prefix      = "holdfast-${local.environment}"

  # What Holdfast's stacks make: nothing else of the account may be looked at or changed.
  buckets = [
    for purpose in ["vault", "replica", "evidence", "logs", "trail"] :
    "arn:aws:s3:::${var.pipeline.organization}-${local.environment}-${purpose}-${var.account}-*"
  ]
  objects     = [for bucket in local.buckets : "${bucket}/*"]
  keys        = "arn:aws:kms:*:${var.account}:key/*"
  aliases     = "arn:aws:kms:*:${var.account}:alias/${local.prefix}-*"
  roles       = "arn:aws:iam::${var.account}:role/${local.prefix}-*"
  policy_arns = "arn:aws:iam::${var.account}:policy"
  policies    = "${local.policy_arns}/${local.prefix}-*"
  boundaries  = "${local.policies}-boundary"
  secrets     = "arn:aws:secretsmanager:*:${var.account}:secret:*"

  vaults    = "arn:aws:backup:*:${var.account}:backup-vault:${local.prefix}-*"
  networks  = "arn:aws:ec2:*:${var.account}:*"
  databases = "arn:aws:rds:*:${var.account}:subgrp:${local.prefix}-*"

  # Plans, snapshot policies and rules have ids for names; the tag says whose they are.
  plans = [
    "arn:aws:backup:*:${var.account}:backup-plan:*",
    "arn:aws:dlm:*:${var.account}:policy/*",
    "arn:aws:rbin:*:${var.account}:rule/*",
  ]
  # What has a name of ours, to which AWS Backup adds an id.
  tests = [
    for kind in ["framework", "report-plan", "restore-testing-plan"] :
    "arn:aws:backup:*:${var.account}:${kind}:${replace(local.prefix, "-", "_")}*"
  ]
  watched = {
    trails       = "arn:aws:cloudtrail:*:${var.account}:trail/${local.prefix}*"
    logs         = "arn:aws:logs:*:${var.account}:log-group:${local.prefix}*"
    alarms       = "arn:aws:cloudwatch:*:${var.account}:alarm:${local.prefix}-*"
    dashboards   = "arn:aws:cloudwatch::${var.account}:dashboard/${local.prefix}*"
    rules        = "arn:aws:events:*:${var.account}:rule/${local.prefix}-*"
    destinations = "arn:aws:events:*:${var.account}:api-destination/${local.prefix}-*"
    connections  = "arn:aws:events:*:${var.account}:connection/${local.prefix}-*"
    topics       = "arn:aws:sns:*:${var.account}:${local.prefix}-*"
    queues       = "arn:aws:sqs:*:${var.account}:${local.prefix}-*"
    stacks       = "arn:aws:cloudformation:*:${var.account}:stack/${local.prefix}-*"
  }

  # The services roles are handed to, and that have a role of their own.
  handed = ["backup.amazonaws.com", "cloudtrail.amazonaws.com", "dlm.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"]
  linked = {
    for service in ["backup.amazonaws.com", "apidestinations.events.amazonaws.com"] :
    service => "arn:aws:iam::${var.account}:role/aws-service-role/${service}/*"
  }
  # AWS Backup and RDS make grants of a key for what they copy: for whoever asks them to, and through them only.
  granting = ["backup.*.amazonaws.com", "rds.*.amazonaws.com"]

  # The pipelines' own roles and policies: no pipeline changes what a pipeline may do.
  reserved = concat(
    [for purpose in ["planner", "deployer", "operator"] : "arn:aws:iam::${var.account}:role/${local.prefix}-${purpose}"],
    ["${local.policy_arns}/${local.prefix}-pipeline-*"],
  )

  # The role for emergencies, which the stacks make.
  emergency          = "arn:aws:iam::${var.account}:role/${local.prefix}-break-glass"
  emergency_boundary = "${local.policy_arns}/${local.prefix}-break-glass-boundary"

  state_bucket = "arn:aws:s3:::${var.state.bucket}"
  states       = [for object in var.state.objects : "${local.state_bucket}/${object}"]
  state_locks  = [for state in local.states : "${state}.tflock"]
  state_keys   = "arn:aws:kms:${var.state.region}:${var.state.account}:key/*"
}
