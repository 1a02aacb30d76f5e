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
    from holdfast.constructs.air_gapped_vault import LogicallyAirGappedVault
    from holdfast.constructs.audit_framework import BackupFramework, Control
    from holdfast.constructs.automated_backup_replication import AutomatedBackupReplication
    from holdfast.constructs.backup_key import BackupKey
    from holdfast.constructs.backup_key_replica import BackupKeyReplica
    from holdfast.constructs.backup_plan import BackupPlan
    from holdfast.constructs.backup_rule import BackupRule, CopyTo
    from holdfast.constructs.backup_selection import BackupSelection, Conditions
    from holdfast.constructs.backup_settings import BackupGlobalSettings, BackupRegionSettings
    from holdfast.constructs.backup_vault import BackupVault, VaultEvent
    from holdfast.constructs.backup_writer import BackupWriter
    from holdfast.constructs.bucket_replication import BucketReplication, Destination
    from holdfast.constructs.continuous_protection import ContinuousProtection
    from holdfast.constructs.drill_runner import DrillRunner
    from holdfast.constructs.evidence_bucket import EvidenceBucket
    from holdfast.constructs.immutable_bucket import EVERYWHERE, ImmutableBucket
    from holdfast.constructs.lifecycle import Lifecycle, StorageClass, Transition
    from holdfast.constructs.log_bucket import LogBucket
    from holdfast.constructs.object_lock import LockMode, ObjectLock
    from holdfast.constructs.policies.role import KeyAlias
    from holdfast.constructs.principals import NOBODY, Principals
    from holdfast.constructs.recycle_bin_rule import RecycleBinRule, Recycled
    from holdfast.constructs.removal import Removal
    from holdfast.constructs.report_plan import BackupReportPlan, ReportTemplate
    from holdfast.constructs.restore_testing import RestoreTest, RestoreTestingPlan, TestedResource
    from holdfast.constructs.restricted_role import RestrictedRole
    from holdfast.constructs.service_role import Purpose, ServiceRole
    from holdfast.constructs.signing_key import SigningKey
    from holdfast.constructs.snapshot_policy import SnapshotPolicy, SnapshotTarget
    from holdfast.constructs.snapshot_schedule import RegionalCopy, SnapshotSchedule
    from holdfast.constructs.transport import Transport
    from holdfast.constructs.vault_key import VaultKey
    from holdfast.constructs.vault_lock import Compliance, Governance

_MODULES = {
    "air_gapped_vault": ("LogicallyAirGappedVault",),
    "audit_framework": ("BackupFramework", "Control"),
    "automated_backup_replication": ("AutomatedBackupReplication",),
    "backup_key": ("BackupKey",),
    "backup_key_replica": ("BackupKeyReplica",),
    "backup_plan": ("BackupPlan",),
    "backup_rule": ("BackupRule", "CopyTo"),
    "backup_selection": ("BackupSelection", "Conditions"),
    "backup_settings": ("BackupGlobalSettings", "BackupRegionSettings"),
    "backup_vault": ("BackupVault", "VaultEvent"),
    "backup_writer": ("BackupWriter",),
    "bucket_replication": ("BucketReplication", "Destination"),
    "continuous_protection": ("ContinuousProtection",),
    "drill_runner": ("DrillRunner",),
    "evidence_bucket": ("EvidenceBucket",),
    "immutable_bucket": ("EVERYWHERE", "ImmutableBucket"),
    "lifecycle": ("Lifecycle", "StorageClass", "Transition"),
    "log_bucket": ("LogBucket",),
    "object_lock": ("LockMode", "ObjectLock"),
    "policies.role": ("KeyAlias",),
    "principals": ("NOBODY", "Principals"),
    "recycle_bin_rule": ("Recycled", "RecycleBinRule"),
    "removal": ("Removal",),
    "report_plan": ("BackupReportPlan", "ReportTemplate"),
    "restore_testing": ("RestoreTest", "RestoreTestingPlan", "TestedResource"),
    "restricted_role": ("RestrictedRole",),
    "service_role": ("Purpose", "ServiceRole"),
    "signing_key": ("SigningKey",),
    "snapshot_policy": ("SnapshotPolicy", "SnapshotTarget"),
    "snapshot_schedule": ("RegionalCopy", "SnapshotSchedule"),
    "transport": ("Transport",),
    "vault_key": ("VaultKey",),
    "vault_lock": ("Compliance", "Governance"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "EVERYWHERE",
    "NOBODY",
    "AutomatedBackupReplication",
    "BackupFramework",
    "BackupGlobalSettings",
    "BackupKey",
    "BackupKeyReplica",
    "BackupPlan",
    "BackupRegionSettings",
    "BackupReportPlan",
    "BackupRule",
    "BackupSelection",
    "BackupVault",
    "BackupWriter",
    "BucketReplication",
    "Compliance",
    "Conditions",
    "ContinuousProtection",
    "Control",
    "CopyTo",
    "Destination",
    "DrillRunner",
    "EvidenceBucket",
    "Governance",
    "ImmutableBucket",
    "KeyAlias",
    "Lifecycle",
    "LockMode",
    "LogBucket",
    "LogicallyAirGappedVault",
    "ObjectLock",
    "Principals",
    "Purpose",
    "RecycleBinRule",
    "Recycled",
    "RegionalCopy",
    "Removal",
    "ReportTemplate",
    "RestoreTest",
    "RestoreTestingPlan",
    "RestrictedRole",
    "ServiceRole",
    "SigningKey",
    "SnapshotPolicy",
    "SnapshotSchedule",
    "SnapshotTarget",
    "StorageClass",
    "TestedResource",
    "Transition",
    "Transport",
    "VaultEvent",
    "VaultKey",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
