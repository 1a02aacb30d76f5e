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
    from holdfast.constructs.backup_key import BackupKey
    from holdfast.constructs.backup_key_replica import BackupKeyReplica
    from holdfast.constructs.backup_writer import BackupWriter
    from holdfast.constructs.bucket_replication import BucketReplication, Destination
    from holdfast.constructs.drill_runner import DrillRunner
    from holdfast.constructs.evidence_bucket import EvidenceBucket
    from holdfast.constructs.immutable_bucket import EVERYWHERE, ImmutableBucket
    from holdfast.constructs.lifecycle import Lifecycle, StorageClass, Transition
    from holdfast.constructs.log_bucket import LogBucket
    from holdfast.constructs.object_lock import LockMode, ObjectLock
    from holdfast.constructs.policies.role import KeyAlias
    from holdfast.constructs.principals import NOBODY, Principals
    from holdfast.constructs.removal import Removal
    from holdfast.constructs.restricted_role import RestrictedRole
    from holdfast.constructs.signing_key import SigningKey
    from holdfast.constructs.transport import Transport

_MODULES = {
    "backup_key": ("BackupKey",),
    "backup_key_replica": ("BackupKeyReplica",),
    "backup_writer": ("BackupWriter",),
    "bucket_replication": ("BucketReplication", "Destination"),
    "drill_runner": ("DrillRunner",),
    "evidence_bucket": ("EvidenceBucket",),
    "immutable_bucket": ("EVERYWHERE", "ImmutableBucket"),
    "lifecycle": ("Lifecycle", "StorageClass", "Transition"),
    "log_bucket": ("LogBucket",),
    "object_lock": ("LockMode", "ObjectLock"),
    "policies.role": ("KeyAlias",),
    "principals": ("NOBODY", "Principals"),
    "removal": ("Removal",),
    "restricted_role": ("RestrictedRole",),
    "signing_key": ("SigningKey",),
    "transport": ("Transport",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "EVERYWHERE",
    "NOBODY",
    "BackupKey",
    "BackupKeyReplica",
    "BackupWriter",
    "BucketReplication",
    "Destination",
    "DrillRunner",
    "EvidenceBucket",
    "ImmutableBucket",
    "KeyAlias",
    "Lifecycle",
    "LockMode",
    "LogBucket",
    "ObjectLock",
    "Principals",
    "Removal",
    "RestrictedRole",
    "SigningKey",
    "StorageClass",
    "Transition",
    "Transport",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
