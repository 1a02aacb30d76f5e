"""A bounded set of worker threads: work is taken as it is made, so that memory does not grow with the work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from holdfast.signals import signals_held

Job = TypeVar("Job")

_POLL_SECONDS = 0.2


def each_in_parallel(
    jobs: Iterable[Job], do: Callable[[Job], object], *, workers: int, ahead: int | None = None
) -> None:
    """Call `do` for each job on up to `workers` threads; `jobs` is read in this thread, a few ahead of the workers.

    The threads are daemons: an interrupt (a signal raised in the main thread) leaves at once, without waiting for
    calls that are under way.

    Args:
        jobs: the work.
        do: does one job.
        workers: threads; no more than there are jobs.
        ahead: jobs that may wait for a worker; by default one for each. With more, this thread wakes up less often.

    Raises:
        BaseException: the first thing `do` or `jobs` raised. No job is started after it.
    """
    pool = _Pool(do, workers, ahead or workers)
    try:
        for job in jobs:
            pool.give(job)
        pool.finish()
    finally:
        pool.stop()


class _Pool(Generic[Job]):
    """The threads of one call of `each_in_parallel`."""

    def __init__(self, do: Callable[[Job], object], workers: int, ahead: int) -> None:
        self._do, self._workers, self._ahead = do, workers, ahead
        self._refill_at = ahead // 2 if ahead > workers else ahead - 1
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._work_there, self._room_there = threading.Condition(self._lock), threading.Condition(self._lock)
        self._idle = 0
        self._is_full = self._is_complete = self._is_stopped = False
        self._failure: BaseException | None = None
        self._threads: list[threading.Thread] = []

    def give(self, job: Job) -> None:
        """Hand over a job, waiting for room; raises what a worker met meanwhile."""
        self._raise_failure()
        self._jobs.append(job)
        if self._idle:
            with self._lock:
                self._work_there.notify()
        elif len(self._threads) < self._workers:
            self._start()
        if len(self._jobs) >= self._ahead:
            self._wait_for_room()

    def finish(self) -> None:
        """Wait until all that was handed over is done."""
        with self._lock:
            self._is_complete = True
            self._work_there.notify_all()
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_POLL_SECONDS)
                self._raise_failure()
        self._raise_failure()

    def stop(self) -> None:
        """Start nothing more."""
        with self._lock:
            self._is_stopped = True
            self._work_there.notify_all()

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, daemon=True)
        with signals_held():  # an error raised in here would end the thread before it has begun
            thread.start()
            self._threads.append(thread)

    def _wait_for_room(self) -> None:
        # Said before the jobs are counted, and looked at by a worker after it has taken one: no wake-up is missed.
        self._is_full = True
        with self._lock:
            while len(self._jobs) > self._refill_at and self._failure is None:
                self._room_there.wait(_POLL_SECONDS)  # in steps, so that an interrupt is heard
        self._is_full = False
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        while self._has_work():
            try:
                job = self._jobs.popleft()
            except IndexError:  # another worker was quicker
                continue
            if self._is_full and len(self._jobs) <= self._refill_at:
                with self._lock:
                    self._room_there.notify()
            try:
                self._do(job)
            except BaseException as error:  # noqa: BLE001  # raised again in the calling thread
                self._failure = self._failure or error
                self.stop()
            del job

    def _has_work(self) -> bool:
        """Wait for a job; False when there will be none."""
        if self._is_stopped:
            return False
        if self._jobs:
            return True
        with self._lock:
            self._idle += 1
            while not self._jobs and not self._is_complete and not self._is_stopped:
                self._work_there.wait()
            self._idle -= 1
            return bool(self._jobs) and not self._is_stopped
