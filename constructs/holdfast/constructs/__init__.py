"""What can be declared: backups that cannot be deleted early, as CDK Terrain constructs.

    from holdfast.constructs import BackupKey, ImmutableBucket

Names are imported when they are first asked for, because the provider binding takes seconds to load.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from holdfast.constructs._node import use_bundled_node

use_bundled_node()

if TYPE_CHECKING:
    from holdfast.constructs.access_alarms import AccessAlarms
    from holdfast.constructs.air_gapped_vault import LogicallyAirGappedVault
    from holdfast.constructs.alarm import Alarm, Comparison, Metric, Silence, Window
    from holdfast.constructs.alert_topic import AlertTopic, Urgency
    from holdfast.constructs.audit_framework import BackupFramework, Control
    from holdfast.constructs.audit_trail import AuditTrail
    from holdfast.constructs.auditor import Auditor, ReadableTrail
    from holdfast.constructs.automated_backup_replication import AutomatedBackupReplication
    from holdfast.constructs.backup_alarms import BackupAlarms
    from holdfast.constructs.backup_coverage import BackupCoverage
    from holdfast.constructs.backup_job_rules import BackupJobRules
    from holdfast.constructs.backup_key import BackupKey
    from holdfast.constructs.backup_key_replica import BackupKeyReplica
    from holdfast.constructs.backup_operator import BackupOperator
    from holdfast.constructs.backup_plan import BackupPlan
    from holdfast.constructs.backup_rule import BackupRule, CopyTo
    from holdfast.constructs.backup_selection import BackupSelection, Conditions
    from holdfast.constructs.backup_settings import BackupGlobalSettings, BackupRegionSettings
    from holdfast.constructs.backup_vault import BackupVault, VaultEvent
    from holdfast.constructs.backup_writer import BackupWriter
    from holdfast.constructs.break_glass import BreakGlass
    from holdfast.constructs.bucket_replication import BucketReplication, Destination
    from holdfast.constructs.continuous_protection import ContinuousProtection
    from holdfast.constructs.drill_restorer import DrillRestorer
    from holdfast.constructs.drill_runner import DrillRunner
    from holdfast.constructs.evidence_bucket import EvidenceBucket
    from holdfast.constructs.immutable_bucket import EVERYWHERE, ImmutableBucket
    from holdfast.constructs.isolated_network import IsolatedNetwork
    from holdfast.constructs.lifecycle import Lifecycle, StorageClass, Transition
    from holdfast.constructs.log_bucket import LogBucket
    from holdfast.constructs.object_lock import LockMode, ObjectLock
    from holdfast.constructs.policies.drill_made import DrillMade
    from holdfast.constructs.policies.role import KeyAlias
    from holdfast.constructs.policies.scratch import Scratch
    from holdfast.constructs.principals import NOBODY, Principals
    from holdfast.constructs.recovery_dashboard import RecoveryDashboard
    from holdfast.constructs.recycle_bin_rule import RecycleBinRule, Recycled
    from holdfast.constructs.removal import Removal
    from holdfast.constructs.report_plan import BackupReportPlan, ReportTemplate
    from holdfast.constructs.response import Response
    from holdfast.constructs.restore_operator import RestoreOperator
    from holdfast.constructs.restore_testing import RestoreTest, RestoreTestingPlan, TestedResource
    from holdfast.constructs.restricted_role import RestrictedRole
    from holdfast.constructs.service_control_policy import ServiceControlPolicy
    from holdfast.constructs.service_role import Purpose, ServiceRole
    from holdfast.constructs.siem_delivery import SiemDelivery
    from holdfast.constructs.signing_key import SigningKey
    from holdfast.constructs.snapshot_policy import SnapshotPolicy, SnapshotTarget
    from holdfast.constructs.snapshot_restorer import SnapshotRestorer
    from holdfast.constructs.snapshot_schedule import RegionalCopy, SnapshotSchedule
    from holdfast.constructs.stream_writer import StreamWriter
    from holdfast.constructs.subscriber import Subscriber
    from holdfast.constructs.tamper_rules import TamperRules
    from holdfast.constructs.trail_bucket import TrailBucket
    from holdfast.constructs.transport import Transport
    from holdfast.constructs.vault_key import VaultKey
    from holdfast.constructs.vault_lock import Compliance, Governance
    from holdfast.constructs.watch_key import WatchKey
    from holdfast.constructs.watched import (
        ExpectedJobs,
        ExpectedSets,
        ExpiringKey,
        JobKind,
        StorageLimit,
        WatchedAge,
        WatchedReplication,
    )

_MODULES = {
    "access_alarms": ("AccessAlarms",),
    "air_gapped_vault": ("LogicallyAirGappedVault",),
    "alarm": ("Alarm", "Comparison", "Metric", "Silence", "Window"),
    "alert_topic": ("AlertTopic", "Urgency"),
    "audit_framework": ("BackupFramework", "Control"),
    "audit_trail": ("AuditTrail",),
    "auditor": ("Auditor", "ReadableTrail"),
    "automated_backup_replication": ("AutomatedBackupReplication",),
    "backup_alarms": ("BackupAlarms",),
    "backup_job_rules": ("BackupJobRules",),
    "backup_coverage": ("BackupCoverage",),
    "backup_key": ("BackupKey",),
    "backup_key_replica": ("BackupKeyReplica",),
    "backup_operator": ("BackupOperator",),
    "backup_plan": ("BackupPlan",),
    "backup_rule": ("BackupRule", "CopyTo"),
    "backup_selection": ("BackupSelection", "Conditions"),
    "backup_settings": ("BackupGlobalSettings", "BackupRegionSettings"),
    "backup_vault": ("BackupVault", "VaultEvent"),
    "backup_writer": ("BackupWriter",),
    "break_glass": ("BreakGlass",),
    "bucket_replication": ("BucketReplication", "Destination"),
    "continuous_protection": ("ContinuousProtection",),
    "drill_restorer": ("DrillRestorer",),
    "drill_runner": ("DrillRunner",),
    "evidence_bucket": ("EvidenceBucket",),
    "immutable_bucket": ("EVERYWHERE", "ImmutableBucket"),
    "isolated_network": ("IsolatedNetwork",),
    "lifecycle": ("Lifecycle", "StorageClass", "Transition"),
    "log_bucket": ("LogBucket",),
    "object_lock": ("LockMode", "ObjectLock"),
    "policies.drill_made": ("DrillMade",),
    "policies.role": ("KeyAlias",),
    "policies.scratch": ("Scratch",),
    "principals": ("NOBODY", "Principals"),
    "recovery_dashboard": ("RecoveryDashboard",),
    "recycle_bin_rule": ("Recycled", "RecycleBinRule"),
    "removal": ("Removal",),
    "report_plan": ("BackupReportPlan", "ReportTemplate"),
    "response": ("Response",),
    "restore_operator": ("RestoreOperator",),
    "restore_testing": ("RestoreTest", "RestoreTestingPlan", "TestedResource"),
    "restricted_role": ("RestrictedRole",),
    "service_control_policy": ("ServiceControlPolicy",),
    "service_role": ("Purpose", "ServiceRole"),
    "siem_delivery": ("SiemDelivery",),
    "signing_key": ("SigningKey",),
    "snapshot_policy": ("SnapshotPolicy", "SnapshotTarget"),
    "snapshot_restorer": ("SnapshotRestorer",),
    "snapshot_schedule": ("RegionalCopy", "SnapshotSchedule"),
    "stream_writer": ("StreamWriter",),
    "subscriber": ("Subscriber",),
    "tamper_rules": ("TamperRules",),
    "trail_bucket": ("TrailBucket",),
    "transport": ("Transport",),
    "vault_key": ("VaultKey",),
    "vault_lock": ("Compliance", "Governance"),
    "watch_key": ("WatchKey",),
    "watched": (
        "ExpectedJobs",
        "ExpectedSets",
        "ExpiringKey",
        "JobKind",
        "StorageLimit",
        "WatchedAge",
        "WatchedReplication",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "EVERYWHERE",
    "NOBODY",
    "AccessAlarms",
    "Alarm",
    "AlertTopic",
    "AuditTrail",
    "Auditor",
    "AutomatedBackupReplication",
    "BackupAlarms",
    "BackupCoverage",
    "BackupFramework",
    "BackupGlobalSettings",
    "BackupJobRules",
    "BackupKey",
    "BackupKeyReplica",
    "BackupOperator",
    "BackupPlan",
    "BackupRegionSettings",
    "BackupReportPlan",
    "BackupRule",
    "BackupSelection",
    "BackupVault",
    "BackupWriter",
    "BreakGlass",
    "BucketReplication",
    "Comparison",
    "Compliance",
    "Conditions",
    "ContinuousProtection",
    "Control",
    "CopyTo",
    "Destination",
    "DrillMade",
    "DrillRestorer",
    "DrillRunner",
    "EvidenceBucket",
    "ExpectedJobs",
    "ExpectedSets",
    "ExpiringKey",
    "Governance",
    "ImmutableBucket",
    "IsolatedNetwork",
    "JobKind",
    "KeyAlias",
    "Lifecycle",
    "LockMode",
    "LogBucket",
    "LogicallyAirGappedVault",
    "Metric",
    "ObjectLock",
    "Principals",
    "Purpose",
    "ReadableTrail",
    "RecoveryDashboard",
    "RecycleBinRule",
    "Recycled",
    "RegionalCopy",
    "Removal",
    "ReportTemplate",
    "Response",
    "RestoreOperator",
    "RestoreTest",
    "RestoreTestingPlan",
    "RestrictedRole",
    "Scratch",
    "ServiceControlPolicy",
    "ServiceRole",
    "SiemDelivery",
    "SigningKey",
    "Silence",
    "SnapshotPolicy",
    "SnapshotRestorer",
    "SnapshotSchedule",
    "SnapshotTarget",
    "StorageClass",
    "StorageLimit",
    "StreamWriter",
    "Subscriber",
    "TamperRules",
    "TestedResource",
    "TrailBucket",
    "Transition",
    "Transport",
    "Urgency",
    "VaultEvent",
    "VaultKey",
    "WatchKey",
    "WatchedAge",
    "WatchedReplication",
    "Window",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
