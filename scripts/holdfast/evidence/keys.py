"""Public keys: what verifies a signature, what names a key, and for which time somebody trusts it.

A key is trusted because whoever verifies says so, never because a record or a file beside it names it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined]  # the package lists no exports

from holdfast.errors import Source
from holdfast.evidence.errors import UnusableKey
from holdfast.evidence.fields import format_instant, parse_instant
from holdfast.evidence.files import read_regular
from holdfast.evidence.refusals import (
    BadSignature,
    KeyExpired,
    KeyFileDamaged,
    KeyNotYetValid,
    MalleableSignature,
    Refusal,
)
from holdfast.evidence.strict_json import canonical, parse

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the base point of P-256 (FIPS 186-5, SP 800-186)."""

TRUSTED_KEY_SCHEMA = "holdfast.trusted-key/1"
_MAX_KEY_BYTES = 16 * 1024
_TO_SECONDS = len("2026-11-22T02:00:00Z")


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 or ECDSA P-256 public key.

    Args:
        pem: SubjectPublicKeyInfo in PEM, byte for byte as every tool writes it.
    """

    pem: bytes

    @classmethod
    def from_pem(cls, pem: bytes) -> PublicKey:
        """Read a PEM file.

        Raises:
            KeyFileDamaged: it is no such key, or written in any but the usual way: no comments, lines of 64, one
                newline at the end.
        """
        key = cls._of(load_pem_public_key, pem)
        if key.pem != pem:
            raise KeyFileDamaged(problem="it is not written as `openssl pkey -pubin -pubout` writes it")
        return key

    @classmethod
    def from_der(cls, der: bytes) -> PublicKey:
        """Read SubjectPublicKeyInfo in DER, as KMS gives it.

        Raises:
            KeyFileDamaged: it is no such key.
        """
        return cls._of(load_der_public_key, der)

    @classmethod
    def _of(cls, load: Any, data: bytes) -> PublicKey:  # two loaders of one library
        try:
            key = load(data)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyFileDamaged(problem="it cannot be read") from None
        is_p256 = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
        if not (isinstance(key, Ed25519PublicKey) or is_p256):
            raise KeyFileDamaged(problem="it is neither Ed25519 nor ECDSA P-256")
        return cls(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    @cached_property
    def _key(self) -> Ed25519PublicKey | EllipticCurvePublicKey:
        return load_pem_public_key(self.pem)  # type: ignore[return-value]  # checked when it was made

    @cached_property
    def keyid(self) -> str:
        """SHA-256 of SubjectPublicKeyInfo in DER, in hexadecimal: the same for everybody who has the key."""
        return hashlib.sha256(self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    @property
    def algorithm(self) -> str:
        """`Ed25519` or `ECDSA P-256`."""
        return "Ed25519" if isinstance(self._key, Ed25519PublicKey) else "ECDSA P-256"

    @property
    def is_machines_own(self) -> bool:
        """Whether a machine keeps the private half: those sign with Ed25519, and the keys in KMS with ECDSA P-256."""
        return self.algorithm == "Ed25519"

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a signature over `data`.

        Raises:
            BadSignature: it is not this key's over these bytes.
            MalleableSignature: it is, but in a second spelling that anybody can derive from the first.
        """
        try:
            SSlibKey.from_crypto(self._key, keyid=self.keyid).verify_signature(
                Signature(self.keyid, signature.hex()), data
            )
        except UnverifiedSignatureError:
            raise BadSignature from None
        if self.algorithm != "Ed25519" and low_s(signature) != signature:
            raise MalleableSignature


def low_s(signature: bytes) -> bytes:
    """The one accepted spelling of an ECDSA P-256 signature: DER, with S in the lower half of the order.

    (r, s) and (r, n - s) both verify, and KMS gives either.
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


@dataclass(frozen=True)
class TrustedKey:
    """A key somebody trusts, and from when until when (both moments included)."""

    key: PublicKey
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def check_window(self, recorded_at: datetime) -> None:
        """Check that the key was trusted at a moment.

        Raises:
            KeyNotYetValid: it was too early.
            KeyExpired: it was too late.
        """
        at = format_instant(recorded_at)
        if self.valid_from and recorded_at < self.valid_from:
            raise KeyNotYetValid(recorded_at=at, valid_from=format_instant(self.valid_from))
        if self.valid_until and recorded_at > self.valid_until:
            raise KeyExpired(recorded_at=at, valid_until=format_instant(self.valid_until))

    def document(self) -> bytes:
        """The file `--key` reads when a key is trusted for a time only."""
        window = {"valid_from": self.valid_from, "valid_until": self.valid_until}
        times = {name: format_instant(moment) for name, moment in window.items() if moment}
        return canonical({"schema": TRUSTED_KEY_SCHEMA, "pem": self.key.pem.decode(), **times}) + b"\n"


def read_trusted_key(path: Path) -> TrustedKey:
    """Read a key that was passed: PEM, or the fields of `TrustedKey.document`, laid out in any way.

    Raises:
        UnusableKey: naming the file and what is wrong with it.
        EvidencePathMissing: there is no such file.
    """
    try:
        data = read_regular(path, limit=_MAX_KEY_BYTES)
        return _from_document(data) if data.startswith(b"{") else TrustedKey(PublicKey.from_pem(data))
    except Refusal as error:
        raise UnusableKey(problem=error.message, source=Source(path)) from None


def read_key_file(path: Path) -> PublicKey:
    """Read a key of an evidence folder.

    Raises:
        Refusal: it is not, byte for byte, a key that was written there.
    """
    key = PublicKey.from_pem(read_regular(path, limit=_MAX_KEY_BYTES))
    if path.name != key_file_name(key):
        raise KeyFileDamaged(problem=f"its name should be {key_file_name(key)}")
    return key


def key_file_name(key: PublicKey) -> str:
    """The name of a key's file: its id."""
    return f"{key.keyid}.pem"


def _from_document(data: bytes) -> TrustedKey:
    document = parse(data)
    if not isinstance(document, dict) or document.get("schema") != TRUSTED_KEY_SCHEMA:
        raise KeyFileDamaged(problem=f"it does not say schema {TRUSTED_KEY_SCHEMA}")
    if not isinstance(document.get("pem"), str) or set(document) - {"schema", "pem", "valid_from", "valid_until"}:
        raise KeyFileDamaged(problem="its fields are schema, pem, valid_from, valid_until")
    try:
        times = {name: _moment(document[name]) for name in ("valid_from", "valid_until") if name in document}
    except ValueError as error:
        raise KeyFileDamaged(problem=str(error)) from None
    return TrustedKey(PublicKey.from_pem(document["pem"].encode()), **times)


def _moment(value: Any) -> datetime:  # whatever a document holds
    """A moment as people write it: with milliseconds or without."""
    to_seconds = isinstance(value, str) and len(value) == _TO_SECONDS and value.endswith("Z")
    return parse_instant(f"{value[:-1]}.000Z" if to_seconds else value)
