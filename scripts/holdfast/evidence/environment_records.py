"""An environment's records: signed with its key or else with this machine's, kept here, and locked in its bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.errors import ServiceError
from holdfast.evidence.interface import Location, RemoteStore, Signer
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.local_store import LocalStore, evidence_folder
from holdfast.evidence.of_environment import locked_store_of, signer_of
from holdfast.evidence.record import Record, Subject
from holdfast.evidence.writing import Written, find_written, write_record

ROLE = "drill-runner"
"""Who signs and writes records, also of a restore: the role that restores writes nothing."""


@dataclass(frozen=True)
class Recorded:
    """Where a record is.

    Args:
        path: the file, locally.
        digest: SHA-256 of the file.
        location: URL of the locked copy with its version; None when there is none.
        problem: why there is no locked copy, when one was asked for.
    """

    path: str
    digest: str
    location: str | None = None
    problem: str | None = None

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"path": self.path, "digest": self.digest, "location": self.location, "problem": self.problem}


@dataclass(frozen=True)
class EnvironmentRecords:
    """Writes the records of one environment.

    Args:
        environment: its name.
        home: Holdfast's folder.
        signer: who signs; the environment's KMS key.
        locked: the evidence bucket.
    """

    environment: str
    home: Path
    signer: Signer
    locked: RemoteStore | None
    clock: Clock

    @classmethod
    def of(cls, sessions: Sessions, home: Path, clock: Clock) -> EnvironmentRecords:
        """The records of the environment `sessions` are for.

        Args:
            sessions: without a guard: evidence lies in the primary Region, whatever a drill takes for lost.
            home: Holdfast's folder.
            clock: when records are made.
        """
        signer, locked = signer_of(sessions, role=ROLE), locked_store_of(sessions, clock, role=ROLE)
        return cls(sessions.environment.environment, home, signer, locked, clock)

    def write(self, record: Record, subjects: list[Subject], *, ended: datetime, is_known: bool = False) -> Recorded:
        """Sign, keep and lock a record; when KMS does not sign, this machine's own key does, and the answer says so.

        A record signed with a machine's key shows what happened to who trusts that machine. It does not verify with
        the environment's key.

        Args:
            ended: when what is recorded ended; the record is not made before it.
            is_known: a record of the same id written before is the answer, whatever else it says; otherwise only one
                that says the same.

        Raises:
            HoldfastError: it can be neither signed nor kept.
        """
        try:
            return _recorded(self._write(record, subjects, ended, self.signer, is_known=is_known))
        except ServiceError as error:
            written = self._write(record, subjects, ended, LocalSigner.at(self.home), is_known=is_known)
            return _recorded(written, f"signed with the key of this machine: {error.message}")

    def _write(
        self, record: Record, subjects: list[Subject], ended: datetime, signer: Signer, *, is_known: bool
    ) -> Written:
        local, record_id = LocalStore(evidence_folder(self.home, self.environment)), record.identity.record_id
        if is_known:
            found = find_written(record_id, signer=signer, local=local, locked=self.locked, clock=self.clock)
            if found is not None:
                return found
        clock = _NotBefore(self.clock, ended)
        return write_record(record, subjects, signer=signer, local=local, locked=self.locked, clock=clock)


@dataclass(frozen=True)
class _NotBefore:
    """A clock that does not say less than the end of what is recorded.

    What is recorded is timed by its beginning plus elapsed time, so when the host's clock is set back meanwhile it can
    end after what that clock says now.
    """

    clock: Clock
    end: datetime

    def now(self) -> datetime:
        return max(self.clock.now(), self.end)

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)


def _recorded(written: Written, problem: str | None = None) -> Recorded:
    problems = [problem] if problem else []
    where = None
    if isinstance(written.store, Location):
        where = written.store.url
    else:
        problems.append(f"not locked: {written.store.reason}")
    if written.warnings:
        count = len(written.warnings)
        problems.append(f"{count} other records are not as they should be (holdfast evidence verify says why)")
    return Recorded(str(written.path), written.digest, where, "; ".join(problems) or None)
