"""A drill's result in the words of evidence."""

from __future__ import annotations

from datetime import datetime, timedelta

from holdfast.backupsets.layout import MANIFEST, folder_of
from holdfast.drills.checks import Check, Outcome, Probe
from holdfast.drills.interface import CopyTimed
from holdfast.drills.result import DrillResult
from holdfast.drills.sampling import Sampling
from holdfast.environments.model import Environment
from holdfast.evidence import sections
from holdfast.evidence.record import Record, Subject

_WORDS = {
    Outcome.PASSED: sections.Outcome.PASSED,
    Outcome.FAILED: sections.Outcome.FAILED,
    Outcome.SKIPPED: sections.Outcome.SKIPPED,
}
_ISOLATION = (
    "a folder of this drill's own, new and empty before the restore and removed after it",
    "the restore writes to no account, Region or service",
)


def record_of(result: DrillResult, environment: Environment) -> Record:
    """The record of a drill.

    Raises:
        UnsupportedClaim: the result says more than it shows; that would be a defect of the drill.
    """
    return Record(
        identity=_identity(result, environment),
        people=_people(result),
        objective=_objective(result, environment),
        source=_source(result),
        target=_target(result),
        timeline=_timeline(result),
        rpo=_rpo(result),
        rto=_rto(result),
        checks=tuple(_check(check) for check in result.checks),
        probes=tuple(_probe(probe) for probe in result.probes),
        sampling=_sampling(result.selection.sampling) if result.selection and result.selection.sampling else None,
        result=_result(result, environment),
        cleanup=sections.Cleanup(
            created=result.cleaned.created, deleted=result.cleaned.removed, orphaned=result.cleaned.orphaned
        ),
        declared_not_exercised=result.spec.not_exercised,
    )


def subjects_of(result: DrillResult, environment: Environment) -> list[Subject]:
    """The files a drill speaks of: the manifest it restored, the stacks and plans; else the environment itself."""
    files = dict(result.provenance.files) if result.provenance else {}
    spec, point = result.spec, result.selection.point if result.selection else None
    if point is not None and spec.dataset is not None:
        manifest = folder_of(environment, spec.dataset, spec.tenant).document_key(point.id, MANIFEST)
        files[point.subject or manifest] = point.digest
    if not files and result.provenance:
        files["environment.json"] = result.provenance.configuration
    return [Subject.of_digest(name, digest) for name, digest in sorted(files.items())]


def _identity(result: DrillResult, environment: Environment) -> sections.Identity:
    provenance = result.provenance
    return sections.Identity(
        record_id=result.drill_id,
        kind=sections.Kind.DRILL,
        name=result.spec.kind,
        environment=environment.environment,
        sandbox=environment.sandbox,
        trigger=sections.Trigger(result.spec.trigger.value),
        tool_version=provenance.tool_version if provenance else "unknown",
        commit=provenance.commit if provenance else None,
        commit_changed=provenance.commit_changed if provenance else None,
        configuration=provenance.configuration if provenance else None,
    )


def _people(result: DrillResult) -> sections.People:
    principals = result.survey.principals if result.survey else {}
    operator = principals.get("caller") or principals.get("administrator") or "unknown"
    return sections.People(operator=operator, responsible=result.spec.responsible)


def _objective(result: DrillResult, environment: Environment) -> sections.Objective | None:
    spec = result.spec
    dataset = environment.dataset(spec.dataset) if spec.dataset else None
    if dataset is None:
        return None
    return sections.Objective(
        dataset=dataset.name,
        tenant=spec.tenant,
        tier=dataset.tier,
        scenario=spec.scenario.value if spec.scenario else None,
        rpo_target_seconds=_seconds(result.rpo.target),
        rto_target_seconds=_seconds(result.rto.target),
        declared_in=f"tiers.{dataset.tier} of {environment.environment}",
        depth="functional",
    )


