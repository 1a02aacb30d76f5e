"""Reading an archive from one Region's bucket: base backups, log, timeline histories."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.aws.translate import translated
from holdfast.postgres.errors import ArchiveUnreadable
from holdfast.postgres.layout import Archive
from holdfast.postgres.timelines import Branch, read_history
from holdfast.postgres.wal_names import SUFFIXES, HistoryFile, Segment, bare_name, read_name
from holdfast.postgres.wal_sequence import Stored

MOST_SMALL = 1024 * 1024
"""A backup.info or history of more bytes than this is not one."""
_PLAIN: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}


@dataclass(frozen=True)
class Kept:
    """The newest version of one object of the archive.

    Args:
        hidden: a delete marker stands before it: no plain read finds it any more.
    """

    key: str
    version: str
    stored_at: datetime
    size: int
    hidden: bool

    @property
    def name(self) -> str:
        """The last part of its key."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class ArchiveReader:
    """The archive as one Region's bucket holds it.

    Args:
        s3: client of the Region, as a role that may read.
        bucket: the bucket.
        archive: which server's.
    """

    s3: Any
    bucket: str
    archive: Archive

    def under(self, prefix: str, *, after: str = "") -> list[Kept]:
        """The newest version of every object under a prefix, those behind a delete marker included.

        Args:
            prefix: what their keys begin with.
            after: list only keys that sort after this one.

        Raises:
            ServiceError: S3 refuses or does not answer.
        """
        with translated(f"list {prefix} in {self.bucket}"):
            return [each for each in self._versions(prefix, after) if each.key > after]

    def _versions(self, prefix: str, after: str) -> Iterator[Kept]:
        seen: set[str] = set()
        begin = {"KeyMarker": after} if after else {}
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix, **begin)
        for page in pages:  # newest version first within a key, and a key's versions never come back later
            for each in page.get("Versions", []):
                if each["Key"] not in seen:
                    seen.add(each["Key"])
                    yield Kept(each["Key"], each["VersionId"], each["LastModified"], each["Size"], not each["IsLatest"])

    def log_files(self, first: Segment, segment_bytes: int) -> list[Kept]:
        """The log from a segment on, and the histories of newer timelines: names sort by timeline, then by number."""
        name = first.name(segment_bytes)
        return self.under(self.archive.log, after=f"{self.archive.log}{name[:16]}/{name[:-1]}")

    def small(self, kept: Kept) -> bytes:
        """The content of a small object.

        Raises:
            ArchiveUnreadable: it is too large to be what its name says.
            ServiceError: S3 refuses or does not answer.
        """
        if kept.size > MOST_SMALL:
            raise ArchiveUnreadable(what=kept.name, problem=f"it has {kept.size} bytes")
        with translated(f"read {kept.key}"):
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=kept.key, VersionId=kept.version)["Body"].read()
        return body

    def histories(self, files: list[Kept]) -> dict[int, tuple[Branch, ...]]:
        """What the timeline histories among these files say.

        Raises:
            ArchiveUnreadable: one of them is no history.
        """
        found = {}
        for kept in files:
            what = read_name(kept.name)
            if isinstance(what, HistoryFile):
                branches = read_history(_plain(kept.name, self.small(kept)).decode("ascii", errors="replace"))
                if branches is None:
                    raise ArchiveUnreadable(what=kept.name, problem="it is no timeline history")
                found[what.timeline] = branches
        return found

    def fetch(self, kept: Kept, folder: Path) -> Path:
        """Write one file of the log into a folder, decompressed, under the name PostgreSQL asks for.

        Raises:
            ArchiveUnreadable: its compression is damaged, or one this Python cannot undo.
            ServiceError: S3 refuses or does not answer.
        """
        path = folder / bare_name(kept.name)
        partial = path.with_name(path.name + ".part")
        with translated(f"read {kept.key}"):
            body = self.s3.get_object(Bucket=self.bucket, Key=kept.key, VersionId=kept.version)["Body"].read()
        partial.write_bytes(_plain(kept.name, body))
        partial.replace(path)
        return path


def stored(files: list[Kept]) -> list[Stored]:
    """The files as the check of the sequence takes them."""
    return [Stored(each.name, each.stored_at, each.size) for each in files]


def _plain(name: str, content: bytes) -> bytes:
    suffix = next((each for each in SUFFIXES if name.endswith(each)), None)
    if suffix is None:
        return content
    if suffix not in _PLAIN:
        allowed = ", ".join(_PLAIN)
        raise ArchiveUnreadable(what=name, problem=f"Holdfast reads no {suffix}; archive uncompressed, or as {allowed}")
    try:
        return _PLAIN[suffix](content)
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise ArchiveUnreadable(what=name, problem=f"its compression is damaged ({error})") from error
