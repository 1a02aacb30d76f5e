"""What must not come back: secrets that were revoked, and configuration that was declared vulnerable."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.backupsets.entries import Kind
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.walking import open_root, walk
from holdfast.environments.restoring import Forbidden
from holdfast.restore.erasure.ledger import SHORTEST_SECRET, Erased, SubjectKind

LINE = 1024 * 1024
"""Longer lines are looked at piece by piece, each beginning well before the one before ends."""
OVERLAP = 8 * 1024
_SPLITS = (rb"[\s\"'`]+", rb"[\s\"'`,;<>(){}\[\]]+", rb"[\s\"'`,;<>(){}\[\]=:@/&?]+")
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(.*?)-----END [A-Z0-9 ]*PRIVATE KEY-----", re.DOTALL)
_LARGEST_KEY = 64 * 1024


@dataclass(frozen=True)
class Found:
    """Where something is that must not come back; never what it is."""

    path: str
    line: int


def revoked_secrets(root: Path, folder: Folder, erased: Erased) -> list[Found]:
    """Every place where a revoked secret stands as a word of its own.

    A word ends at white space or a quote, at a bracket, comma or semicolon, or also at `= : @ / & ?`; each of the three
    readings is tried, and what follows the first `=` or `:` of a line, and the inside of a private key in PEM.
    """
    groups = erased.of(SubjectKind.SECRET, folder)
    if not groups:
        return []

    def is_revoked(word: bytes) -> bool:
        text = word.decode("utf-8", "replace")
        return any(erased.is_erased(group, macs, text) for group, macs in groups)

    found = []
    for name, path in _files(root):
        lines = {number for number, piece in _pieces(path) if any(map(is_revoked, _words(piece)))}
        lines |= {number for number, key in _private_keys(path) if is_revoked(key)}
        found += [Found(name, number) for number in sorted(lines)]
    return found


def vulnerable(root: Path, forbidden: Forbidden) -> list[Found]:
    """The first line of each file that holds what is declared vulnerable."""
    pattern = re.compile(forbidden.pattern.encode())
    found = []
    for name, path in _files(root):
        if fnmatch.fnmatchcase(name, forbidden.path) or fnmatch.fnmatchcase(Path(name).name, forbidden.path):
            number = next((number for number, piece in _pieces(path) if pattern.search(piece)), None)
            if number is not None:
                found.append(Found(name, number))
    return found


def normal_key(pem: str) -> str:
    """What of a private key in PEM is fingerprinted: its base64 without white space. Other values stay as they are."""
    match = _PRIVATE_KEY.search(pem.encode("utf-8", "replace"))
    return b"".join(match[1].split()).decode() if match else pem.strip()


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    descriptor = open_root(root)
    try:
        for found in walk(descriptor):
            if found.kind is Kind.FILE:
                yield found.path.decode("utf-8", "backslashreplace"), os.fsencode(root) + b"/" + found.path
    finally:
        os.close(descriptor)


def _pieces(path: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, long ones in pieces that overlap; one piece in memory at a time."""
    number, before = 1, b""
    with open(path, "rb") as file:  # noqa: PTH123  # names are bytes
        while piece := file.readline(LINE):
            yield number, before + piece
            is_whole = piece.endswith(b"\n")
            before = b"" if is_whole else piece[-OVERLAP:]
            number += is_whole


def _words(piece: bytes) -> Iterable[bytes]:
    seen = set()
    for split in _SPLITS:
        seen.update(re.split(split, piece))
    for separator in (b"=", b":"):
        _, found, rest = piece.partition(separator)
        if found:
            seen.add(rest.strip().strip(b"\"'"))
    return (word for word in seen if SHORTEST_SECRET <= len(word) <= OVERLAP)


def _private_keys(path: bytes) -> Iterator[tuple[int, bytes]]:
    """The inside of each private key of a file, and its line; only of files that say they hold one."""
    inside: list[bytes] | None = None
    begun = 0
    for number, piece in _pieces(path):
        if b"-----BEGIN " in piece and b"PRIVATE KEY-----" in piece:
            inside, begun = [], number
        if inside is not None:
            inside.append(piece)
            if b"-----END " in piece or sum(map(len, inside)) > _LARGEST_KEY:
                match = _PRIVATE_KEY.search(b"".join(inside))
                if match:
                    yield begun, b"".join(match[1].split())
                inside = None
