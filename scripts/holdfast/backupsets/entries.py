"""One line of a set's list of entries: a file, directory or symlink, and where its content is.

A POSIX name is bytes. It is written as text where it is UTF-8 and in base64 where it is not, so that every name
comes back as it was. Ownership, access lists and extended attributes are not recorded.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from holdfast.backupsets.errors import InvalidSetDocument, UnsafePath
from holdfast.backupsets.layout import CHUNK_BYTES

EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_HEX = frozenset("0123456789abcdef")


class Kind(StrEnum):
    """What a name stands for."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    SPECIAL = "special"
    """A socket, FIFO or device: it holds no data. It is listed and not restored."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of content: SHA-256 in hex and size in bytes. Its key follows from the digest."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a set.

    Args:
        path: relative to the root of the set, `/` between parts.
        mode: permission bits.
        mtime_ns: modification time, nanoseconds since 1970.
        size: bytes, for a file.
        digest: SHA-256 of the whole file, hex.
        chunks: digests of the objects that hold it: its pieces of 8 MiB, in order; none for an empty file.
        offset: byte of the one object at which it begins, for a file that shares it (`holdfast.backupsets.packing`).
        target: what a symlink says.
    """

    path: bytes
    kind: Kind
    mode: int
    mtime_ns: int
    size: int = 0
    digest: str = ""
    chunks: tuple[str, ...] = ()
    offset: int | None = None
    target: bytes = b""

    @property
    def name(self) -> str:
        """The path for people; not for opening files."""
        return self.path.decode("utf-8", "backslashreplace")

    def line(self) -> bytes:
        """The entry as a JSON line; the same entry always gives the same bytes."""
        document: dict[str, Any] = {
            **_text_or_base64("path", self.path),
            "kind": self.kind.value,
            "mode": f"{self.mode:04o}",
            "mtime_ns": self.mtime_ns,
        }
        if self.kind is Kind.FILE:
            document |= {"size": self.size, "sha256": self.digest}
            if self.offset is not None:
                document |= {"pack": self.chunks[0], "offset": self.offset}
            elif len(self.chunks) > 1:
                document["chunks"] = self.chunks
        elif self.kind is Kind.SYMLINK:
            document |= _text_or_base64("target", self.target)
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def parse_entry(line: bytes) -> Entry:
    """Read a line back, trusting nothing in it.

    Raises:
        InvalidSetDocument: it is not a line push writes.
        UnsafePath: its path leaves the root.
    """
    try:
        document = json.loads(line)
        kind = Kind(document["kind"])
        entry = Entry(
            path=_bytes_of(document, "path"),
            kind=kind,
            mode=int(document["mode"], 8) & 0o7777,
            mtime_ns=_whole(document["mtime_ns"], least=None),
            target=_bytes_of(document, "target") if kind is Kind.SYMLINK else b"",
            **(_content_of(document) if kind is Kind.FILE else {}),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise InvalidSetDocument(what="an entry", problem=f"{type(error).__name__}: {error}") from error
    _check_path(entry.path)
    return entry


def _content_of(document: dict[str, Any]) -> dict[str, Any]:
    size, digest = _whole(document["size"]), _hex(document["sha256"])
    if "pack" in document:
        pack, offset = _hex(document["pack"]), _whole(document["offset"])
        if not 0 < size <= CHUNK_BYTES - offset:
            raise ValueError(f"a pack has no {size} bytes at {offset}")
        return {"size": size, "digest": digest, "chunks": (pack,), "offset": offset}
    expected = -(-size // CHUNK_BYTES)
    chunks = tuple(_hex(each) for each in document["chunks"]) if expected > 1 else (digest,) * expected
    if len(chunks) != expected:
        raise ValueError(f"{size} bytes are {expected} chunks, not {len(chunks)}")
    return {"size": size, "digest": digest, "chunks": chunks}


def _text_or_base64(name: str, value: bytes) -> dict[str, str]:
    try:
        return {name: value.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(value).decode("ascii")}


def _bytes_of(document: dict[str, Any], name: str) -> bytes:
    if name in document:
        return str(document[name]).encode("utf-8")
    return base64.b64decode(document[f"{name}_base64"], validate=True)


def _whole(value: Any, *, least: int | None = 0) -> int:
    if type(value) is not int or (least is not None and value < least):
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _hex(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 64 or not _HEX.issuperset(value):
        raise ValueError(f"{value!r} is not a SHA-256 in hex")
    return value


def _check_path(path: bytes) -> None:
    if not path or b"\0" in path or any(part in (b"", b".", b"..") for part in path.split(b"/")):
        raise UnsafePath(path=path.decode("utf-8", "backslashreplace"))