def _source(result: DrillResult) -> sections.RecoverySource | None:
    point = result.selection.point if result.selection else None
    if point is None:
        return None
    lock = None
    if point.lock_mode and point.lock_read_at:
        lock = sections.LockSeen(mode=point.lock_mode, retain_until=point.locked_until, read_at=point.lock_read_at)
    return sections.RecoverySource(
        resource=point.resource,
        recovery_point=point.id,
        created_at=point.committed_at,
        type=point.type,
        size_bytes=point.bytes,
        vault=point.resource.removeprefix("s3://").partition("/")[0],
        region=point.region,
        account=point.account,
        kms_key=point.kms_key,
        lock=lock,
        copied=_copied(point.copied) if point.copied else None,
    )


def _copied(copy: CopyTimed) -> sections.CopyTimed:
    return sections.CopyTimed(
        job=copy.job,
        region=copy.region,
        began_at=copy.began_at,
        ended_at=copy.ended_at,
        elapsed_seconds=copy.seconds,
    )


def _target(result: DrillResult) -> sections.RecoveryTarget | None:
    if result.spec.dataset is None:
        return None
    location, isolation = result.location or result.target, result.isolation or _ISOLATION
    return sections.RecoveryTarget(location=location, isolation=isolation)


def _timeline(result: DrillResult) -> sections.Timeline:
    phases = tuple(
        sections.Phase(
            name=time.phase.value,
            started_at=time.began_at,
            ended_at=time.ended_at,
            elapsed_seconds=time.seconds if time.seconds is None or time.seconds >= 0 else None,
        )
        for time in result.times
    )
    ended: datetime | None = max((time.ended_at for time in result.times if time.ended_at), default=None)
    return sections.Timeline(declared_at=result.declared_at, phases=phases, ended_at=ended)


def _rpo(result: DrillResult) -> sections.Rpo | None:
    if result.spec.dataset is None:
        return None
    return sections.Rpo(
        measured_seconds=result.rpo.seconds,
        target_seconds=_seconds(result.rpo.target),
        met=result.rpo.met,
        failure_at=result.failed_at,
        newest_committed_at=result.newest_committed,
        recovery_point_age_seconds=max(0.0, result.point_age_seconds) if result.point_age_seconds is not None else None,
    )


def _rto(result: DrillResult) -> sections.Rto | None:
    if result.spec.dataset is None and result.spec.game_day is None:
        return None
    return sections.Rto(
        measured_seconds=result.rto.seconds,
        target_seconds=_seconds(result.rto.target),
        met=result.rto.met,
        phases=dict(result.seconds_by_phase),
    )


def _check(check: Check) -> sections.Check:
    return sections.Check(
        id=check.id,
        kind=check.kind.value,
        outcome=_WORDS[check.outcome],
        expected=check.expected or None,
        observed=check.observed or None,
        reason=check.reason or None,
    )


def _probe(probe: Probe) -> sections.Probe:
    return sections.Probe(
        id=probe.id,
        call=probe.call,
        principal=probe.principal,
        outcome=_WORDS[probe.outcome],
        expected=f"refused by {probe.expected}",
        observed=probe.error_code or ("accepted" if probe.refused_by == "nobody" else None),
        refused_by=probe.refused_by,
        reason=probe.reason or probe.message_class,
    )


def _sampling(sampling: Sampling) -> sections.Sampling:
    return sections.Sampling(
        population=sampling.population,
        size=sampling.size,
        method=f"{sampling.method}; detection if {sampling.supposed_damage:.0%} were damaged",
        seed=str(sampling.seed),
        detection_probability=round(sampling.detection_probability, 6),
    )


def _result(result: DrillResult, environment: Environment) -> sections.Result:
    verdict = sections.Verdict(result.verdict.value)
    dataset = environment.dataset(result.spec.dataset) if result.spec.dataset else None
    fresh_until = None
    if verdict is sections.Verdict.PASSED and dataset is not None:
        fresh_until = result.declared_at + environment.tier_of(dataset).drill_every
    return sections.Result(
        verdict=verdict,
        reason="; ".join(result.reasons) or None,
        issues=result.issues,
        fresh_until=fresh_until,
        next_due=fresh_until,
    )


def _seconds(target: timedelta | None) -> float | None:
    return None if target is None else target.total_seconds()
