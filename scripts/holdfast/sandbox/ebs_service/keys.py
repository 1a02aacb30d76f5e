"""The keys of snapshots and volumes: what is under a key can be read as long as that key can be used.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.service.values import Place

OWN = "alias/aws/ebs"


class KeyUnusable(Exception):
    """A key is not there, or cannot be used; the text is what EBS says of it."""


def own_key(place: Place) -> str:
    """The key EBS itself has in a Region; the emulator has none, so it is only a name here, and always usable."""
    return f"arn:aws:kms:{place.region}:{place.account}:{OWN}"


def resolved(kms: Any, key: str | None, place: Place) -> str:
    """The ARN of a key that can be used now; EBS's own without one.

    Raises:
        KeyUnusable: it cannot.
    """
    if key is None or key.endswith(OWN):
        return own_key(place)
    try:
        told = kms.describe_key(KeyId=key)["KeyMetadata"]
    except ClientError as error:
        raise KeyUnusable("Given key ID is not accessible") from error
    if told.get("KeyState") != "Enabled":
        raise KeyUnusable(f"Given key ID is not accessible: {told['Arn']} is {told.get('KeyState')}")
    if f":{place.region}:" not in told["Arn"]:
        raise KeyUnusable("Given key ID is not accessible: it is a key of another Region")
    return str(told["Arn"])
