"""The dry run: what a restore would create, overwrite and leave. Reads, writes nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from holdfast.aws.translate import code_of, translated
from holdfast.backupsets.entries import Entry, Kind
from holdfast.evidence.fields import printable
from holdfast.evidence.strict_json import canonical
from holdfast.restore.choosing import Choice, below
from holdfast.restore.errors import BadTarget
from holdfast.restore.plan import SHOWN, Change, Changes, Item, Tally
from holdfast.restore.target import BucketTarget, DirectoryTarget

Word = Literal["create", "overwrite", "same", "erased", "left-out", "not-restorable"]
Look = Callable[[bytes, Entry], Word]
"""What becomes of an entry at a path below the target."""

SHA256 = "holdfast-sha256"
"""Metadata of an object a restore wrote: digest of its content."""
MAX_OBJECT = 5 * 1024**3
"""The largest object one PutObject writes (S3, Amazon S3 multipart upload limits)."""


def changes_of(
    items: Iterable[tuple[Item, Iterable[Entry]]], target: DirectoryTarget | BucketTarget, choice: Choice, s3: Any
) -> Changes:
    """Compare sets with a target.

    Args:
        items: each with its entries.
        target: what is compared.
        choice: what is left out or erased.
        s3: client of the target's bucket, as whoever restores; not used for a directory.

    Raises:
        BadTarget: a name of the target leads out of it, or is of another kind than what is restored.
        ServiceError: the bucket refuses or does not answer.
    """
    look = _in_directory(Path(target.path)) if isinstance(target, DirectoryTarget) else _in_bucket(target, s3)
    collected = _Collected()
    for item, entries in items:
        for entry in entries:
            if entry.kind is Kind.DIRECTORY:
                continue
            path = below(item.below, entry.path)
            collected.note(path, entry, _word(item, entry, path, choice, look))
    there = _names_there(target, s3)
    return collected.changes(left=max(0, there - collected.known))


class _Collected:
    """Counts changes, keeps a digest of all and the first ones: of those that create nothing before those that do."""

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}
        self._digest = hashlib.sha256()
        self._created: list[Change] = []
        self._others: list[Change] = []
        self._total = 0

    @property
    def known(self) -> int:
        """How many names of the target are spoken of."""
        return sum(self._counts.get(word, [0])[0] for word in ("overwrite", "same"))

    def note(self, path: bytes, entry: Entry, word: Word) -> None:
        size = entry.size
        counted = self._counts.setdefault(word, [0, 0])
        counted[0] += 1
        counted[1] += size
        self._total += 1
        name = printable(path.decode("utf-8", "backslashreplace"))
        self._digest.update(canonical([name, word, size]) + b"\n")
        shown = self._created if word == "create" else self._others
        if len(shown) < SHOWN and word != "same":
            shown.append(Change(path=name, change=word, bytes=size))

    def changes(self, *, left: int) -> Changes:
        def tally(word: str) -> Tally:
            files, size = self._counts.get(word, [0, 0])
            return Tally(files=files, bytes=size)

        same = tally("same")
        shown = (*self._others, *self._created)[:SHOWN]
        return Changes(
            create=tally("create"),
            overwrite=tally("overwrite"),
            same=same,
            left=left,
            erased=tally("erased").files,
            left_out=tally("left-out").files,
            not_restorable=tally("not-restorable").files,
            sha256=self._digest.hexdigest(),
            shown=shown,
            not_shown=self._total - len(shown) - same.files,
        )


def _word(item: Item, entry: Entry, path: bytes, choice: Choice, look: Look) -> Word:
    if choice.leaves_out(entry):
        return "left-out"
    if choice.is_erased(item.folder, entry):
        return "erased"
    if entry.kind is Kind.SPECIAL:
        return "not-restorable"
    return look(path, entry)


def _in_directory(root: Path) -> Look:
    top = os.fsencode(root)

    def look(path: bytes, entry: Entry) -> Word:
        check_way(top, path)
        whole = top + b"/" + path
        try:
            status = os.lstat(whole)
        except FileNotFoundError:
            return "create"
        if entry.kind is Kind.SYMLINK:
            is_same = stat.S_ISLNK(status.st_mode) and os.readlink(whole) == entry.target  # noqa: PTH115  # names are bytes
            if not is_same and stat.S_ISDIR(status.st_mode):
                raise _other_kind(path)
            return "same" if is_same else "overwrite"
        if not stat.S_ISREG(status.st_mode):
            raise _other_kind(path)
        is_same = status.st_size == entry.size and digest_of_file(whole) == entry.digest
        return "same" if is_same else "overwrite"

    return look


def check_way(top: bytes, path: bytes) -> None:
    """Make sure that no folder on the way to a name is a link or a file.

    Raises:
        BadTarget: one is.
    """
    so_far = top
    for part in path.split(b"/")[:-1]:
        so_far += b"/" + part
        try:
            mode = os.lstat(so_far).st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(mode):
            name = so_far.decode("utf-8", "backslashreplace")
            raise BadTarget(target=name, problem="it is a link or a file where a folder is needed", allowed="a folder")


def digest_of_file(path: bytes) -> str:
    """SHA-256 of a regular file; no link is followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(target: BucketTarget, path: bytes) -> str | None:
    """The key a path is restored to; None for a name that is no key."""
    try:
        key = target.prefix + path.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return key if len(key.encode()) <= 1024 else None


def _in_bucket(target: BucketTarget, s3: Any) -> Look:
    def look(path: bytes, entry: Entry) -> Word:
        key = key_of(target, path)
        if key is None or entry.kind is not Kind.FILE or entry.size > MAX_OBJECT:
            return "not-restorable"
        found = head(s3, target.bucket, key)
        if found is None:
            return "create"
        is_same = found["ContentLength"] == entry.size and found.get("Metadata", {}).get(SHA256) == entry.digest
        return "same" if is_same else "overwrite"

    return look


def head(s3: Any, bucket: str, key: str) -> dict[str, Any] | None:
    """What S3 says of an object; None when there is none.

    Raises:
        ServiceError: S3 refuses or does not answer.
    """
    from botocore.exceptions import ClientError

    with translated(f"look at s3://{bucket}"):
        try:
            reply: dict[str, Any] = s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise
    return reply


def _names_there(target: DirectoryTarget | BucketTarget, s3: Any) -> int:
    if isinstance(target, DirectoryTarget):
        return sum(1 for _ in _files(Path(target.path)))
    with translated(f"list s3://{target.bucket}"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=target.bucket, Prefix=target.prefix)
        return sum(len(page.get("Contents", ())) for page in pages)


def _files(root: Path) -> Iterator[str]:
    for _, _, files in os.walk(root):
        yield from files


def _other_kind(path: bytes) -> BadTarget:
    name = path.decode("utf-8", "backslashreplace")
    return BadTarget(target=name, problem="something of another kind has this name", allowed="a file, or nothing")
