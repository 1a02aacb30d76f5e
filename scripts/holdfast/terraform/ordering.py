"""Run jobs side by side, each after those it depends on, in a way a Ctrl-C can stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from holdfast.errors import Interrupted
from holdfast.signals import signals_held
from holdfast.terraform.stopping import StopSwitch

T = TypeVar("T")
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Job(Generic[T]):
    """Something to do, by name, after others (names that are no job of this run count as done)."""

    name: str
    after: tuple[str, ...]
    do: Callable[[], T]


def run_in_order(jobs: Sequence[Job[T]], stop: StopSwitch, *, workers: int = 4) -> dict[str, T]:
    """Run the jobs and return their results by name, in the order given.

    After a failure or a Ctrl-C no further job starts; those that run are waited for.

    Raises:
        The error of the first job, in the order given, that failed; after a Ctrl-C, what `stop` says.
    """
    names = {job.name for job in jobs}
    waiting = list(jobs)
    futures: dict[str, Future[T]] = {}
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="terraform")
    try:
        while True:
            try:
                ended = {name: future for name, future in futures.items() if future.done()}
                done = {name for name, future in ended.items() if future.exception() is None}
                if not stop.asked and len(done) == len(ended):
                    for job in [each for each in waiting if done.issuperset(names.intersection(each.after))]:
                        with signals_held():  # else a job may run that nobody waits for, or a thread die at birth
                            futures[job.name] = pool.submit(job.do)
                            waiting.remove(job)
                running = [future for name, future in futures.items() if name not in ended]
                if not running:
                    break
                wait(running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            except (KeyboardInterrupt, Interrupted) as cause:
                stop.escalate(cause=cause)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return _results(jobs, futures, stop)


def _results(jobs: Sequence[Job[T]], futures: dict[str, Future[T]], stop: StopSwitch) -> dict[str, T]:
    if stop.cause is not None:
        stopped = [job.name for job in jobs if job.name not in futures or futures[job.name].exception()]
        raise stop.error(f"the work on {', '.join(stopped) or jobs[-1].name}")
    errors = [futures[job.name].exception() for job in jobs if job.name in futures]
    for error in sorted(filter(None, errors), key=lambda error: isinstance(error, Interrupted)):
        raise error  # an interruption is what a failure elsewhere caused
    return {job.name: futures[job.name].result() for job in jobs}
