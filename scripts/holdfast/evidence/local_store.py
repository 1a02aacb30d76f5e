"""The records of one environment on this machine: a folder a chain, a file a record, and the public keys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdfast.clock import Clock
from holdfast.evidence.errors import (
    EvidenceNotWritten,
    EvidencePathMissing,
    EvidenceUnreadable,
    UnknownEvidenceName,
)
from holdfast.evidence.files import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, make_folder, read_regular, write_whole
from holdfast.evidence.keys import PublicKey, key_file_name, read_key_file
from holdfast.evidence.refusals import Refusal
from holdfast.locking import file_lock

KEYS = "keys"
CHAIN_FOLDER = re.compile(r"[0-9a-f]{16}", re.ASCII)
RECORD_NAME = re.compile(r"[0-9a-f]{16}/[0-9]{8}(-[0-9a-f]{12})?\.json", re.ASCII)
KEY_NAME = re.compile(r"keys/[0-9a-f]{64}\.pem", re.ASCII)
_BUSY_SECONDS = 60
_ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", re.ASCII)


def evidence_folder(home: Path, environment: str) -> Path:
    """Where the records of an environment lie.

    Raises:
        UnknownEvidenceName: the name cannot be one of an environment.
    """
    if not _ENVIRONMENT.fullmatch(environment):
        raise UnknownEvidenceName(name=environment)
    return home / "evidence" / environment


class LocalStore:
    """Files below one folder, by relative name: `<key>/00000001.json`, `keys/<id>.pem`.

    Args:
        folder: as `evidence_folder` gives it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The names of records and keys here; anything else in the folder is nothing of ours.

        Raises:
            EvidenceUnreadable: the system refuses.
        """
        try:
            folders = [each for each in self.folder.iterdir() if each.is_dir()] if self.folder.exists() else []
            found = [f"{folder.name}/{path.name}" for folder in folders for path in folder.iterdir()]
        except OSError as error:
            raise EvidenceUnreadable(path=self.folder, reason=error.strerror) from error
        return sorted(name for name in found if RECORD_NAME.fullmatch(name) or KEY_NAME.fullmatch(name))

    def path(self, name: str) -> Path:
        """Where a name lies."""
        return self.folder / name

    def read(self, name: str) -> bytes:
        """The bytes under a name.

        Raises:
            Refusal: it is no regular file, is empty or too long.
            EvidencePathMissing: there is none.
        """
        return read_regular(self.path(name))

    def has(self, name: str) -> bool:
        """Whether anything, a dangling link included, has the name."""
        return os.path.lexists(self.path(name))

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole.

        Raises:
            EvidenceNotWritten: the system refuses.
        """
        write_whole(self.path(name), data)

    def keys(self) -> list[PublicKey]:
        """The public keys here that are as they were written; damaged ones are left to `verify`."""
        keys = []
        for name in self.names():
            if KEY_NAME.fullmatch(name):
                try:
                    keys.append(read_key_file(self.path(name)))
                except (Refusal, EvidencePathMissing):
                    continue
        return keys

    def keep_key(self, key: PublicKey) -> None:
        """Put a public key beside the records it verifies.

        Raises:
            EvidenceNotWritten: the system refuses.
        """
        name = f"{KEYS}/{key_file_name(key)}"
        if not self.has(name):
            self.write(name, key.pem)

    @contextmanager
    def lock(self, clock: Clock) -> Iterator[None]:
        """Keep other writers of this folder out; the system frees the lock when a process dies.

        Raises:
            AnotherCommandRuns: another writer does not finish within a minute.
            StorageError: the lock file cannot be made.
        """
        path = self.folder.with_name(f".{self.folder.name}.lock")
        try:
            make_folder(path.parent)
        except OSError as error:
            raise EvidenceNotWritten(path=path.parent, reason=error.strerror) from error
        with file_lock(path, clock, doing="writing evidence", patience=_BUSY_SECONDS):
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what a killed writer left unfinished; only under the lock."""
        for path in self.folder.glob(f"**/{TEMPORARY_PREFIX}*{TEMPORARY_SUFFIX}"):
            path.unlink(missing_ok=True)
