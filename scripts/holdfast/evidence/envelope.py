"""DSSE v1: the signature over the type and the bytes of what is signed (github.com/secure-systems-lab/dsse).

Stricter than DSSE where that makes every byte of the file count: exactly one signature, a key id that is the one of
the key that verifies, and one way to write the envelope. The key id still decides nothing: every trusted key is tried.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from securesystemslib.dsse import Envelope

from holdfast.evidence.interface import Signer
from holdfast.evidence.keys import TrustedKey
from holdfast.evidence.refusals import (
    BadSignature,
    ExtraSignature,
    KeyIdMismatch,
    NotAnEnvelope,
    NotBase64,
    NotCanonical,
    RepeatedSignature,
    SignatureMissing,
    UnknownSigner,
    WrongPayloadType,
)
from holdfast.evidence.strict_json import canonical, parse

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_FIELDS = {"payload", "payloadType", "signatures"}


@dataclass(frozen=True)
class Opened:
    """An envelope whose signature was verified."""

    payload: bytes
    signer: TrustedKey
    digest: str


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The bytes that are signed: DSSE's pre-authentication encoding."""
    return bytes(Envelope(payload, payload_type, {}).pae())


def seal(payload: bytes, signer: Signer) -> bytes:
    """Sign `payload` and write the envelope, in its one form.

    Raises:
        ServiceError: the signer cannot sign.
    """
    signature = signer.sign(pae(payload))
    return _write(payload, signer.public_key.keyid, signature)


def open_envelope(data: bytes, keys: Sequence[TrustedKey]) -> Opened:
    """Read an envelope and verify its signature.

    Args:
        data: the bytes of the file.
        keys: the keys that are trusted; with none, nothing verifies.

    Raises:
        Refusal: its class says what is wrong.
    """
    document = parse(data)
    payload, keyid, signature = _fields(document)
    signer = _signer(signature, pae(payload), keys, keyid)
    if keyid != signer.key.keyid:
        raise KeyIdMismatch(got=keyid[:80], expected=signer.key.keyid)
    if _write(payload, keyid, signature) != data:
        raise NotCanonical(part="envelope")
    return Opened(payload, signer, hashlib.sha256(data).hexdigest())


def _write(payload: bytes, keyid: str, signature: bytes) -> bytes:
    return (
        canonical(
            {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
            }
        )
        + b"\n"
    )


def _fields(document: Any) -> tuple[bytes, str, bytes]:  # any JSON
    if not isinstance(document, dict) or not document.keys() >= _FIELDS:
        raise NotAnEnvelope(problem=f"it lacks one of {', '.join(sorted(_FIELDS))}")
    if document["payloadType"] != PAYLOAD_TYPE:
        raise WrongPayloadType(got=str(document["payloadType"])[:80], expected=PAYLOAD_TYPE)
    signatures = document["signatures"]
    if not isinstance(signatures, list) or not all(_is_signature(each) for each in signatures):
        raise NotAnEnvelope(problem="signatures is not a list of {keyid, sig}")
    if not signatures:
        raise SignatureMissing
    if len(signatures) > 1:
        raise _too_many(signatures)
    payload = _decoded(document["payload"], "payload")
    return payload, signatures[0]["keyid"], _decoded(signatures[0]["sig"], "the signature")


def _is_signature(each: object) -> bool:
    return isinstance(each, dict) and isinstance(each.get("keyid"), str) and isinstance(each.get("sig"), str)


def _too_many(signatures: list[dict[str, str]]) -> RepeatedSignature | ExtraSignature:
    distinct = min(len({each[field] for each in signatures}) for field in ("keyid", "sig"))
    return ExtraSignature(count=len(signatures)) if distinct == len(signatures) else RepeatedSignature()


def _decoded(text: object, field: str) -> bytes:
    """Both alphabets, as DSSE asks of a reader; that a record is written in the first one is checked by its bytes."""
    if not isinstance(text, str):
        raise NotAnEnvelope(problem=f"{field} is not a string")
    for alphabet in (b"+/", b"-_"):
        try:
            return base64.b64decode(text, altchars=alphabet, validate=True)
        except (binascii.Error, ValueError):
            continue
    raise NotBase64(field=field)


def _signer(signature: bytes, signed: bytes, keys: Sequence[TrustedKey], keyid: str) -> TrustedKey:
    for trusted in keys:
        try:
            trusted.key.verify(signature, signed)
        except BadSignature:
            continue
        return trusted
    if keyid in {trusted.key.keyid for trusted in keys}:
        raise BadSignature
    raise UnknownSigner(keyid=keyid[:16])
