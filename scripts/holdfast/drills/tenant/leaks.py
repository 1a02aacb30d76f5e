"""Whether anything of another tenant is in what was restored: by content, by name, and by where it came from.

Names and content of every other tenant's newest set are compared with what lies in quarantine. A file that every other
tenant of two or more holds alike (a logo, a style sheet) is nobody's own and is counted apart.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from holdfast.backupsets.entries import EMPTY_DIGEST, Kind
from holdfast.backupsets.fetch import Entries, open_set
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.set_view import SetView
from holdfast.backupsets.spool import temporary_database
from holdfast.backupsets.walking import Found, open_root, walk
from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.drills.context import Drill
from holdfast.drills.recovery_points import newest_before, region_of, sets_of_dataset
from holdfast.drills.restored_tree import Names


def leak_checks(drill: Drill, entries: Entries) -> Iterator[Check]:
    """Compare the quarantine with every other tenant of the dataset.

    Args:
        drill: with one tenant restored into its target.
        entries: the set it was restored from.

    Raises:
        ServiceError: the Region refuses or does not answer.
    """
    others = other_tenants(drill)
    yield compare(
        "came-from-own-folder",
        CheckKind.SCOPE,
        expected=Folder(str(drill.spec.dataset), drill.spec.tenant).path,
        observed=entries.view.folder.path,
    )
    if not others:
        reason = "the dataset has no backup set of any other tenant, so there was nothing to be told apart from"
        yield skipped("nothing-of-another-tenant", CheckKind.LEAK, reason, essential=False)
        return
    with temporary_database() as database:
        total = _gather(drill, others, database)
        leaked, shared = _compare(drill.target, database, everybody=len(others))
    names = sorted(others)
    yield compare(
        "nothing-of-another-tenant",
        CheckKind.LEAK,
        expected=f"0 files of {len(names)} other tenants ({total} files)",
        observed=f"{leaked.count} files of {len(names)} other tenants ({total} files)",
        because=f"also backed up for another tenant: {leaked.words}",
    )
    if shared:
        reason = f"{shared} files are the same for every tenant, so they are nobody's own"
        yield skipped("shared-files", CheckKind.LEAK, reason, essential=False)
    yield _by_name(drill.target, names)


def other_tenants(drill: Drill) -> dict[str, SetView]:
    """The newest set that counts of every other tenant of the dataset, by tenant."""
    views = sets_of_dataset(drill, region_of(drill))
    found: dict[str, SetView] = {}
    for tenant in {view.tenant for view in views if view.tenant and view.tenant != drill.spec.tenant}:
        newest = newest_before([view for view in views if view.tenant == tenant], drill.failed_at)
        if newest is not None and tenant is not None:
            found[tenant] = newest
    return found


def _gather(drill: Drill, others: dict[str, SetView], database: sqlite3.Connection) -> int:
    """The digests of every other tenant's files, on disk; how many files there are."""
    database.execute("CREATE TABLE theirs (digest TEXT, tenant TEXT, PRIMARY KEY (digest, tenant)) WITHOUT ROWID")
    count = 0
    for tenant, view in sorted(others.items()):
        entries = open_set(drill.sessions, region_of(drill), view, clock=drill.clock)
        for entry in entries.files():
            count += 1
            database.execute("INSERT OR IGNORE INTO theirs VALUES (?, ?)", (entry.digest, tenant))
    return count


def _compare(target: Path, database: sqlite3.Connection, *, everybody: int) -> tuple[Names, int]:
    """Which files in a folder have the content of another tenant's file, and how many have one that all of them have.

    Every byte is read from the disk; what cannot be read counts as leaked, since nobody can say whose it is.
    """
    leaked, shared = Names(), 0
    root = open_root(target)
    try:
        for found in walk(root):
            if found.kind is not Kind.FILE:
                continue
            digest = _digest(found)
            if digest == EMPTY_DIGEST:
                continue
            rows = database.execute("SELECT tenant FROM theirs WHERE digest = ?", (digest,)).fetchall()
            if digest is None:
                leaked.add(found.path, "cannot be read")
            elif rows and everybody > 1 and len(rows) == everybody:
                shared += 1
            elif rows:
                leaked.add(found.path, f"of {rows[0][0]}")
    finally:
        os.close(root)
    return leaked, shared


def _digest(found: Found) -> str | None:
    try:
        descriptor = os.open(found.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=found.parent)
        with os.fdopen(descriptor, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _by_name(target: Path, others: list[str]) -> Check:
    """Whether a folder is called like another tenant: a set that was pushed one level too high."""
    there = {path.name for path in target.iterdir() if path.is_dir() and not path.is_symlink()}
    called = sorted(there & set(others))
    return compare(
        "no-folder-of-another-tenant",
        CheckKind.LEAK,
        expected=0,
        observed=len(called),
        because=f"folders called like other tenants: {', '.join(called[:5])}",
    )
