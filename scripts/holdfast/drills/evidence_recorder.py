"""Evidence of a drill: the record written here, signed, and locked in the environment's bucket."""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.drills.canary import ROLE
from holdfast.drills.evidence_record import record_of, subjects_of
from holdfast.drills.interface import Provenance
from holdfast.drills.result import DrillResult, Recorded
from holdfast.environments.model import Environment
from holdfast.errors import ServiceError
from holdfast.evidence.errors import EvidenceUnreadable
from holdfast.evidence.interface import Location, RemoteStore, Signer
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.local_store import LocalStore, evidence_folder
from holdfast.evidence.of_environment import locked_store_of, signer_of
from holdfast.evidence.provenance import commit_of, digest_of
from holdfast.evidence.writing import Written, write_record


@dataclass(frozen=True)
class EvidenceRecorder:
    """Writes one record a drill.

    Args:
        home: Holdfast's folder.
        declared_in: folder of the environment files, for the commit.
        signer: who signs; the environment's KMS key.
        locked: the evidence bucket.
    """

    environment: Environment
    home: Path
    declared_in: Path
    signer: Signer
    locked: RemoteStore
    clock: Clock

    def provenance(self) -> Provenance:
        """The tool, the commit, the resolved environment, and the stacks and plans that lie here."""
        commit = commit_of(self.declared_in)
        return Provenance(
            tool_version=importlib.metadata.version("holdfast"),
            commit=commit.id if commit else None,
            commit_changed=commit.changed if commit else None,
            configuration=digest_of(self.environment),
            files=_digests(self.home / self.environment.environment),
        )

    def record(self, result: DrillResult) -> Recorded:
        """Sign, keep and lock the record; when KMS does not sign, this machine's own key does, and the result says so.

        A record signed with a machine's key shows what happened to who trusts that machine. It does not verify with
        the environment's key.

        Raises:
            HoldfastError: it can be neither signed nor kept.
        """
        try:
            return _recorded(self._write(result, self.signer))
        except ServiceError as error:
            written = self._write(result, LocalSigner.at(self.home))
            return _recorded(written, f"signed with the key of this machine: {error.message}")

    def _write(self, result: DrillResult, signer: Signer) -> Written:
        return write_record(
            record_of(result, self.environment),
            subjects_of(result, self.environment),
            signer=signer,
            local=LocalStore(evidence_folder(self.home, self.environment.environment)),
            locked=self.locked,
            clock=_NotBefore(self.clock, _end_of(result)),
        )


def recorder_for(
    environment: Environment, sessions: Sessions, home: Path, declared_in: Path, clock: Clock
) -> EvidenceRecorder:
    """The recorder of an environment.

    Args:
        environment: whose drills are recorded.
        sessions: without a guard: evidence lies in the primary Region, whatever a drill takes for lost.
        home: Holdfast's folder.
        declared_in: folder of the environment files.
        clock: when records are made.
    """
    signer, locked = signer_of(sessions, role=ROLE), locked_store_of(sessions, clock, role=ROLE)
    return EvidenceRecorder(environment, home, declared_in, signer, locked, clock)


@dataclass(frozen=True)
class _NotBefore:
    """A clock that does not say less than the end of what is recorded.

    A drill's times are its declaration plus elapsed time, so when the host's clock is set back meanwhile they can end
    after what it says now.
    """

    clock: Clock
    end: datetime

    def now(self) -> datetime:
        return max(self.clock.now(), self.end)

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)


def _end_of(result: DrillResult) -> datetime:
    return max((time.ended_at or time.began_at for time in result.times), default=result.declared_at)


def _recorded(written: Written, problem: str | None = None) -> Recorded:
    store, where = written.store, None
    if isinstance(store, Location):
        where = f"s3://{store.bucket}/{store.key}?versionId={store.version_id}"
    else:
        problem = "; ".join(each for each in (problem, f"not locked: {store.reason}") if each)
    if written.warnings:
        others = f"{len(written.warnings)} other records are not as they should be (holdfast evidence verify says why)"
        problem = "; ".join(each for each in (problem, others) if each)
    return Recorded(path=str(written.path), digest=written.digest, location=where, problem=problem)


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of the stacks and plans of the environment, by their names below its folder."""
    found = sorted([*folder.glob("stacks/*/cdk.tf.json"), *folder.glob("plans/*.json")])
    try:
        return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
    except OSError as error:
        raise EvidenceUnreadable(path=error.filename, reason=error.strerror) from error
