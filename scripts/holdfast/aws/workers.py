"""A bounded set of worker threads: work is taken as it is made, so that memory does not grow with the work."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Job = TypeVar("Job")

_POLL_SECONDS = 0.2


def each_in_parallel(jobs: Iterable[Job], do: Callable[[Job], object], *, workers: int) -> None:
    """Call `do` for each job on `workers` threads; `jobs` is read in this thread, a few ahead of the workers.

    The threads are daemons: an interrupt (a signal raised in the main thread) leaves at once, without waiting for
    calls that are under way.

    Raises:
        BaseException: the first thing `do` or `jobs` raised. No job is started after it.
    """
    pool = _Pool(do, workers)
    try:
        for job in jobs:
            pool.give(job)
        pool.finish()
    finally:
        pool.stop()


class _Pool(Generic[Job]):
    """The threads of one call of `each_in_parallel`."""

    def __init__(self, do: Callable[[Job], object], workers: int) -> None:
        self._do = do
        self._jobs: queue.Queue[Job | None] = queue.Queue(maxsize=workers)
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def give(self, job: Job | None) -> None:
        """Hand over a job, waiting for room; raises what a worker met meanwhile."""
        while True:
            self._raise_failure()
            try:
                self._jobs.put(job, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return

    def finish(self) -> None:
        """Wait until all that was handed over is done."""
        for _ in self._threads:
            self.give(None)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_POLL_SECONDS)
        self._raise_failure()

    def stop(self) -> None:
        """Start nothing more."""
        self._stopped.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                job = self._jobs.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if job is None:
                return
            try:
                self._do(job)
            except BaseException as error:  # noqa: BLE001  # raised again in the calling thread
                self._failure = self._failure or error
                self._stopped.set()
            del job
