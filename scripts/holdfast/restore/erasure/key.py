"""The key that turns what was erased into what only its holder can recognise."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from holdfast.aws.translate import translated
from holdfast.errors import Source
from holdfast.evidence.errors import EvidencePathMissing
from holdfast.evidence.files import make_folder, read_regular, staged
from holdfast.evidence.refusals import Refusal
from holdfast.evidence.strict_json import canonical
from holdfast.restore.erasure.errors import ErasureKeyUnusable

BYTES = 32


class ErasureKey:
    """Keyed hashes (HMAC-SHA-256, RFC 2104). `repr` shows nothing of the key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mac(self, *parts: str | None) -> str:
        """The keyed hash of some words, in hexadecimal."""
        return hmac.new(self._key, canonical(list(parts)), hashlib.sha256).hexdigest()

    @property
    def check(self) -> str:
        """What tells this key from another without giving it away."""
        return self.mac("holdfast erasure ledger", "key check")


def local_key(home: Path, *, make: bool = False) -> ErasureKey:
    """The key in this home folder.

    Args:
        home: Holdfast's folder.
        make: make one where there is none; only for a ledger that is just begun.

    Raises:
        ErasureKeyUnusable: there is none, or it is damaged or open to others.
    """
    path = key_file(home)
    if make and not os.path.lexists(path):
        make_folder(path.parent, 0o700)
        with staged(path.parent, secrets.token_hex(BYTES).encode() + b"\n", mode=0o600) as whole:
            whole.link(path)
    source = Source(path)
    try:
        text = read_regular(path, limit=1024)
        mode = stat.S_IMODE(path.stat().st_mode)
        key = bytes.fromhex(text.decode("ascii").strip())
    except EvidencePathMissing:
        raise ErasureKeyUnusable(problem="there is no such file", source=source) from None
    except (Refusal, ValueError):
        raise ErasureKeyUnusable(problem="it cannot be read", source=source) from None
    if mode & 0o077:
        raise ErasureKeyUnusable(problem=f"its mode is {mode:04o}", source=source)
    if len(key) != BYTES:
        raise ErasureKeyUnusable(problem=f"it has {len(key)} bytes, not {BYTES}", source=source)
    return ErasureKey(key)


def kms_key(kms: Any, name: str, environment: str) -> ErasureKey:
    """A key that only KMS can make: one `GenerateMac` of an HMAC key, which never leaves KMS, gives it each time.

    Args:
        kms: KMS client of the Region of the key.
        name: alias, id or ARN of a key of spec HMAC_256.
        environment: whose ledger; each has a key of its own.

    Raises:
        ServiceError: KMS refuses or does not answer.
    """
    message = canonical(["holdfast erasure ledger", environment])
    with translated("derive the key of the erasure ledger"):
        reply = kms.generate_mac(KeyId=name, Message=message, MacAlgorithm="HMAC_SHA_256")
    return ErasureKey(reply["Mac"])


def key_file(home: Path) -> Path:
    """Where the local key lies."""
    return home / "keys" / "erasure-hmac.key"
