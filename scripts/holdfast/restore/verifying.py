"""Read back what is in place, every name of it, and compare it with what was checked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from holdfast.backupsets.entries import Kind
from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.restore.differing import key_of
from holdfast.restore.expected import Name
from holdfast.restore.placing import is_in_place, opened
from holdfast.restore.target import BucketTarget, DirectoryTarget
from holdfast.restore.uploading import is_uploaded

_NAMED = 5


def check_directory(target: DirectoryTarget, names: Iterable[Name]) -> list[Check]:
    """Whether every name is there as it was checked: files by SHA-256, links by what they say."""
    with opened(Path(target.path)) as root:
        return [_in_place((name, is_in_place(root, name)) for name in names)]


def check_bucket(s3: Any, target: BucketTarget, names: Iterable[Name]) -> list[Check]:
    """Whether every file is there, read back as a whole; what a bucket cannot hold is counted.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    held, not_held = [], 0
    for name in names:
        if name.kind is Kind.FILE and key_of(target, name.path) is not None:
            held.append((name, is_uploaded(s3, target, name)))
        else:
            not_held += name.kind is not Kind.DIRECTORY
    checks = [_in_place(held)]
    if not_held:
        reason = f"{not_held} names cannot be held by a bucket: links, names that are no UTF-8 or too long"
        checks.append(skipped("not-restorable", CheckKind.COUNT, reason, essential=False, observed=str(not_held)))
    return checks


def _in_place(found: Iterable[tuple[Name, str | None]]) -> Check:
    right, count = 0, 0
    first: list[str] = []
    for name, problem in found:
        count += 1
        right += problem is None
        if problem is not None and len(first) < _NAMED:
            first.append(f"{name.text}: {problem}")
    return compare("in-place", CheckKind.CHECKSUM, expected=count, observed=right, because="; ".join(first))
