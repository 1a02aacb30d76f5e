"""The one module that knows the AWS provider binding.

Every resource class a construct uses is imported from here, so that the binding can be exchanged in one file and the
resource types Holdfast can declare are listed in one place. Each class is imported from its own module: importing the
binding's 2 400 modules would take minutes. Names end in `A` in the binding where they would clash there; not here.
"""

from __future__ import annotations

from cdktn_provider_aws.backup_framework import BackupFramework, BackupFrameworkControl, BackupFrameworkControlScope
from cdktn_provider_aws.backup_global_settings import BackupGlobalSettings
from cdktn_provider_aws.backup_logically_air_gapped_vault import BackupLogicallyAirGappedVault
from cdktn_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanAdvancedBackupSetting,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktn_provider_aws.backup_region_settings import BackupRegionSettings
from cdktn_provider_aws.backup_report_plan import BackupReportPlan
from cdktn_provider_aws.backup_restore_testing_plan import (
    BackupRestoreTestingPlan,
    BackupRestoreTestingPlanRecoveryPointSelection,
)
from cdktn_provider_aws.backup_restore_testing_selection import (
    BackupRestoreTestingSelection,
    BackupRestoreTestingSelectionProtectedResourceConditions,
)
from cdktn_provider_aws.backup_selection import BackupSelection, BackupSelectionCondition
from cdktn_provider_aws.backup_vault import BackupVault
from cdktn_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from cdktn_provider_aws.backup_vault_notifications import BackupVaultNotifications
from cdktn_provider_aws.backup_vault_policy import BackupVaultPolicy
from cdktn_provider_aws.cloudformation_stack import CloudformationStack
from cdktn_provider_aws.cloudtrail import (
    Cloudtrail,
    CloudtrailAdvancedEventSelector,
    CloudtrailAdvancedEventSelectorFieldSelector,
)
from cdktn_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktn_provider_aws.cloudwatch_event_api_destination import CloudwatchEventApiDestination
from cdktn_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktn_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetInputTransformer,
    CloudwatchEventTargetRetryPolicy,
)
from cdktn_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktn_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from cdktn_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktn_provider_aws.db_instance_automated_backups_replication import DbInstanceAutomatedBackupsReplication
from cdktn_provider_aws.db_subnet_group import DbSubnetGroup
from cdktn_provider_aws.default_security_group import DefaultSecurityGroup
from cdktn_provider_aws.dlm_lifecycle_policy import (
    DlmLifecyclePolicy,
    DlmLifecyclePolicyPolicyDetails,
    DlmLifecyclePolicyPolicyDetailsSchedule,
    DlmLifecyclePolicyPolicyDetailsScheduleCrossRegionCopyRule,
)
from cdktn_provider_aws.flow_log import FlowLog
from cdktn_provider_aws.iam_policy import IamPolicy
from cdktn_provider_aws.iam_role import IamRole
from cdktn_provider_aws.iam_role_policy import IamRolePolicy
from cdktn_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from cdktn_provider_aws.kms_alias import KmsAlias
from cdktn_provider_aws.kms_key import KmsKey
from cdktn_provider_aws.kms_replica_key import KmsReplicaKey
from cdktn_provider_aws.provider import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags
from cdktn_provider_aws.rbin_rule import RbinRule, RbinRuleLockConfiguration, RbinRuleResourceTags
from cdktn_provider_aws.route_table import RouteTable
from cdktn_provider_aws.route_table_association import RouteTableAssociation
from cdktn_provider_aws.s3_bucket import S3Bucket
from cdktn_provider_aws.s3_bucket_inventory import S3BucketInventory
from cdktn_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)
from cdktn_provider_aws.s3_bucket_logging import S3BucketLoggingA as S3BucketLogging
from cdktn_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA as S3BucketObjectLockConfiguration,
)
from cdktn_provider_aws.s3_bucket_ownership_controls import S3BucketOwnershipControls
from cdktn_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktn_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktn_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA as S3BucketReplicationConfiguration,
)
from cdktn_provider_aws.s3_bucket_replication_configuration import S3BucketReplicationConfigurationRule
from cdktn_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA as S3BucketServerSideEncryptionConfiguration,
)
from cdktn_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationRuleA as S3BucketServerSideEncryptionConfigurationRule,
)
from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioningA as S3BucketVersioning
from cdktn_provider_aws.security_group import SecurityGroup
from cdktn_provider_aws.sns_topic import SnsTopic
from cdktn_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktn_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktn_provider_aws.sqs_queue import SqsQueue
from cdktn_provider_aws.sqs_queue_policy import SqsQueuePolicy
from cdktn_provider_aws.subnet import Subnet
from cdktn_provider_aws.vpc import Vpc
from cdktn_provider_aws.vpc_endpoint import VpcEndpoint
from cdktn_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktn_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

