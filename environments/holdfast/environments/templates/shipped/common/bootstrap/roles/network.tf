# The same for the network drills restore into. It is known by its tag; nothing here opens a way out of it.

data "aws_iam_policy_document" "read_network" {
  # These know no resource.
  statement {
    sid = "LookAtNetworks"
    actions = [
      "ec2:DescribeFlowLogs",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribePrefixLists",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "LookAtDatabaseSubnets"
    actions   = ["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"]
    resources = [local.databases]
  }
}

data "aws_iam_policy_document" "deploy_network" {
  # What is made carries the tag, and it is made in what carries it.
  statement {
    sid = "MakeNetworks"
    actions = [
      "ec2:CreateFlowLogs",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVpc",
      "ec2:CreateVpcEndpoint",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
    ]
    resources = [local.networks]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/holdfast:environment"
      values   = [local.environment]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:ResourceTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  statement {
    sid = "ManageNetworks"
    actions = [
      "ec2:AssociateRouteTable",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateFlowLogs",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpcEndpoints",
      "ec2:DisassociateRouteTable",
      "ec2:ModifySecurityGroupRules",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
    ]
    resources = [local.networks]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/holdfast:environment"
      values   = [local.environment]
    }
  }

  statement {
    sid = "ManageDatabaseSubnets"
    actions = [
      "rds:AddTagsToResource",
      "rds:CreateDBSubnetGroup",
      "rds:DeleteDBSubnetGroup",
      "rds:ModifyDBSubnetGroup",
      "rds:RemoveTagsFromResource",
    ]
    resources = [local.databases]
  }

  # A flow log is a delivery of logs, too; that knows no resource.
  statement {
    sid       = "DeliverFlowLogs"
    actions   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "never_network" {
  statement {
    sid    = "NeverOpenAWayOut"
    effect = "Deny"
    actions = [
      "ec2:AcceptVpcPeeringConnection",
      "ec2:AttachInternetGateway",
      "ec2:AttachVpnGateway",
      "ec2:CreateNatGateway",
      "ec2:CreateRoute",
      "ec2:CreateTransitGatewayVpcAttachment",
      "ec2:CreateVpcPeeringConnection",
      "ec2:ReplaceRoute",
    ]
    resources = [local.networks]
  }
}
