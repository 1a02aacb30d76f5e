"""Read many objects of one bucket with little work for each: the fast path of a restore.

boto3 spends some milliseconds of one core on every call, whatever the size of the object, and threads do not help.
obstore asks and waits in native code, so that many threads can each read, check and write on their own. It is told to
try once and knows nothing of versions; whatever it cannot give is read again by boto3, which retries, looks at other
versions and knows why. So an answer here is a shortcut and never a verdict: who asked checks the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from obstore import Bytes, get, get_range
from obstore import list as list_objects
from obstore.exceptions import BaseError
from obstore.store import S3Store

BREAKER = 64
"""Reads without an answer, with none answered between, after which the rest is left to boto3."""
_PAGE = 1000


class BulkReads:
    """Reads the current versions of objects of one bucket.

    Args:
        store: the bucket.
        check: called with the operation before anything is asked; raises when the bucket must not be read.
    """

    def __init__(self, store: S3Store, check: Callable[[str], None]) -> None:
        self._store, self._check = store, check

    def begin(self) -> FirstReads:
        """The reads of one restore.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        self._check("GetObject")
        return FirstReads(self._store)

    def current(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys and sizes of the current objects below a prefix that ends with `/`, as far as there was an answer.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        self._check("ListObjectsV2")
        try:
            for page in list_objects(self._store, prefix, chunk_size=_PAGE):
                for each in page:
                    yield each["path"], each["size"]
        except (BaseError, OSError, ValueError):
            return  # boto3 finds out why


class FirstReads:
    """One try at each object. Safe to use from several threads."""

    def __init__(self, store: S3Store) -> None:
        self._store = store
        self._unanswered = 0

    def read(self, key: str, start: int = 0, size: int | None = None) -> memoryview | None:
        """The bytes of an object as they came, unchecked and not copied; None where there was no answer.

        Args:
            key: the object.
            start: the first byte, where a size is given.
            size: how many bytes; by default all.
        """
        if self._unanswered >= BREAKER:
            return None
        try:
            data = memoryview(self._answer(key, start, size))
        except (BaseError, OSError, ValueError):  # boto3 finds out why
            self._unanswered += 1
            return None
        self._unanswered = 0
        return data

    def _answer(self, key: str, start: int, size: int | None) -> Bytes:
        return get(self._store, key).bytes() if size is None else get_range(self._store, key, start=start, length=size)