__all__ = [
    "AwsProvider",
    "AwsProviderAssumeRole",
    "AwsProviderDefaultTags",
    "BackupFramework",
    "BackupFrameworkControl",
    "BackupFrameworkControlScope",
    "BackupGlobalSettings",
    "BackupLogicallyAirGappedVault",
    "BackupPlan",
    "BackupPlanAdvancedBackupSetting",
    "BackupPlanRule",
    "BackupPlanRuleCopyAction",
    "BackupPlanRuleCopyActionLifecycle",
    "BackupPlanRuleLifecycle",
    "BackupRegionSettings",
    "BackupReportPlan",
    "BackupRestoreTestingPlan",
    "BackupRestoreTestingPlanRecoveryPointSelection",
    "BackupRestoreTestingSelection",
    "BackupRestoreTestingSelectionProtectedResourceConditions",
    "BackupSelection",
    "BackupSelectionCondition",
    "BackupVault",
    "BackupVaultLockConfiguration",
    "BackupVaultNotifications",
    "BackupVaultPolicy",
    "CloudformationStack",
    "Cloudtrail",
    "CloudtrailAdvancedEventSelector",
    "CloudtrailAdvancedEventSelectorFieldSelector",
    "CloudwatchDashboard",
    "CloudwatchEventApiDestination",
    "CloudwatchEventRule",
    "CloudwatchEventTarget",
    "CloudwatchEventTargetInputTransformer",
    "CloudwatchEventTargetRetryPolicy",
    "CloudwatchLogGroup",
    "CloudwatchLogMetricFilter",
    "CloudwatchLogMetricFilterMetricTransformation",
    "CloudwatchMetricAlarm",
    "DbInstanceAutomatedBackupsReplication",
    "DbSubnetGroup",
    "DefaultSecurityGroup",
    "DlmLifecyclePolicy",
    "DlmLifecyclePolicyPolicyDetails",
    "DlmLifecyclePolicyPolicyDetailsSchedule",
    "DlmLifecyclePolicyPolicyDetailsScheduleCrossRegionCopyRule",
    "FlowLog",
    "IamPolicy",
    "IamRole",
    "IamRolePolicy",
    "IamRolePolicyAttachment",
    "KmsAlias",
    "KmsKey",
    "KmsReplicaKey",
    "RbinRule",
    "RbinRuleLockConfiguration",
    "RbinRuleResourceTags",
    "RouteTable",
    "RouteTableAssociation",
    "S3Bucket",
    "S3BucketInventory",
    "S3BucketLifecycleConfiguration",
    "S3BucketLifecycleConfigurationRule",
    "S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload",
    "S3BucketLifecycleConfigurationRuleExpiration",
    "S3BucketLifecycleConfigurationRuleFilter",
    "S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration",
    "S3BucketLifecycleConfigurationRuleTransition",
    "S3BucketLogging",
    "S3BucketObjectLockConfiguration",
    "S3BucketOwnershipControls",
    "S3BucketPolicy",
    "S3BucketPublicAccessBlock",
    "S3BucketReplicationConfiguration",
    "S3BucketReplicationConfigurationRule",
    "S3BucketServerSideEncryptionConfiguration",
    "S3BucketServerSideEncryptionConfigurationRule",
    "S3BucketVersioning",
    "SecurityGroup",
    "SnsTopic",
    "SnsTopicPolicy",
    "SnsTopicSubscription",
    "SqsQueue",
    "SqsQueuePolicy",
    "Subnet",
    "Vpc",
    "VpcEndpoint",
    "VpcSecurityGroupEgressRule",
    "VpcSecurityGroupIngressRule",
]
