"""An Ed25519 key on this machine, for environments without KMS: made once, readable by its owner only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from holdfast.errors import Source
from holdfast.evidence.errors import EvidenceNotWritten, PrivateKeyUnusable
from holdfast.evidence.files import make_folder, read_regular, staged
from holdfast.evidence.keys import PublicKey
from holdfast.evidence.refusals import Refusal


class LocalSigner:
    """Signs with a private key in a file.

    Args:
        private_key: the key itself; `LocalSigner.at` reads or makes one.
    """

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self._public_key = PublicKey(
            private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )

    @classmethod
    def at(cls, home: Path) -> LocalSigner:
        """The signer of this home folder; the key is made the first time.

        Raises:
            PrivateKeyUnusable: the key's file is damaged or open to others.
            EvidenceNotWritten: there is none, and none can be written.
        """
        path = private_key_file(home)
        if not os.path.lexists(path):
            _create(path)
        return cls(_read(path))

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what `sign` makes."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Sign `data` (RFC 8032)."""
        return self._private_key.sign(data)


def private_key_file(home: Path) -> Path:
    """Where the private key lies."""
    return home / "keys" / "evidence-ed25519.pem"


def _create(path: Path) -> None:
    """Two processes may do this at once: the first to link its file makes the key, the other one uses it."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        make_folder(path.parent, 0o700)
    except OSError as error:
        raise EvidenceNotWritten(path=path, reason=error.strerror) from error
    with staged(path.parent, pem, mode=0o600) as whole:
        whole.link(path)


def _read(path: Path) -> Ed25519PrivateKey:
    source = Source(path)
    try:
        pem = read_regular(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        key = load_pem_private_key(pem, password=None)
    except Refusal as error:
        raise PrivateKeyUnusable(problem=error.message, source=source) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PrivateKeyUnusable(problem="it cannot be read", source=source) from None
    if mode & 0o077:
        raise PrivateKeyUnusable(problem=f"its mode is {mode:04o}", source=source)
    if not isinstance(key, Ed25519PrivateKey):
        raise PrivateKeyUnusable(problem="it is not an Ed25519 key", source=source)
    return key
