"""The deployer may make every kind of resource the stacks declare."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from holdfast.environments.loading import load_environment
from holdfast.environments.templates.catalogue import SHIPPED

NEEDED = {
    "aws_backup_framework": "backup:CreateFramework backup:DescribeFramework backup:ListTags backup:TagResource "
    "backup:UpdateFramework",
    "aws_backup_logically_air_gapped_vault": "backup:CreateLogicallyAirGappedBackupVault backup:DescribeBackupVault "
    "backup:ListTags backup:TagResource",
    "aws_backup_plan": "backup:CreateBackupPlan backup:GetBackupPlan backup:ListTags backup:TagResource "
    "backup:UpdateBackupPlan",
    "aws_backup_region_settings": "backup:DescribeRegionSettings backup:UpdateRegionSettings",
    "aws_backup_report_plan": "backup:CreateReportPlan backup:DescribeReportPlan backup:ListTags backup:TagResource "
    "backup:UpdateReportPlan",
    "aws_backup_restore_testing_plan": "backup:CreateRestoreTestingPlan backup:GetRestoreTestingPlan backup:ListTags "
    "backup:TagResource backup:UpdateRestoreTestingPlan",
    "aws_backup_restore_testing_selection": "backup:CreateRestoreTestingSelection backup:DeleteRestoreTestingSelection "
    "backup:GetRestoreTestingSelection backup:UpdateRestoreTestingSelection iam:PassRole",
    "aws_backup_selection": "backup:CreateBackupSelection backup:DeleteBackupSelection backup:GetBackupSelection "
    "iam:PassRole",
    "aws_backup_vault": "backup:CreateBackupVault backup:DescribeBackupVault backup:ListTags backup:TagResource "
    "backup-storage:MountCapsule kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKey kms:RetireGrant",
    "aws_backup_vault_lock_configuration": "backup:DescribeBackupVault backup:PutBackupVaultLockConfiguration",
    "aws_backup_vault_notifications": "backup:GetBackupVaultNotifications backup:PutBackupVaultNotifications",
    "aws_backup_vault_policy": "backup:GetBackupVaultAccessPolicy backup:PutBackupVaultAccessPolicy",
    "aws_cloudformation_stack": "cloudformation:CreateStack cloudformation:DescribeStacks cloudformation:GetTemplate "
    "cloudformation:UpdateStack events:CreateConnection events:Describe* secretsmanager:CreateSecret "
    "secretsmanager:GetSecretValue",
    "aws_cloudtrail": "cloudtrail:AddTags cloudtrail:CreateTrail cloudtrail:DescribeTrails cloudtrail:Get* "
    "cloudtrail:ListTags cloudtrail:PutEventSelectors cloudtrail:StartLogging cloudtrail:UpdateTrail iam:PassRole",
    "aws_cloudwatch_dashboard": "cloudwatch:GetDashboard cloudwatch:PutDashboard",
    "aws_cloudwatch_event_api_destination": "events:CreateApiDestination events:Describe* events:UpdateApiDestination",
    "aws_cloudwatch_event_rule": "events:Describe* events:List* events:PutRule events:TagResource",
    "aws_cloudwatch_event_target": "events:List* events:PutTargets events:RemoveTargets iam:PassRole",
    "aws_cloudwatch_log_group": "logs:AssociateKmsKey logs:CreateLogGroup logs:DescribeLogGroups "
    "logs:ListTagsForResource logs:PutRetentionPolicy logs:TagResource",
    "aws_cloudwatch_log_metric_filter": "logs:DeleteMetricFilter logs:DescribeMetricFilters logs:PutMetricFilter",
    "aws_cloudwatch_metric_alarm": "cloudwatch:DeleteAlarms cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource "
    "cloudwatch:PutMetricAlarm cloudwatch:TagResource",
    "aws_db_instance_automated_backups_replication": "kms:CreateGrant kms:DescribeKey "
    "rds:DescribeDBInstanceAutomatedBackups rds:StartDBInstanceAutomatedBackupsReplication",
    "aws_db_subnet_group": "rds:AddTagsToResource rds:CreateDBSubnetGroup rds:DescribeDBSubnetGroups "
    "rds:ListTagsForResource rds:ModifyDBSubnetGroup",
    "aws_default_security_group": "ec2:CreateTags ec2:DescribeSecurityGroups ec2:RevokeSecurityGroupEgress "
    "ec2:RevokeSecurityGroupIngress",
    "aws_dlm_lifecycle_policy": "dlm:CreateLifecyclePolicy dlm:GetLifecyclePolicy dlm:TagResource "
    "dlm:UpdateLifecyclePolicy iam:PassRole",
    "aws_flow_log": "ec2:CreateFlowLogs ec2:CreateTags ec2:DeleteFlowLogs ec2:DescribeFlowLogs logs:CreateLogDelivery",
    "aws_iam_policy": "iam:CreatePolicy iam:CreatePolicyVersion iam:DeletePolicyVersion iam:GetPolicy "
    "iam:GetPolicyVersion iam:ListPolicyVersions iam:TagPolicy",
    "aws_iam_role": "iam:CreateRole iam:GetRole iam:ListAttachedRolePolicies iam:ListRolePolicies iam:PassRole "
    "iam:TagRole iam:UpdateAssumeRolePolicy iam:UpdateRole",
    "aws_iam_role_policy": "iam:DeleteRolePolicy iam:GetRolePolicy iam:PutRolePolicy",
    "aws_iam_role_policy_attachment": "iam:AttachRolePolicy iam:DetachRolePolicy iam:ListAttachedRolePolicies",
    "aws_kms_alias": "kms:CreateAlias kms:ListAliases kms:UpdateAlias",
    "aws_kms_key": "kms:CreateKey kms:DescribeKey kms:EnableKeyRotation kms:GetKeyPolicy kms:GetKeyRotationStatus "
    "kms:ListResourceTags kms:PutKeyPolicy kms:TagResource",
    "aws_rbin_rule": "rbin:CreateRule rbin:GetRule rbin:ListTagsForResource rbin:LockRule rbin:TagResource "
    "rbin:UpdateRule",
    "aws_route_table": "ec2:CreateRouteTable ec2:CreateTags ec2:DescribeRouteTables",
    "aws_route_table_association": "ec2:AssociateRouteTable ec2:DescribeRouteTables ec2:DisassociateRouteTable",
    "aws_s3_bucket": "s3:CreateBucket s3:GetAccelerateConfiguration s3:GetBucket* s3:ListBucket s3:PutBucketTagging",
    "aws_s3_bucket_inventory": "s3:GetInventoryConfiguration s3:PutInventoryConfiguration",
    "aws_s3_bucket_lifecycle_configuration": "s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration",
    "aws_s3_bucket_logging": "s3:PutBucketLogging",
    "aws_s3_bucket_object_lock_configuration": "s3:PutBucketObjectLockConfiguration",
    "aws_s3_bucket_ownership_controls": "s3:PutBucketOwnershipControls",
    "aws_s3_bucket_policy": "s3:PutBucketPolicy",
    "aws_s3_bucket_public_access_block": "s3:PutBucketPublicAccessBlock",
    "aws_s3_bucket_replication_configuration": "s3:GetReplicationConfiguration s3:PutReplicationConfiguration",
    "aws_s3_bucket_server_side_encryption_configuration": "s3:GetEncryptionConfiguration s3:PutEncryptionConfiguration",
    "aws_s3_bucket_versioning": "s3:PutBucketVersioning",
    "aws_security_group": "ec2:CreateSecurityGroup ec2:CreateTags ec2:DeleteSecurityGroup ec2:DescribeSecurityGroups "
    "ec2:RevokeSecurityGroupEgress",
    "aws_sns_topic": "sns:CreateTopic sns:Get* sns:List* sns:SetTopicAttributes sns:TagResource",
    "aws_sns_topic_policy": "sns:Get* sns:SetTopicAttributes",
    "aws_sns_topic_subscription": "sns:Get* sns:SetSubscriptionAttributes sns:Subscribe sns:Unsubscribe",
    "aws_sqs_queue": "sqs:CreateQueue sqs:Get* sqs:ListQueueTags sqs:SetQueueAttributes sqs:TagQueue",
    "aws_sqs_queue_policy": "sqs:Get* sqs:SetQueueAttributes",
    "aws_subnet": "ec2:CreateSubnet ec2:CreateTags ec2:DeleteSubnet ec2:DescribeSubnets ec2:ModifySubnetAttribute",
    "aws_vpc": "ec2:CreateTags ec2:CreateVpc ec2:DescribeVpcAttribute ec2:DescribeVpcs ec2:ModifyVpcAttribute",
    "aws_vpc_endpoint": "ec2:CreateTags ec2:CreateVpcEndpoint ec2:DeleteVpcEndpoints ec2:DescribePrefixLists "
    "ec2:DescribeVpcEndpoints ec2:ModifyVpcEndpoint",
    "aws_vpc_security_group_egress_rule": "ec2:AuthorizeSecurityGroupEgress ec2:DescribeSecurityGroupRules "
    "ec2:RevokeSecurityGroupEgress",
    "aws_vpc_security_group_ingress_rule": "ec2:AuthorizeSecurityGroupIngress ec2:DescribeSecurityGroupRules "
    "ec2:RevokeSecurityGroupIngress",
}
"""What making, reading and changing each kind of resource takes, by the service authorization reference. A new kind in
a stack belongs here and in the files below."""

READING = ("read", "read_backup", "read_network", "read_watch")
DEPLOYING = ("deploy", "deploy_backup", "deploy_network", "deploy_watch")
ROLES = SHIPPED / "common/bootstrap/roles"


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """The kinds of resource the stacks of the shipped `prod` declare."""
    import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before anything imports cdktn
    from holdfast.stacks.app import synthesize

    environment = load_environment("prod", Path(__file__).parents[3] / "environments").environment
    stacks = synthesize(environment, tmp_path_factory.mktemp("prod"))
    return {kind for stack in stacks for kind in json.loads(stack.configuration.read_text())["resource"]}


def _granted(*documents: str) -> set[str]:
    """The actions of the policy documents of these names."""
    text = "\n".join(path.read_text() for path in sorted(ROLES.glob("*.tf")))
    blocks = dict(re.findall(r'^data "aws_iam_policy_document" "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL))
    return {action for name in documents for action in re.findall(r'"([a-z0-9-]+:[A-Za-z*]+)"', blocks[name])}


def test_somebody_said_what_each_kind_of_resource_takes(declared):
    assert declared - set(NEEDED) == set(), "add it to NEEDED, and what it takes to the policies of the bootstrap"


@pytest.mark.parametrize("kind", NEEDED)
def test_the_deployer_has_what_it_takes(kind):
    granted = _granted(*READING, *DEPLOYING)

    assert {each for each in NEEDED[kind].split() if each not in granted} == set()


@pytest.mark.parametrize("kind", NEEDED)
def test_the_planner_has_what_reading_takes(kind):
    reading = {each for each in NEEDED[kind].split() if re.match(r"(?!secretsmanager)[\w-]+:(Get|List|Describe)", each)}

    assert reading - _granted(*READING) == set()
