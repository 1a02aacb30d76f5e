"""The keys of vaults: a recovery point can be read as long as its vault's key can be used, and no longer.

Each point has a data key under the key of its vault; it is unwrapped before anything is restored or copied. A key that
is disabled, or pending deletion, or denied to the caller's account, fails the job as it does at AWS.
https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.contents.errors import JobFailure

OWN_KEY = "alias/aws/backup"


def wrap(kms: Any, key_arn: str) -> bytes:
    """A data key under a vault's key, wrapped; nothing for AWS's own key, which the emulator has not.

    Raises:
        JobFailure: the key cannot be used.
    """
    if OWN_KEY in key_arn:
        return b""
    return bytes(_call(kms.generate_data_key, key_arn, KeySpec="AES_256")["CiphertextBlob"])


def unwrap(kms: Any, key_arn: str, wrapped: bytes) -> None:
    """Check that what is wrapped can be unwrapped.

    Raises:
        JobFailure: it cannot, and so nothing of the recovery point can be read.
    """
    if wrapped:
        _call(kms.decrypt, key_arn, CiphertextBlob=wrapped)


def _call(method: Any, key_arn: str, **given: Any) -> Any:
    try:
        return method(KeyId=key_arn, **given)
    except ClientError as error:
        answer = error.response.get("Error", {})
        raise JobFailure(
            f"The KMS key {key_arn} cannot be used: {answer.get('Code')}: {answer.get('Message')}"
        ) from error
