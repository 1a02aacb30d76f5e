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
from holdfast.evidence import sections
from holdfast.evidence.environment_records import EnvironmentRecords
from holdfast.evidence.provenance import commit_of, digest_of
from holdfast.evidence.record import Record, Subject
from holdfast.restore.approval import SUBJECT
from holdfast.restore.plan import RestorePlan
from holdfast.restore.state import RestoreState, Step

_MOST = 200


@dataclass(frozen=True)
class RestoreRecorder:
    """Writes one record a restore.

    Args:
        environment: whose restores are recorded.
        declared_in: folder of the environment files, for the commit.
        records: signs, keeps and locks.
    """

    environment: Environment
    declared_in: Path
    records: EnvironmentRecords

    def record(self, state: RestoreState, plan: RestorePlan, verdict: str, reasons: Iterable[str]) -> dict[str, Any]:
        """Sign, keep and lock the record; one that was written before it was journalled is found again.

        Raises:
            HoldfastError: it can be neither signed nor kept.
        """
        ended = state.times.get(Step.VERIFIED) or self.records.clock.now()
        record = record_of(state, plan, self.environment, verdict, tuple(reasons), ended, self.declared_in)
        return self.records.write(record, subjects_of(plan), ended=ended, is_known=True).document()


def restore_recorder(
    environment: Environment, sessions: Sessions, home: Path, declared_in: Path, clock: Clock
) -> RestoreRecorder:
    """The recorder of an environment."""
    return RestoreRecorder(environment, declared_in, EnvironmentRecords.of(sessions, home, clock))


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
