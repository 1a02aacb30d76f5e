"""A restore in the words of evidence, and the record of it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.backupsets.layout import MANIFEST
from holdfast.clock import Clock
from holdfast.environments.model import Environment
from holdfast.errors import ServiceError
from holdfast.evidence import sections
from holdfast.evidence.interface import Location, RemoteStore, Signer
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.local_store import LocalStore, evidence_folder
from holdfast.evidence.of_environment import locked_store_of, signer_of
from holdfast.evidence.provenance import commit_of, digest_of
from holdfast.evidence.record import Record, Subject
from holdfast.evidence.writing import Written, find_written, write_record
from holdfast.restore.approval import SUBJECT
from holdfast.restore.plan import RestorePlan
from holdfast.restore.state import RestoreState, Step

ROLE = "drill-runner"
"""Who signs and writes records: the restore role writes nothing."""
_MOST = 200


@dataclass(frozen=True)
class RestoreRecorder:
    """Writes one record a restore.

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

    def record(self, state: RestoreState, plan: RestorePlan, verdict: str, reasons: Iterable[str]) -> dict[str, Any]:
        """Sign, keep and lock the record; one that was written before it was journalled is found again.

        When KMS does not sign, this machine's own key does, and the answer says so.

        Raises:
            HoldfastError: it can be neither signed nor kept.
        """
        try:
            return _said(self._write(state, plan, verdict, reasons, self.signer))
        except ServiceError as error:
            written = self._write(state, plan, verdict, reasons, LocalSigner.at(self.home))
            return _said(written, f"signed with the key of this machine: {error.message}")

    def _write(
        self, state: RestoreState, plan: RestorePlan, verdict: str, reasons: Iterable[str], signer: Signer
    ) -> Written:
        local = LocalStore(evidence_folder(self.home, self.environment.environment))
        found = find_written(state.restore_id, signer=signer, local=local, locked=self.locked, clock=self.clock)
        if found is not None:
            return found
        ended = state.times.get(Step.VERIFIED) or self.clock.now()
        return write_record(
            record_of(state, plan, self.environment, verdict, tuple(reasons), ended, self.declared_in),
            subjects_of(plan),
            signer=signer,
            local=local,
            locked=self.locked,
            clock=_NotBefore(self.clock, ended),
        )


def restore_recorder(
    environment: Environment, sessions: Sessions, home: Path, declared_in: Path, clock: Clock
) -> RestoreRecorder:
    """The recorder of an environment."""
    signer, locked = signer_of(sessions, role=ROLE), locked_store_of(sessions, clock, role=ROLE)
    return RestoreRecorder(environment, home, declared_in, signer, locked, clock)


def record_of(
    state: RestoreState,
    plan: RestorePlan,
    environment: Environment,
    verdict: str,
    reasons: tuple[str, ...],
    ended: datetime,
    declared_in: Path,
) -> Record:
    """The record of a restore.

    Raises:
        UnsupportedClaim: the state says more than it shows; that would be a defect.
    """
    begun, staged = state.begun, state.done.get(Step.STAGED, {})
    commit = commit_of(declared_in)
    broken = f"break-glass: {begun['reason']}" if begun["break_glass"] else None
    checks = [*begun["checks"], *staged.get("checks", []), *state.done.get(Step.VERIFIED, {}).get("checks", [])]
    return Record(
        identity=sections.Identity(
            record_id=state.restore_id,
            kind=sections.Kind.RESTORE,
            name="break-glass-restore" if broken else "controlled-restore",
            environment=environment.environment,
            sandbox=environment.sandbox,
            trigger=sections.Trigger.INCIDENT if broken else sections.Trigger.MANUAL,
            tool_version=importlib.metadata.version("holdfast"),
            commit=commit.id if commit else None,
            commit_changed=commit.changed if commit else None,
            configuration=digest_of(environment),
        ),
        people=sections.People(
            operator=begun["run_by"],
            responsible=environment.evidence.responsible,
            approver=begun["approved_by"],
        ),
        objective=_objective(plan, environment),
        source=_source(plan, environment),
        target=sections.RecoveryTarget(location=plan.target.name),
        timeline=_timeline(state, ended),
        checks=tuple(_check(check) for check in checks[:_MOST]),
        erasure=sections.Erasure(**staged["erasure"]) if staged.get("erasure") else None,
        result=sections.Result(
            verdict=sections.Verdict(verdict),
            reason="; ".join(reasons) or None,
            issues=tuple(each for each in (broken, *begun["remarks"]) if each),
        ),
    )


def subjects_of(plan: RestorePlan) -> list[Subject]:
    """What the record speaks of: the plan, and the manifest of each set."""
    subjects = {SUBJECT: plan.digest}
    for item in plan.items[:_MOST]:
        subjects[item.folder.document_key(item.set_id, MANIFEST)] = item.manifest_sha256
    return [Subject.of_digest(name, digest) for name, digest in sorted(subjects.items())]


def _objective(plan: RestorePlan, environment: Environment) -> sections.Objective:
    names = sorted({item.dataset for item in plan.items})
    dataset = environment.dataset(names[0]) if len(names) == 1 else None
    return sections.Objective(
        dataset=", ".join(names),
        tenant=plan.scope.tenant,
        tier=dataset.tier if dataset else None,
        scenario=plan.scope.name,
    )


def _source(plan: RestorePlan, environment: Environment) -> sections.RecoverySource:
    is_primary = plan.region == environment.regions.primary
    first = plan.items[0]
    more = f" and {len(plan.items) - 1} more" if len(plan.items) > 1 else ""
    return sections.RecoverySource(
        recovery_point=f"{first.set_id}{more}",
        created_at=min(item.captured_at for item in plan.items),
        type="backup set",
        size_bytes=plan.bytes,
        region=plan.region,
        account=environment.accounts.workload if is_primary else environment.accounts.backup,
    )


def _timeline(state: RestoreState, ended: datetime) -> sections.Timeline:
    steps = [step for step in (Step.BEGUN, Step.STAGED, Step.PLACED, Step.VERIFIED) if step in state.times]
    phases = [
        sections.Phase(
            name=after.value,
            started_at=state.times[before],
            ended_at=max(state.times[before], state.times[after]),
            elapsed_seconds=max(0.0, (state.times[after] - state.times[before]).total_seconds()),
        )
        for before, after in pairwise(steps)
    ]
    return sections.Timeline(declared_at=state.times[Step.BEGUN], phases=tuple(phases), ended_at=ended)


def _check(check: dict[str, Any]) -> sections.Check:
    return sections.Check(
        id=check["id"],
        kind=check["kind"],
        outcome=sections.Outcome(check["verdict"].upper()),
        expected=check["expected"] or None,
        observed=check["observed"] or None,
        reason=check["reason"],
    )


@dataclass(frozen=True)
class _NotBefore:
    """A clock that does not say less than the end of what is recorded."""

    clock: Clock
    end: datetime

    def now(self) -> datetime:
        return max(self.clock.now(), self.end)

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)


def _said(written: Written, problem: str | None = None) -> dict[str, Any]:
    store, location = written.store, None
    if isinstance(store, Location):
        location = store.url
    else:
        problem = "; ".join(each for each in (problem, f"not locked: {store.reason}") if each)
    return {"path": str(written.path), "digest": written.digest, "location": location, "problem": problem}
