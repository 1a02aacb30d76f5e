"""What was checked and is to be put in place: written down once, then compared with the target after it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.backupsets.entries import Kind
from holdfast.backupsets.walking import open_root, walk
from holdfast.errors import Source
from holdfast.restore.errors import InvalidPlan, StagingNotUsable


@dataclass(frozen=True)
class Name:
    """One name below the target.

    Args:
        path: relative to the target.
        kind: what it is.
        mode: permission bits.
        size, digest: of a file.
        link: what a symlink says.
    """

    path: bytes
    kind: Kind
    mode: int
    size: int = 0
    digest: str = ""
    link: bytes = b""

    @property
    def text(self) -> str:
        """For people."""
        return self.path.decode("utf-8", "backslashreplace")

    def line(self) -> bytes:
        """As a JSON line."""
        document = {
            "path": base64.b64encode(self.path).decode(),
            "kind": self.kind.value,
            "mode": self.mode,
            "size": self.size,
            "sha256": self.digest,
            "link": base64.b64encode(self.link).decode(),
        }
        return json.dumps(document, sort_keys=True).encode() + b"\n"


@dataclass(frozen=True)
class Listed:
    """A list on the disk."""

    files: int
    bytes: int
    sha256: str


def settle(root: Path) -> None:
    """Open every folder of a tree to its owner, so that what is in it can be moved."""
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(Path(folder).stat().st_mode & 0o777 | 0o700)


def write_list(root: Path, path: Path) -> Listed:
    """Write down every name of a tree, each file with its digest, and make it last.

    Raises:
        StagingNotUsable: the disk is full or fails.
    """
    files, size, digest = 0, 0, hashlib.sha256()
    descriptor = open_root(root)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for name in _names(descriptor):
                line = name.line()
                digest.update(line)
                file.write(line)
                files += name.kind is Kind.FILE
                size += name.size
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StagingNotUsable(path=path, problem=error.strerror or error) from error
    finally:
        os.close(descriptor)
    return Listed(files, size, digest.hexdigest())


def read_list(path: Path, sha256: str) -> Iterator[Name]:
    """The names, as they were written; a folder before what is in it.

    Raises:
        InvalidPlan: the list was changed.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for line in file:
                digest.update(line)
        if digest.hexdigest() != sha256:
            raise InvalidPlan(problem="the list of what was checked was changed", source=Source(path))
        with path.open("rb") as file:
            for line in file:
                document = json.loads(line)
                yield Name(
                    base64.b64decode(document["path"]),
                    Kind(document["kind"]),
                    document["mode"],
                    document["size"],
                    document["sha256"],
                    base64.b64decode(document["link"]),
                )
    except OSError as error:
        raise StagingNotUsable(path=path, problem=error.strerror or error) from error


def _names(descriptor: int) -> Iterator[Name]:
    for found in walk(descriptor):
        mode, size, sha256, link = found.status.st_mode & 0o777, 0, "", b""
        if found.kind is Kind.FILE:
            handle = os.open(found.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=found.parent)
            with os.fdopen(handle, "rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        elif found.kind is Kind.SYMLINK:
            link = os.readlink(found.name, dir_fd=found.parent)
        yield Name(found.path, found.kind, mode, size, sha256, link)
