"""Read the parts of a restore: cheaply at first, and once more with care where the first read will not do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from holdfast.backupsets.errors import ObjectDamaged, ObjectLost, PackDamaged
from holdfast.backupsets.layout import Folder
from holdfast.backupsets.parts import Part, Slice
from holdfast.backupsets.reading import Oddity, Read, Reader

WORKERS = 8
"""Reads at a time by boto3."""
AT_ONCE = 32
"""Small reads at a time where boto3 is needed for what goes wrong only."""
FEW = 4
"""Larger reads at a time then, by threads of their own: every thread keeps some megabytes that it once read into."""
SMALL_BYTES = 256 * 1024
"""Up to this much, a read is small."""


class PartReader:
    """Reads, checks and writes the parts of one set. Safe to use from several threads.

    Args:
        reader: the Region.
        folder: whose objects they are.
    """

    def __init__(self, reader: Reader, folder: Folder) -> None:
        self._reader, self._folder = reader, folder
        self._first, self._by_boto3 = reader.first_reads(), threading.Semaphore(WORKERS)
        self.workers = WORKERS if self._first is None else AT_ONCE
        self._large = ThreadPoolExecutor(WORKERS if self._first is None else FEW)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._large.shutdown(cancel_futures=True)

    def carry_out(self, part: Part) -> None:
        """Read one part, check it and write it, or say of each of its files why not."""
        if part.digest is None:
            part.slices[0].file.write(0, Read(b""))
        elif part.size > SMALL_BYTES:
            self._large.submit(self._read, part, part.digest).result()
        else:
            self._read(part, part.digest)

    def _read(self, part: Part, digest: str) -> None:
        key = self._folder.object_key(digest)
        try:
            if part.is_shared:
                self._read_shared(part, key)
            else:
                part.slices[0].file.write(part.slices[0].number, self._whole(part, key, digest))
        except (ObjectLost, ObjectDamaged) as error:
            for each in part.slices:
                each.file.fail(error.message)  # a file that is restored stays so

    def _whole(self, part: Part, key: str, digest: str) -> Read:
        first = None if self._first is None or part.is_again else self._first.read(key)
        if first is not None:
            return self._reader.verified(key, digest, first)
        with self._by_boto3:
            return self._reader.verified(key, digest)

    def _read_shared(self, part: Part, key: str) -> None:
        """Each file is checked by itself: damage in a pack is the loss of the files it is in and of no other.

        Raises:
            ObjectLost: no version of the pack is left.
        """
        first = self._span(part, key)
        bad = part.slices if first is None else _write(part.slices, first, begins=part.start)
        if not bad:
            return
        last: bytes | memoryview | None = None
        with self._by_boto3:
            for read in self._reader.readings(key):
                last, odd = read.data, read.oddity or (None if first is None else Oddity.SECOND_READ)
                bad = _write(bad, last, odd)
                if not bad:
                    return
        if last is None:
            raise ObjectLost(key=key, region=self._reader.region)
        for each in bad:
            end = each.start + each.size
            found = hashlib.sha256(last[each.start : end]).hexdigest()
            region = self._reader.region
            error = PackDamaged(start=each.start, end=end, key=key, region=region, found=found, digest=each.digest)
            each.file.fail(error.message)

    def _span(self, part: Part, key: str) -> bytes | memoryview | None:
        """What the current version has where the files should be, if it is there and reaches so far."""
        first = None if self._first is None or part.is_again else self._first.read(key, part.start, part.size)
        if first is not None:
            return first
        with self._by_boto3:
            return self._reader.span(key, part.start, part.size)


def _write(
    slices: Iterable[Slice], data: bytes | memoryview, oddity: Oddity | None = None, *, begins: int = 0
) -> tuple[Slice, ...]:
    """Write what is as it should be; gives the rest. `begins` is the byte of the object the data begin with."""
    bad: list[Slice] = []
    for each in slices:
        at = each.start - begins
        content = data[at : at + each.size]
        if hashlib.sha256(content).hexdigest() == each.digest:
            each.file.write(each.number, Read(content, oddity))
        else:
            bad.append(each)
    return tuple(bad)
