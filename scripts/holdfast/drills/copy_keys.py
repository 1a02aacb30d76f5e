"""Whether a copy is under a key the environment declares: another key of the same account is watched by nobody."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.checks import Check, CheckKind, failed, passed
from holdfast.drills.context import Drill
from holdfast.environments.names import SNAPSHOT_RESTORER

_ID = "key-is-the-environments"
_NO_KEY = frozenset({"NotFoundException", "NotFound"})
_OWN_ALIAS = ":alias/aws/"


def declared_key(drill: Drill, region: str, key: str) -> Check:
    """Held against the keys of copies and of vaults, as KMS resolves their aliases now, and against `drill.keys`.

    Args:
        drill: whose environment declares keys.
        region: where the copy is.
        key: ARN of the key it is under.

    Raises:
        ServiceError: KMS refuses or does not answer.
    """
    if _OWN_ALIAS in key:
        return failed(_ID, CheckKind.KEY, f"it is under AWS's own key {key}", expected="a key of this environment")
    kms = drill.sessions.client("kms", region, role=SNAPSHOT_RESTORER)
    aliases = (drill.names.copy_key_alias, drill.names.vault_key_alias)
    with translated("look for the keys of copies"):
        declared = {found for alias in aliases if (found := _arn(kms, alias))}
    declared |= {each for each in drill.environment.drill.keys if each.split(":")[3] == region}
    if key in declared:
        return passed(_ID, CheckKind.KEY, expected="a key of this environment", observed=key)
    reason = f"it is under {key}, which is neither {' nor '.join(aliases)} in {region}, nor one of drill.keys"
    expected = ", ".join(sorted(declared)) or f"a key of this environment; none is declared in {region}"
    return failed(_ID, CheckKind.KEY, reason, expected=expected, observed=key)


def _arn(kms: Any, alias: str) -> str | None:
    try:
        return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])
    except ClientError as error:
        if code_of(error) in _NO_KEY:
            return None
        raise
