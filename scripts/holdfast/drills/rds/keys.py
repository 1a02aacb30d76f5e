"""Whether what was restored is under a key that is not lost with the rest, and is the environment's own."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed
from holdfast.drills.context import Drill
from holdfast.drills.interface import RecoveryPoint
from holdfast.environments.model import Scenario
from holdfast.environments.names import SNAPSHOT_RESTORER

_NO_KEY = frozenset({"NotFoundException", "NotFound"})
_OWN_ALIAS = ":alias/aws/"


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
    return encrypted, here, _own(drill, point.region, key)


def _own(drill: Drill, region: str, key: str) -> Check:
    """A copy under a key nobody declared is under the wrong one; AWS's own goes with the account."""
    id_ = "key-is-the-environments"
    if _OWN_ALIAS in key:
        return failed(id_, CheckKind.KEY, f"it is under AWS's own key {key}", expected="a key of this environment")
    kms = drill.sessions.client("kms", region, role=SNAPSHOT_RESTORER)
    with translated("look for the keys of copies"):
        asked = (drill.names.copy_key_alias, drill.names.vault_key_alias)
        declared = {found for alias in asked if (found := _arn(kms, alias))}
        manager = kms.describe_key(KeyId=key)["KeyMetadata"].get("KeyManager") if not declared else None
    if declared and key not in declared:
        reason = f"it is under {key}, which is neither {' nor '.join(asked)} in {region}"
        return failed(id_, CheckKind.KEY, reason, expected=", ".join(sorted(declared)), observed=key)
    if manager == "AWS":
        return failed(id_, CheckKind.KEY, f"it is under AWS's own key {key}", expected="a key of this environment")
    return passed(id_, CheckKind.KEY, expected="a key of this environment", observed=key)


def _arn(kms: Any, alias: str) -> str | None:
    try:
        return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])
    except ClientError as error:
        if code_of(error) in _NO_KEY:
            return None
        raise
