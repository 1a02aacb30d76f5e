"""Read objects of one Region's vault, believing only their SHA-256.

A locked version cannot be removed, but anybody who may write can hide it: behind a delete marker, or behind a newer
version with other bytes. So when the current version is missing or wrong, the other versions are tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from holdfast.aws.second_pass import Patience, patiently
from holdfast.aws.translate import code_of, is_passing
from holdfast.backupsets.errors import ObjectDamaged, ObjectLost

if TYPE_CHECKING:
    from holdfast.aws.bulk_reads import BulkReads, FirstReads

BODY_TRIES = 4
"""Tries of one read whose body breaks off; botocore retries only up to the first byte."""

_NOTHING_THERE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "405", "InvalidRange", "416"})


class Oddity(StrEnum):
    """How a read succeeded that did not succeed at once."""

    SECOND_READ = "the first read was damaged, the second was good"
    DELETE_MARKER = "hidden behind a delete marker, found by its version"
    OTHER_VERSION = "hidden behind a newer version with other bytes, found by its version"


@dataclass(frozen=True, slots=True)
class Read:
    """The bytes of an object, verified; and what was odd about getting them."""

    data: bytes | memoryview
    oddity: Oddity | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A version as ListObjectVersions gives it; delete markers are left out."""

    key: str
    version_id: str
    size: int


class Reader:
    """Reads from one bucket. Safe to use from several threads.

    Args:
        s3: the Region's S3 client.
        region: the Region, for messages.
        bucket: the bucket.
        patience: how to wait while S3 is busy.
        bulk: reads many objects with little work for each, where that is possible.
    """

    def __init__(self, s3: Any, region: str, bucket: str, patience: Patience, *, bulk: BulkReads | None = None) -> None:
        self._s3, self.region, self.bucket, self._patience, self._bulk = s3, region, bucket, patience, bulk

    def first_reads(self) -> FirstReads | None:
        """Cheap first reads for `verified`, of many objects; None where there are none.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        return None if self._bulk is None else self._bulk.begin()

    def current(self, prefix: str) -> Iterator[tuple[str, int]] | None:
        """Keys and sizes of what a plain read would find below a prefix, cheaply and as far as S3 answers; None where
        only `versions` can tell.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        return None if self._bulk is None else self._bulk.current(prefix)

    def verified(self, key: str, digest: str, first: bytes | memoryview | None = None) -> Read:
        """The bytes with this SHA-256 (hex).

        Args:
            key: where they are.
            digest: what they hash to.
            first: what was read there already.

        Raises:
            ObjectLost: no version of the object is left.
            ObjectDamaged: no version reads back with this digest; the current one was read twice.
        """
        seen: str | None = None
        for read in self.readings(key, first):
            found = hashlib.sha256(read.data).hexdigest()
            if found == digest:
                return read
            seen = seen or found
        if seen is None:
            raise ObjectLost(key=key, region=self.region)
        raise ObjectDamaged(key=key, region=self.region, found=seen, digest=digest)

    def readings(self, key: str, first: bytes | memoryview | None = None) -> Iterator[Read]:
        """Everything an object may be read as, unchecked, the likeliest first: what is current, twice; each version.

        Args:
            key: the object.
            first: what was read there already.
        """
        is_there = False
        for oddity in (None, Oddity.SECOND_READ):
            data = first if first is not None and oddity is None else self._current(key)
            if data is None:
                break
            is_there = True
            yield Read(data, oddity)
        for version in self.versions(key, exactly=True):
            data = self.version(key, version.version_id)
            if data is not None:
                yield Read(data, Oddity.OTHER_VERSION if is_there else Oddity.DELETE_MARKER)
                is_there = True

    def version(self, key: str, version_id: str) -> bytes | None:
        """The bytes of one version; None when it is gone."""
        return self._get({"Key": key, "VersionId": version_id})

    def span(self, key: str, start: int, size: int) -> bytes | None:
        """Some bytes of the current version, unchecked; None when it is gone or ends before them."""
        return self._get({"Key": key, "Range": f"bytes={start}-{start + size - 1}"})

    def versions(
        self, prefix: str, *, exactly: bool = False, hidden: Callable[[str], None] = lambda _: None
    ) -> Iterator[Version]:
        """The versions below a prefix, by key, newest first; a page of 1 000 in memory at a time.

        Args:
            prefix: or the key itself.
            exactly: only the key that equals the prefix.
            hidden: told each key whose current version is a delete marker.
        """
        markers: dict[str, str] = {}
        while True:
            page = self._listing(prefix, markers)
            for each in page.get("Versions", ()):
                if not exactly or each["Key"] == prefix:
                    yield Version(each["Key"], each["VersionId"], each["Size"])
            for each in page.get("DeleteMarkers", ()):
                if each.get("IsLatest"):
                    hidden(each["Key"])
            following = {
                "KeyMarker": page.get("NextKeyMarker", ""),
                "VersionIdMarker": page.get("NextVersionIdMarker", ""),
            }
            following = {name: value for name, value in following.items() if value}
            if not page.get("IsTruncated") or following in ({}, markers):
                return
            markers = following

    def _listing(self, prefix: str, markers: dict[str, str]) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            reply: dict[str, Any] = self._s3.list_object_versions(Bucket=self.bucket, Prefix=prefix, **markers)
            return reply

        return patiently(ask, self._patience)

    def _current(self, key: str) -> bytes | None:
        return self._get({"Key": key})

    def _get(self, which: dict[str, str]) -> bytes | None:
        for attempt in range(1, BODY_TRIES + 1):
            try:
                return patiently(self._reading(which), self._patience)
            except ClientError as error:
                if code_of(error) in _NOTHING_THERE:
                    return None
                raise
            except (BotoCoreError, HTTPClientError) as error:
                if attempt == BODY_TRIES or not is_passing(error):
                    raise
            self._patience.wait(attempt)
        return None

    def _reading(self, which: dict[str, str]) -> Callable[[], bytes]:
        def read() -> bytes:
            body: bytes = self._s3.get_object(Bucket=self.bucket, **which)["Body"].read()
            return body

        return read
