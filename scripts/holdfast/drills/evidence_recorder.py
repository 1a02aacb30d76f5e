"""Evidence of a drill: its record, and what it was made from."""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.drills.evidence_record import record_of, subjects_of
from holdfast.drills.interface import Provenance
from holdfast.drills.result import DrillResult
from holdfast.environments.model import Environment
from holdfast.evidence.environment_records import EnvironmentRecords, Recorded
from holdfast.evidence.errors import EvidenceUnreadable
from holdfast.evidence.provenance import commit_of, digest_of


@dataclass(frozen=True)
class EvidenceRecorder:
    """Writes one record a drill.

    Args:
        environment: whose drills are recorded.
        home: Holdfast's folder.
        declared_in: folder of the environment files, for the commit.
        records: signs, keeps and locks.
    """

    environment: Environment
    home: Path
    declared_in: Path
    records: EnvironmentRecords

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
        """Sign, keep and lock the record, as `EnvironmentRecords.write` does.

        Raises:
            HoldfastError: it can be neither signed nor kept.
        """
        subjects = subjects_of(result, self.environment)
        return self.records.write(record_of(result, self.environment), subjects, ended=_end_of(result))


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
    return EvidenceRecorder(environment, home, declared_in, EnvironmentRecords.of(sessions, home, clock))


def _end_of(result: DrillResult) -> datetime:
    return max((time.ended_at or time.began_at for time in result.times), default=result.declared_at)


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of the stacks and plans of the environment, by their names below its folder."""
    found = sorted([*folder.glob("stacks/*/cdk.tf.json"), *folder.glob("plans/*.json")])
    try:
        return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
    except OSError as error:
        raise EvidenceUnreadable(path=error.filename, reason=error.strerror) from error
