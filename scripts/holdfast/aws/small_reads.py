"""Read many small objects from one thread: one request under way on each of some connections, answers as they come.

Threads that each wait for an answer of their own spend more on waking one another than on the bytes. Here one thread
asks on every connection and takes whichever answer is there. Only the plainest answer is understood (200, with its
length); whatever else comes, or does not come, is no answer, and boto3 finds out why. So, as with `bulk_reads`, an
answer is a shortcut and never a verdict: who asked checks the bytes.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from holdfast.aws.bulk_reads import BREAKER
from holdfast.aws.connection import Address, Connection

Job = TypeVar("Job")

AT_ONCE = 32
"""Connections."""


class SmallReads:
    """Reads the current versions of objects of one bucket.

    Args:
        address: where the bucket answers.
        request: makes the signed request for a key; raises when it must not be asked for.
        seconds: without a byte on any connection, after which there is no answer to wait for.
    """

    def __init__(self, address: Address, request: Callable[[str], bytes], *, seconds: float) -> None:
        self._address, self._request, self._seconds = address, request, seconds

    def each(self, jobs: Iterable[Job], key: Callable[[Job], str | None]) -> Iterator[tuple[Job, bytes | None]]:
        """Each job with the bytes of its object as they came, unchecked, or None; in the order of the answers.

        Args:
            jobs: taken as connections become free.
            key: the key a job asks for; None for one that is to be given back as it is.

        Raises:
            RegionDenied: the Region or the bucket is taken for lost.
        """
        asked: _Asked[Job] = _Asked(self._address, self._seconds)
        unanswered = 0
        try:
            for job in jobs:
                name = key(job)
                if name is None or unanswered >= BREAKER:
                    yield job, None
                    continue
                asked.ask(job, self._request(name))
                while asked.is_full:
                    for answer in asked.answers():
                        unanswered = unanswered + 1 if answer[1] is None else 0
                        yield answer
            while asked.is_waiting:
                yield from asked.answers()
        finally:
            asked.close()


@dataclass
class _Question(Generic[Job]):
    job: Job
    request: bytes
    is_second: bool = False


class _Asked(Generic[Job]):
    """The connections, and what was asked on which."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._address, self._seconds = address, seconds
        self._selector = selectors.DefaultSelector()
        self._idle: list[Connection] = []
        self._busy: dict[Connection, _Question[Job]] = {}
        self._failed: list[Job] = []
        self._made = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be asked before answers are taken."""
        return len(self._busy) >= AT_ONCE or bool(self._failed)

    @property
    def is_waiting(self) -> bool:
        """Whether something was asked and not answered."""
        return bool(self._busy or self._failed)

    def ask(self, job: Job, request: bytes) -> None:
        """Ask on a free connection, or on a new one."""
        self._ask(_Question(job, request))

    def answers(self) -> list[tuple[Job, bytes | None]]:
        """Wait until something is there, and take all of it."""
        found: list[tuple[Job, bytes | None]] = []
        ready = self._selector.select(0 if self._failed else self._seconds) if self._busy else []
        if self._busy and not ready and not self._failed:
            for silent in tuple(self._busy):
                self._drop(silent)
        for key, _ in ready:
            connection = cast(Connection, key.fileobj)
            if connection not in self._busy:
                self._leave_idle(connection)
            elif self._advance(connection):
                question = self._busy.pop(connection)
                self._idle.append(connection)
                found.append((question.job, connection.body()))
        found += [(job, None) for job in self._failed]
        self._failed.clear()
        return found

    def close(self) -> None:
        """Leave every connection."""
        for connection in (*self._idle, *self._busy):
            connection.close()
        self._selector.close()

    def _ask(self, question: _Question[Job]) -> None:
        try:
            connection = self._idle.pop() if self._idle else self._connect()
        except OSError:
            self._failed.append(question.job)
            return
        self._busy[connection] = question
        waited_for = connection.waits_for
        try:
            connection.ask(question.request)
        except OSError:
            self._drop(connection)
        else:
            self._wait_for(connection, waited_for)

    def _connect(self) -> Connection:
        connection = Connection(self._address, self._made)
        self._made += 1
        self._selector.register(connection, connection.waits_for)
        return connection

    def _advance(self, connection: Connection) -> bool:
        """Go on with one connection; True when its answer is there."""
        waited_for = connection.waits_for
        try:
            is_there = connection.advance()
        except OSError:
            self._drop(connection)
            return False
        self._wait_for(connection, waited_for)
        return is_there

    def _wait_for(self, connection: Connection, waited_for: int) -> None:
        if connection.waits_for != waited_for:
            self._selector.modify(connection, connection.waits_for)

    def _drop(self, connection: Connection) -> None:
        """Leave a connection; what it did not answer is asked once more where it may only have been closed unused."""
        question = self._busy.pop(connection)
        self._selector.unregister(connection)
        connection.close()
        if connection.is_stale and not question.is_second:
            question.is_second = True
            for idle in tuple(self._idle):  # they are as old
                self._leave_idle(idle)
            self._ask(question)
        else:
            self._failed.append(question.job)

    def _leave_idle(self, connection: Connection) -> None:
        """A connection that is not asked has nothing to say: its server leaves."""
        if connection in self._idle:
            self._idle.remove(connection)
            self._selector.unregister(connection)
            connection.close()
