"""Bytes on this machine's disk, by their SHA-256: what two copies have in common is kept once."""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path


class Blobs:
    """A folder of files named by their digest, for their owner only.

    Args:
        folder: where they lie; made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, content: bytes) -> str:
        """Keep some bytes; returns their SHA-256."""
        digest = sha256(content).hexdigest()
        path = self._folder / digest
        if not path.exists():
            partial = path.with_suffix(f".{secrets.token_hex(4)}")
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            partial.replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a digest."""
        return (self._folder / digest).read_bytes()
