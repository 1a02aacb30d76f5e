"""What S3 says about the locks of the objects a restore came from, and about the keys they lie under."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.second_pass import Patience, run_all
from holdfast.aws.translate import code_of, translated
from holdfast.backupsets.catalog import ROLE, reader_of
from holdfast.backupsets.entries import Entry
from holdfast.backupsets.layout import COMMIT, MANIFEST
from holdfast.backupsets.reading import Reader
from holdfast.backupsets.set_view import SetView
from holdfast.drills.checks import Check, CheckKind, compare
from holdfast.drills.context import Drill
from holdfast.drills.keys_seen import KeysSeen
from holdfast.drills.restored_tree import Names
from holdfast.environments.model import LockMode

MOST = 2000
"""At most so many of the objects that hold content are looked at, drawn at random; a record says how many."""


@dataclass(frozen=True)
class LockRead:
    """The lock of one version, as read.

    Args:
        mode: in S3's words.
        until: when it ends.
        key: the KMS key the version lies under, as S3 names it; None when it is under none.
    """

    mode: str
    until: datetime
    key: str | None = None

    def strength(self) -> tuple[bool, datetime]:
        """For comparing: COMPLIANCE first, then the later end."""
        return self.mode == LockMode.COMPLIANCE, self.until


def read_lock(drill: Drill, region: str, key: str) -> LockRead | None:
    """The strongest lock of any version of an object; None when no version has one.

    The current version is asked first; the others only when a delete marker hides it, or it has no lock.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    s3 = drill.sessions.client("s3", region, role=ROLE)
    with translated(f"read the lock of {key}"):
        return _lock_of(s3, reader_of(drill.sessions, region, clock=drill.clock), key)


def locks_in_force(drill: Drill, region: str, view: SetView, files: Iterable[Entry]) -> Check:
    """Whether the objects these files came from are still locked, in the environment's mode or a stronger one."""
    return locks_and_keys(drill, region, view, files)[0]


def locks_and_keys(drill: Drill, region: str, view: SetView, files: Iterable[Entry]) -> tuple[Check, Check]:
    """The same, and whether what is locked lies under a key of that Region and of the account that holds it."""
    keys = keys_needed(view, files, drill.rng)
    s3 = drill.sessions.client("s3", region, role=ROLE)
    reader = reader_of(drill.sessions, region, clock=drill.clock)
    now = drill.sessions.server_clock(region, role=ROLE).time
    enough = {LockMode.COMPLIANCE.value, drill.environment.lock.mode.value}
    loose, ours = Names(), KeysSeen(drill, region)

    def look(key: str) -> None:
        lock = _lock_of(s3, reader, key)
        if lock is None:
            loose.add(key.encode(), "no lock")
            return
        ours.add(key, lock.key)
        if lock.mode not in enough or lock.until <= now:
            loose.add(key.encode(), f"{lock.mode} until {lock.until:%Y-%m-%dT%H:%M:%SZ}")

    patience = Patience(drill.clock, random.Random())  # noqa: S311  # spreads waits, no secret
    with translated("read the locks"):
        run_all(keys, look, doing="read the locks", name=lambda key: key, patience=patience)
    mode = drill.environment.lock.mode.value
    locks = compare(
        "locks",
        CheckKind.LOCK,
        expected=f"{len(keys)} objects under {mode} lock",
        observed=f"{len(keys) - loose.count} objects under {mode} lock",
        because=f"not locked any more: {loose.words}",
    )
    return locks, ours.check()


def keys_needed(view: SetView, files: Iterable[Entry], rng: random.Random) -> list[str]:
    """The keys of what these files are restored from: the set's commit, manifest and lists, and the files' chunks.

    Of the chunks an even random choice of `MOST` (reservoir sampling). Without its lists a set is not readable
    either, so they are always among them.
    """
    folder, manifest = view.folder, view.manifest
    chosen: list[str] = []
    for number, digest in enumerate(digest for file in files for digest in file.chunks):
        if number < MOST:
            chosen.append(digest)
        elif (place := rng.randrange(number + 1)) < MOST:
            chosen[place] = digest
    lists = (manifest.entries, manifest.objects) if manifest else ()
    digests = {*chosen, *(piece.digest for each in lists for piece in each.pieces())}
    documents = (folder.document_key(view.set_id, document) for document in (COMMIT, MANIFEST))
    return [*documents, *(folder.object_key(digest) for digest in sorted(digests))]


def _lock_of(s3: Any, reader: Reader, key: str) -> LockRead | None:
    current = _head(s3, {"Bucket": reader.bucket, "Key": key})
    if current is not None:
        return current
    found = (
        _head(s3, {"Bucket": reader.bucket, "Key": key, "VersionId": each.version_id})
        for each in reader.versions(key, exactly=True)
    )
    return max((lock for lock in found if lock is not None), key=LockRead.strength, default=None)


def _head(s3: Any, which: Mapping[str, str]) -> LockRead | None:
    try:
        reply = s3.head_object(**which)
    except ClientError as error:
        if code_of(error) in {"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"}:
            return None
        raise
    mode, until = reply.get("ObjectLockMode"), reply.get("ObjectLockRetainUntilDate")
    return None if mode is None or until is None else LockRead(mode, until, reply.get("SSEKMSKeyId"))
