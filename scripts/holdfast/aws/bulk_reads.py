"""Read many objects of one bucket ahead of those who need them: the fast path of a restore.

boto3 spends some milliseconds of one core on every call, whatever the size of the object, and threads do not help.
obstore reads in native code, many at a time. It is told to try once and knows nothing of versions; whatever it cannot
give is read again by boto3, which retries, looks at other versions and knows why. So an answer here is a shortcut
and never a verdict: who asked checks the bytes.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any, Generic, TypeVar

from obstore import get_async
from obstore.exceptions import BaseError
from obstore.store import S3Store

Job = TypeVar("Job")

AT_ONCE = 32
"""Reads under way at a time."""
BYTES_AHEAD = 48 * 1024 * 1024
"""Bytes under way or waiting to be taken, so that memory does not grow with the objects."""
BREAKER = 64
"""Reads without an answer, with none answered between, after which the rest is left to boto3."""
_POLL_SECONDS = 0.2


class BulkReads:
    """Reads the current versions of objects of one bucket.

    Args:
        store: the bucket.
        check: called before anything is asked; raises when the bucket must not be read.
    """

    def __init__(self, store: S3Store, check: Callable[[], None]) -> None:
        self._store, self._check = store, check

    def ahead(
        self, jobs: Iterable[Job], key: Callable[[Job], str | None], size: Callable[[Job], int]
    ) -> Iterator[tuple[Job, bytes | None]]:
        """Each job with the bytes of its object, in the order they arrive; None where there was no answer.

        Args:
            jobs: taken in the caller's thread, a few ahead.
            key: of the object a job needs; None when it needs none.
            size: bytes the job's object should have, for the budget.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        self._check()
        reading = _Reading[Job](self._store)
        try:
            yield from reading.run(iter(jobs), key, size)
        finally:
            reading.stop()


class _Reading(Generic[Job]):
    """The reads of one call: an event loop on a thread of its own, and what it has answered."""

    def __init__(self, store: S3Store) -> None:
        self._store = store
        self._answers: queue.SimpleQueue[tuple[Job, int, bytes | None]] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._unanswered = 0

    def run(
        self, jobs: Iterator[Job], key: Callable[[Job], str | None], size: Callable[[Job], int]
    ) -> Iterator[tuple[Job, bytes | None]]:
        """Keep as many reads under way as the budget allows."""
        under_way = held = 0
        exhausted = False
        while not exhausted or under_way:
            while not exhausted and under_way < AT_ONCE and (held < BYTES_AHEAD or not under_way):
                job = next(jobs, _END)
                if isinstance(job, _End):
                    exhausted = True
                elif (name := key(job)) is None or self._unanswered >= BREAKER:
                    yield job, None
                else:
                    under_way, held = under_way + 1, held + size(job)
                    self._begin(self._read(job, name, size(job)))
            if under_way:
                done, asked, data = self._next()
                under_way, held = under_way - 1, held - asked
                self._unanswered = self._unanswered + 1 if data is None else 0
                yield done, data

    def stop(self) -> None:
        """End what is under way."""
        self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(5)
        if not self._thread.is_alive():
            self._loop.close()

    async def _read(self, job: Job, key: str, size: int) -> None:
        data: bytes | None = None
        try:
            data = bytes(await (await get_async(self._store, key)).bytes_async())
        except (BaseError, OSError, ValueError):
            pass  # boto3 finds out why
        finally:
            self._answers.put((job, size, data))

    def _begin(self, read: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(read, self._loop)

    def _next(self) -> tuple[Job, int, bytes | None]:
        while True:  # in steps, so that an interrupt is heard
            try:
                return self._answers.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if not self._thread.is_alive():
                    raise

    def _cancel(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        ended = asyncio.gather(*tasks, return_exceptions=True)
        ended.add_done_callback(lambda _: self._loop.stop())


class _End:
    """There is nothing more to read."""


_END = _End()
