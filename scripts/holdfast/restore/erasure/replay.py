"""Erase again, in files that are not in their place yet or lie somewhere by themselves, and look whether it held."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.backupsets.entries import Kind
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.walking import open_root, walk
from holdfast.restore.erasure.errors import ReplayFailed
from holdfast.restore.erasure.ledger import Erased, Group, SubjectKind
from holdfast.restore.erasure.records import NotUnderstood, Row, holds_records, rows

Groups = list[tuple[Group, frozenset[str]]]


@dataclass
class Replayed:
    """What replaying did.

    Args:
        files: files and links removed.
        records: records removed from exports.
        residual: subjects that are still there afterwards.
        examined: exports that were looked into.
        unexamined: files of other forms, in datasets with erased records: nobody looked into them.
        first: where the first one was found.
        matched: keyed hashes that matched something.
    """

    files: int = 0
    records: int = 0
    residual: int = 0
    examined: int = 0
    unexamined: int = 0
    first: str = ""
    matched: set[str] = field(default_factory=set)

    @property
    def found(self) -> int:
        """How many subjects were found."""
        return self.files + self.records

    def note(self, path: str, mac: str) -> None:
        """Remember where one was."""
        self.first = self.first or path
        self.matched.add(mac)


def replay(root: Path, folder: Folder, erased: Erased) -> Replayed:
    """Remove what was erased from a tree of files of one dataset or tenant, then look again.

    Args:
        root: the tree; paths in it are paths of the dataset.
        folder: whose it is.
        erased: the ledger.

    Raises:
        ReplayFailed: a file cannot be understood or rewritten.
    """
    done = _pass(root, folder, erased, remove=True)
    done.residual = _pass(root, folder, erased, remove=False).found
    return done


def look(root: Path, folder: Folder, erased: Erased) -> Replayed:
    """Find what was erased and is there; change nothing.

    Raises:
        ReplayFailed: a file cannot be understood.
    """
    return _pass(root, folder, erased, remove=False)


def _pass(root: Path, folder: Folder, erased: Erased, *, remove: bool) -> Replayed:
    done = Replayed()
    paths, records = erased.of(SubjectKind.PATH, folder), erased.of(SubjectKind.RECORD, folder)
    if not (paths or records):
        return done
    for name in _names(root):
        path = os.fsencode(root) + b"/" + name
        text = name.decode("utf-8", "backslashreplace")
        mac = _erased_path(text, paths, erased)
        if mac is not None:
            done.files += 1
            done.note(text, mac)
            if remove:
                _unlink(path, text)
        elif records:
            _in_file(path, text, records, erased, done, remove=remove)
    return done


def _names(root: Path) -> list[bytes]:
    descriptor = open_root(root)
    try:
        return [found.path for found in walk(descriptor) if found.kind in (Kind.FILE, Kind.SYMLINK)]
    finally:
        os.close(descriptor)


def _erased_path(text: str, groups: Groups, erased: Erased) -> str | None:
    parts = text.split("/")
    names = [text, *("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))]
    for group, macs in groups:
        for name in names:
            if erased.is_erased(group, macs, name) and erased.key is not None:
                return group.mac(erased.key, name)
    return None


def _in_file(path: bytes, text: str, groups: Groups, erased: Erased, done: Replayed, *, remove: bool) -> None:
    if os.path.islink(path):  # noqa: PTH114  # names are bytes
        return
    if not holds_records(text):
        done.unexamined += 1
        return
    done.examined += 1
    count = 0
    try:
        for row in _rows(path, text):
            mac = _erased_row(row, groups, erased)
            if mac is not None:
                count += 1
                done.note(f"{text}, line {row.line}", mac)
        if count and remove:
            _rewrite(path, text, groups, erased)
    except NotUnderstood as error:
        raise ReplayFailed(path=text, problem=error) from None
    except OSError as error:
        raise ReplayFailed(path=text, problem=error.strerror or error) from error
    done.records += count


def _rows(path: bytes, text: str) -> Iterator[Row]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        yield from rows(text, file)


def _erased_row(row: Row, groups: Groups, erased: Erased) -> str | None:
    for group, macs in groups:
        value = row.fields.get(group.field or "")
        if value is not None and erased.is_erased(group, macs, value) and erased.key is not None:
            return group.mac(erased.key, value)
    return None


def _rewrite(path: bytes, text: str, groups: Groups, erased: Erased) -> None:
    """The same file without the erased records, in one step; its mode and times stay."""
    folder = os.fsdecode(os.path.dirname(path))  # noqa: PTH120  # names are bytes
    descriptor, temporary = tempfile.mkstemp(prefix=".holdfast-", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for row in _rows(path, text):
                if _erased_row(row, groups, erased) is None:
                    file.write(row.raw)
            file.flush()
            os.fsync(file.fileno())
        shutil.copystat(os.fsdecode(path), temporary)
        os.replace(temporary, path)  # noqa: PTH105  # names are bytes
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108


def _unlink(path: bytes, text: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108  # names are bytes
    except OSError as error:
        raise ReplayFailed(path=text, problem=error.strerror or error) from error
