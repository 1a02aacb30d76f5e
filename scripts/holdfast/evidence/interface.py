"""What signs and what stores. One implementation a file: `kms_signer`, `local_signer`, `locked_store`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from holdfast.evidence.fields import format_instant
from holdfast.evidence.keys import PublicKey


class Signer(Protocol):
    """Holds a private key, or knows who does."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what `sign` makes.

        Raises:
            ServiceError: the key cannot be asked for.
        """

    def sign(self, data: bytes) -> bytes:
        """Sign `data`; what comes back verifies with `public_key`.

        Raises:
            ServiceError: the service that holds the key refuses or does not answer.
        """


@dataclass(frozen=True)
class Location:
    """Where a record is locked, as read back after writing."""

    bucket: str
    key: str
    version_id: str
    mode: str
    retain_until: datetime
    checksum_sha256: str

    @property
    def url(self) -> str:
        """Bucket, key and version in one line."""
        return f"s3://{self.bucket}/{self.key}?versionId={self.version_id}"

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "bucket": self.bucket,
            "key": self.key,
            "version_id": self.version_id,
            "mode": self.mode,
            "retain_until": format_instant(self.retain_until),
            "checksum_sha256": self.checksum_sha256,
        }


@dataclass(frozen=True)
class NotStored:
    """Why a record lies on this machine only."""

    reason: str

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"not_stored": self.reason}


class RemoteStore(Protocol):
    """Where records cannot be deleted. Names are the same as those below the local folder."""

    def names(self) -> list[str]:
        """What is there.

        Raises:
            ServiceError: the store does not answer.
        """

    def read(self, name: str) -> bytes:
        """The content under a name.

        Raises:
            ServiceError: there is none, or the store does not answer.
        """

    def add(self, name: str, data: bytes) -> Location:
        """Store `data` under a name that is free, and read it back. Harmless when exactly that is there already.

        Raises:
            StoreNameTaken: something else has the name.
            EvidenceNotHeld: it is not held as it should be.
            ServiceError: the store does not answer.
        """
