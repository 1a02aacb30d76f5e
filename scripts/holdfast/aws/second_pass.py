"""Many calls in parallel, none lost in silence: what fails for load is tried again, and what stays missing is named.

botocore retries from a purse that empties: with half of the calls throttled it gives up on a quarter of them however
many attempts it is allowed. So there is a pass of our own over what failed, with waits that grow, outside that purse.
A refusal (access denied, no such bucket, a disabled key) is never tried twice: the run stops at the first one.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from holdfast.aws.translate import as_service_error, is_passing
from holdfast.aws.workers import each_in_parallel
from holdfast.clock import Clock
from holdfast.errors import ServiceError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

TRIES = 6
"""Tries of one throttled call, each with botocore's own retries inside."""
ROUNDS = 5
"""Passes over what failed, after the first one."""
BREAKER = 64
"""Failures in a row, with no success between, after which the first pass stops: the service is down, not busy."""
LONGEST_WAIT = 8.0
SHOWN = 5


class StillMissing(ServiceError):
    """Calls that failed in every pass.

    `values["missing"]` holds every key; `values["untried"]` says whether there were more that were not even tried.
    """

    template = "{doing}: {count} of {total} not done: {shown}{rest} (last: {because})"
    hint = "run the command again; what is already done is reused"

    def __init__(self, *, doing: str, missing: tuple[str, ...], total: int, untried: bool, because: str) -> None:
        rest = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        rest += "; the rest was not tried" if untried else ""
        super().__init__(
            doing=doing,
            missing=missing,
            count=len(missing),
            total=total,
            untried=untried,
            because=because,
            shown=", ".join(missing[:SHOWN]),
            rest=rest,
        )

    def document(self) -> dict[str, Any]:
        """The error with every missing key."""
        return {**super().document(), "missing": list(self.values["missing"]), "untried": self.values["untried"]}


@dataclass(frozen=True)
class Patience:
    """How to wait: the clock to sleep on and the randomness that keeps many workers from coming back together."""

    clock: Clock
    random: random.Random

    def wait(self, attempt: int) -> None:
        """Wait before attempt `attempt` (from 1): full jitter up to 0.2 s doubled each time, 8 s at most."""
        self.clock.sleep(self.random.uniform(0, min(LONGEST_WAIT, 0.2 * 2**attempt)))


def patiently(call: Callable[[], Answer], patience: Patience, *, tries: int = TRIES) -> Answer:
    """Make one call, again if the service was busy.

    Raises:
        Exception: what the last try raised; at once when it was a refusal or the network.
    """
    for attempt in range(1, tries):
        try:
            return call()
        except ClientError as error:
            if not is_passing(error):
                raise
        patience.wait(attempt)
    return call()


def run_all(
    jobs: Iterable[Job],
    call: Callable[[Job], object],
    *,
    doing: str,
    name: Callable[[Job], str],
    patience: Patience,
    lighten: Callable[[Job], Job] = lambda job: job,
    workers: int = 8,
    ahead: int | None = None,
    rounds: int = ROUNDS,
) -> int:
    """Make all calls, in parallel, in bounded memory.

    Args:
        jobs: taken one at a time, as workers become free.
        call: does one job; must be harmless to repeat.
        doing: the user's word for the whole, for the error.
        name: the name of a job in the error.
        patience: how to wait.
        lighten: what to remember of a failed job until its next turn (drop a body that can be read again).
        workers: calls at a time.
        ahead: jobs taken before a worker is free for them; by default as many as there are workers.
        rounds: passes over what failed.

    Returns:
        how many jobs were done.

    Raises:
        StillMissing: some could not be done; it names every one.
        ServiceError: the service refused one; nothing was started after that.
        HoldfastError: whatever `call` or `jobs` raises of ours passes unchanged.
    """
    first = _Pass(call, lighten, doing, breaker=BREAKER)
    each_in_parallel(first.until_down(jobs), first.do, workers=workers, ahead=ahead)
    last = first
    for attempt in range(1, 1 if first.is_down else rounds + 1):
        if not last.failed:
            break
        patience.wait(attempt + 2)
        again: _Pass[Job] = _Pass(call, lighten, doing)
        each_in_parallel(last.failed, again.do, workers=max(1, workers // 2))
        last = again
    if last.failed:
        missing = tuple(sorted(name(job) for job in last.failed))
        raise StillMissing(
            doing=doing, missing=missing, total=first.seen, untried=first.is_down, because=last.because
        ) from last.error
    return first.seen


class _Pass(Generic[Job]):
    """One pass: keeps what failed for load or the network, and lets a refusal end the run."""

    def __init__(
        self, call: Callable[[Job], object], lighten: Callable[[Job], Job], doing: str, *, breaker: int | None = None
    ) -> None:
        self._call, self._lighten, self._doing, self._breaker = call, lighten, doing, breaker
        self._lock = threading.Lock()
        self._in_a_row = 0
        self.failed: list[Job] = []
        self.seen = 0
        self.is_down = False
        self.error: Exception | None = None

    @property
    def because(self) -> str:
        """The last failure, in words."""
        return as_service_error(self.error, self._doing).message if self.error else ""

    def until_down(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """The jobs, ending early once the service is taken for down."""
        for job in jobs:
            if self._breaker is not None and self._in_a_row >= self._breaker:
                self.is_down = True
                return
            self.seen += 1
            yield job

    def do(self, job: Job) -> None:
        """Do one job; runs on a worker."""
        try:
            self._call(job)
        except (ClientError, BotoCoreError, HTTPClientError) as error:
            if not is_passing(error):
                raise as_service_error(error, self._doing) from error
            with self._lock:
                self._in_a_row += 1
                self.error = error
                self.failed.append(self._lighten(job))
        else:
            self._in_a_row = 0
