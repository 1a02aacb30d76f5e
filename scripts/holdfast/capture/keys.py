"""Customer-managed KMS keys: what they are, who may use them, how they rotate. Key material never leaves KMS."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of
from holdfast.capture.canonical import Resources

_FIELDS = (
    "Arn",
    "KeyUsage",
    "KeySpec",
    "KeyState",
    "Origin",
    "MultiRegion",
    "Description",
    "DeletionDate",
    "ValidTo",
)
_HAS_NO_ROTATION = frozenset({"UnsupportedOperationException", "KMSInvalidStateException"})


def customer_keys(kms: Any) -> Resources:
    """Every key the account manages itself, by key id, with aliases, policy, rotation and tags."""
    aliases: dict[str, list[str]] = {}
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page.get("Aliases", ()):
            aliases.setdefault(str(alias.get("TargetKeyId")), []).append(str(alias["AliasName"]))
    ids = [str(key["KeyId"]) for page in kms.get_paginator("list_keys").paginate() for key in page.get("Keys", ())]
    return {id_: found for id_ in ids if (found := _key(kms, id_, aliases.get(id_, [])))}


def _key(kms: Any, id_: str, aliases: list[str]) -> dict[str, Any]:
    metadata = kms.describe_key(KeyId=id_)["KeyMetadata"]
    if metadata.get("KeyManager") == "AWS":
        return {}
    return {
        **{name: metadata[name] for name in _FIELDS if name in metadata},
        "Aliases": aliases,
        "Policy": json.loads(kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"]),
        "Rotation": _rotation(kms, id_),
        "Tags": kms.list_resource_tags(KeyId=id_).get("Tags", []),
    }


def _rotation(kms: Any, id_: str) -> dict[str, Any] | None:
    """Whether and how often it rotates; nothing for a key that cannot, such as one that signs."""
    try:
        reply = kms.get_key_rotation_status(KeyId=id_)
    except ClientError as error:
        if code_of(error) in _HAS_NO_ROTATION:
            return None
        raise
    return {name: reply[name] for name in ("KeyRotationEnabled", "RotationPeriodInDays") if name in reply}
