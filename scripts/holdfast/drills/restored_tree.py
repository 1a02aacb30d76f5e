"""Compare what lies in a folder with what should lie there, reading every byte from the disk again.

It knows nothing of how the files came there. Both sides are read in the same order and merged, so memory does not grow
with the number of files.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.backupsets.entries import Entry, Kind
from holdfast.backupsets.walking import Found, open_root, walk
from holdfast.drills.checks import Check, CheckKind, compare

NAMED = 5
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass
class Tree:
    """What the comparison found.

    Args:
        expected, expected_bytes: files that should be there.
        found, found_bytes: files that are there.
        right: files that are there with the SHA-256 they should have.
        missing, extra, wrong: entries of any sort, by name and with what is wrong; the first few are kept.
    """

    expected: int = 0
    expected_bytes: int = 0
    found: int = 0
    found_bytes: int = 0
    right: int = 0
    missing: Names = field(default_factory=lambda: Names())
    extra: Names = field(default_factory=lambda: Names())
    wrong: Names = field(default_factory=lambda: Names())

    def checks(self) -> tuple[Check, ...]:
        """One check for each question; every kind of damage fails at least one."""
        digests = f"{self.expected} files with the SHA-256 of the manifest"
        return (
            compare("files", CheckKind.COUNT, expected=self.expected, observed=self.found),
            compare("bytes", CheckKind.SIZE, expected=self.expected_bytes, observed=self.found_bytes),
            compare(
                "checksums",
                CheckKind.CHECKSUM,
                expected=digests,
                observed=f"{self.right} files with the SHA-256 of the manifest",
                because=f"{self.expected - self.right} files are not as they were backed up",
            ),
            *(
                compare(name, CheckKind.INTEGRITY, expected=0, observed=names.count, because=names.words)
                for name, names in (
                    ("nothing-missing", self.missing),
                    ("nothing-extra", self.extra),
                    ("nothing-wrong", self.wrong),
                )
            ),
        )


@dataclass
class Names:
    """How many, and the first few by name."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, path: bytes, because: str = "") -> None:
        """Count one."""
        self.count += 1
        if len(self.first) < NAMED:
            name = path.decode("utf-8", "backslashreplace")
            self.first.append(f"{name} ({because})" if because else name)

    @property
    def words(self) -> str:
        """For a reason."""
        rest = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {rest} more" if rest > 0 else "")


def compare_tree(target: Path, expected: Iterable[Entry], *, whole: bool) -> Tree:
    """Compare a folder with a list of entries.

    Args:
        target: the folder.
        expected: what should be there, in the order of a set's list of entries.
        whole: whether the list says everything; then folders count as well. A sample names files only, and the folders
            they lie in are nothing extra.

    Raises:
        SourceNotUsable, UnreadableSource: the folder, or one in it, cannot be read.
    """
    tree = Tree()
    root = open_root(target)
    try:
        for entry, found in _side_by_side(_restorable(expected), _relevant(walk(root), whole=whole)):
            _note(tree, entry, found)
    finally:
        os.close(root)
    return tree


def _note(tree: Tree, entry: Entry | None, found: Found | None) -> None:
    if entry is not None and entry.kind is Kind.FILE:
        tree.expected, tree.expected_bytes = tree.expected + 1, tree.expected_bytes + entry.size
    if found is not None and found.kind is Kind.FILE:
        tree.found, tree.found_bytes = tree.found + 1, tree.found_bytes + found.status.st_size
    if entry is None and found is not None:
        tree.extra.add(found.path)
    elif found is None and entry is not None:
        tree.missing.add(entry.path)
    elif found is not None and entry is not None:
        problem = _wrong_with(entry, found)
        if problem:
            tree.wrong.add(entry.path, problem)
        elif entry.kind is Kind.FILE:
            tree.right += 1


def _wrong_with(entry: Entry, found: Found) -> str | None:
    if entry.kind is not found.kind:
        return f"a {found.kind.value} where a {entry.kind.value} was backed up"
    if entry.kind is Kind.SYMLINK and os.readlink(found.name, dir_fd=found.parent) != entry.target:
        return "another link"
    if entry.kind is not Kind.FILE:
        return None
    try:
        descriptor = os.open(found.name, _READ, dir_fd=found.parent)
        with os.fdopen(descriptor, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if size != entry.size:
        return f"{size} bytes where {entry.size} were backed up"
    return None if digest == entry.digest else f"SHA-256 {digest[:12]}… where {entry.digest[:12]}… was backed up"


def _restorable(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Sockets, FIFOs and devices are listed in a set and never restored."""
    return (entry for entry in entries if entry.kind is not Kind.SPECIAL)


def _relevant(found: Iterator[Found], *, whole: bool) -> Iterator[Found]:
    return (each for each in found if whole or each.kind is not Kind.DIRECTORY)


def _side_by_side(expected: Iterator[Entry], found: Iterator[Found]) -> Iterator[tuple[Entry | None, Found | None]]:
    """Merge two lists that are in the same order; what is on one side only comes with None."""
    entry, there = next(expected, None), next(found, None)
    while entry is not None or there is not None:
        left = entry.path.split(b"/") if entry is not None else None
        right = there.path.split(b"/") if there is not None else None
        if right is None or (left is not None and left < right):
            yield entry, None
            entry = next(expected, None)
        elif left is None or right < left:
            yield None, there
            there = next(found, None)
        else:
            yield entry, there
            entry, there = next(expected, None), next(found, None)
