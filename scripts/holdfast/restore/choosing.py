"""Which files of the sets are restored, and under which name below the target."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.backupsets.entries import Entry, Kind
from holdfast.backupsets.layout import Folder
from holdfast.restore.erasure.ledger import Erased, SubjectKind


@dataclass(frozen=True)
class Choice:
    """What is left out of a restore, and what was erased on purpose.

    Args:
        without: globs of paths that are left out; `*` matches a slash as well.
        erased: the ledger.
    """

    without: tuple[str, ...]
    erased: Erased

    def keeps(self, folder: Folder, entry: Entry) -> bool:
        """Whether an entry is restored."""
        return not (self.leaves_out(entry) or self.is_erased(folder, entry))

    def leaves_out(self, entry: Entry) -> bool:
        """Whether the plan leaves it out."""
        return entry.kind is not Kind.DIRECTORY and any(fnmatch.fnmatchcase(entry.name, each) for each in self.without)

    def is_erased(self, folder: Folder, entry: Entry) -> bool:
        """Whether it, or a folder it lies in, was erased on purpose."""
        groups = self.erased.of(SubjectKind.PATH, folder)
        if not groups:
            return False
        names = list(_names(entry))
        return any(self.erased.is_erased(group, macs, name) for group, macs in groups for name in names)


def below(prefix: str, path: bytes) -> bytes:
    """A path of a set, relative to the target."""
    return f"{prefix}/".encode() + path if prefix else path


def _names(entry: Entry) -> Iterator[str]:
    """What an entry can have been erased as: its path, and each folder it lies in, with a slash at the end."""
    parts = entry.name.split("/")
    for depth in range(1, len(parts)):
        yield "/".join(parts[:depth]) + "/"
    yield entry.name
    if entry.kind is Kind.DIRECTORY:
        yield f"{entry.name}/"
