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
    from holdfast.constructs.immutable_bucket import ImmutableBucket
    from holdfast.constructs.object_lock import LockMode, ObjectLock
    from holdfast.constructs.principals import Principals
    from holdfast.constructs.removal import Removal
    from holdfast.constructs.transport import Transport

_HOME = {
    "BackupKey": "backup_key",
    "ImmutableBucket": "immutable_bucket",
    "LockMode": "object_lock",
    "ObjectLock": "object_lock",
    "Principals": "principals",
    "Removal": "removal",
    "Transport": "transport",
}

__all__ = ["BackupKey", "ImmutableBucket", "LockMode", "ObjectLock", "Principals", "Removal", "Transport"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
