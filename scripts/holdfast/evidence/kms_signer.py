"""A P-256 key in AWS KMS: the private key never leaves it, and who may sign is for IAM and the key's policy to say."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

from holdfast.aws.translate import translated
from holdfast.evidence.errors import SigningKeyUnsuitable
from holdfast.evidence.keys import PublicKey, low_s
from holdfast.evidence.refusals import KeyFileDamaged, Refusal

ALGORITHM = "ECDSA_SHA_256"


class KmsSigner:
    """Signs with a KMS key of spec ECC_NIST_P256 and usage SIGN_VERIFY.

    Only the digest of what is signed goes to KMS. It needs `kms:GetPublicKey` and `kms:Sign` on the key.

    Args:
        client: a boto3 client of KMS, in the Region of the key.
        key: an alias, such as `Names.signing_key_alias`, or an ARN.
    """

    def __init__(self, client: Any, key: str) -> None:  # boto3 clients are made at run time
        self._client, self._name = client, key

    @cached_property
    def public_key(self) -> PublicKey:
        """The public half, asked for once.

        Raises:
            ServiceError: KMS refuses or does not answer.
            SigningKeyUnsuitable: the key is of another kind.
        """
        with translated("ask for the key that signs evidence"):
            reply = self._client.get_public_key(KeyId=self._name)
        if reply.get("KeyUsage") != "SIGN_VERIFY" or reply.get("KeySpec") != "ECC_NIST_P256":
            raise SigningKeyUnsuitable(
                key=self._name, problem=f"it is {reply.get('KeySpec')} for {reply.get('KeyUsage')}"
            )
        try:
            return PublicKey.from_der(reply["PublicKey"])
        except KeyFileDamaged as error:
            raise SigningKeyUnsuitable(key=self._name, problem=error.values["problem"]) from None

    def sign(self, data: bytes) -> bytes:
        """Sign `data`, and check the signature before it is used: the alias may point at another key by now.

        Raises:
            ServiceError: KMS refuses or does not answer.
            SigningKeyUnsuitable: what it gave does not verify.
        """
        with translated("sign evidence"):
            reply = self._client.sign(
                KeyId=self._name,
                Message=hashlib.sha256(data).digest(),
                MessageType="DIGEST",
                SigningAlgorithm=ALGORITHM,
            )
        try:
            signature = low_s(reply["Signature"])
            self.public_key.verify(signature, data)
        except (ValueError, Refusal):
            raise SigningKeyUnsuitable(key=self._name, problem="its signature does not verify") from None
        return signature
