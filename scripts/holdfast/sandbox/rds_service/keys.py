"""The keys data is under: each instance and each copy has a data key that has to be unwrapped before it is used.

A key that is disabled, pending deletion, or of another Region cannot be used. AWS's own key, `alias/aws/rds`, which the
emulator does not have, stands for itself.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.rds_service.errors import invalid, key_not_accessible
from holdfast.sandbox.service.values import Place

OWN_ALIAS = "alias/aws/rds"


@dataclass(frozen=True)
class DataKey:
    """A data key under a KMS key.

    Args:
        arn: the KMS key.
        wrapped: the data key as KMS wrapped it; empty under AWS's own key.
    """

    arn: str
    wrapped: bytes = b""

    def usable(self, kms: Any) -> None:
        """Check that what is under it can be read.

        Raises:
            ServiceAnswer: the KMS key cannot be used.
        """
        if self.wrapped:
            _asked(lambda: kms.decrypt(KeyId=self.arn, CiphertextBlob=self.wrapped), self.arn)


def new_key(kms: Any, place: Place, asked: str | None) -> DataKey:
    """A data key under the KMS key that is asked for, in its own Region; AWS's own when none is.

    Raises:
        ServiceAnswer: that key is of another Region, or cannot be used.
    """
    if not asked or asked.endswith(OWN_ALIAS):
        return DataKey(f"arn:aws:kms:{place.region}:{place.account}:{OWN_ALIAS}")
    if asked.startswith("arn:") and asked.split(":")[3] != place.region:
        raise invalid(f"The KMS key {asked} is not in {place.region}.")
    told = _asked(lambda: kms.generate_data_key(KeyId=asked, KeySpec="AES_256"), asked)
    return DataKey(str(told["KeyId"]), bytes(told["CiphertextBlob"]))


def _asked(call: Any, key: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = call()
    except ClientError as error:
        raise key_not_accessible(key, str(error.response.get("Error", {}).get("Code"))) from error
    return answer
