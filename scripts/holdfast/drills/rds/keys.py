"""Whether what was restored is under a key that is not lost with the rest, and is the environment's own."""

from __future__ import annotations

from typing import Any

from holdfast.drills.checks import Check, CheckKind, compare
from holdfast.drills.context import Drill
from holdfast.drills.copy_keys import declared_key
from holdfast.drills.interface import RecoveryPoint
from holdfast.environments.model import Scenario


def key_checks(drill: Drill, point: RecoveryPoint, restored: dict[str, Any]) -> tuple[Check, ...]:
    """Encrypted; under a key of the Region that is left; and there under a key the environment declares.

    Raises:
        ServiceError: KMS refuses or does not answer.
    """
    encrypted = compare(
        "encrypted",
        CheckKind.KEY,
        expected=True,
        observed=bool(restored.get("StorageEncrypted")) and point.kms_key is not None,
        because="what was restored, or what it was restored from, is not encrypted",
    )
    key = point.kms_key or ""
    region = key.split(":")[3] if key.count(":") > 3 else "none"
    here = compare("key-out-of-reach-of-the-loss", CheckKind.KEY, expected=point.region, observed=region)
    if drill.spec.scenario is not Scenario.REGION_LOSS or not key:
        return encrypted, here
    return encrypted, here, declared_key(drill, point.region, key)
