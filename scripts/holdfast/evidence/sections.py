"""The sections of a record, in the order an auditor asks: who and what, against which objective, from what to where,
when, how well, how checked, what came of it.

The fields follow what NIST SP 800-34 and 800-53 (CP-4, CP-9, CP-10), the HIPAA audit protocol for contingency plans and
DORA article 12 ask a restore test to show. Texts are names, digests and counts, never content of what was restored.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.environments.model import Slug
from holdfast.evidence.fields import Count, Digest, Instant, RecordId, Seconds, Section, Short, Text


class Kind(StrEnum):
    """What a record is about."""

    DRILL = "drill"
    RESTORE = "restore"
    PROBE = "probe"
    REVIEW = "review"
    PROOF = "proof"


class Trigger(StrEnum):
    """Why it was done."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    INCIDENT = "incident"


class Outcome(StrEnum):
    """Of one check or probe."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class Verdict(StrEnum):
    """Of the whole. What tested nothing is INCONCLUSIVE."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INCONCLUSIVE = "INCONCLUSIVE"


class Identity(Section):
    """What was done, by which version of the tool, on which declaration."""

    record_id: RecordId = Field(description="id of the drill, restore, …; used once")
    kind: Kind
    name: Short = Field(description="which kind of drill, restore or probe, such as object-recovery")
    environment: Slug
    sandbox: bool = Field(description="whether this ran on local emulators")
    trigger: Trigger = Trigger.MANUAL
    tool_version: Short
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None = None
    commit_changed: bool | None = Field(default=None, description="whether files differed from the commit")
    configuration: Digest | None = Field(default=None, description="digest of the resolved environment")


class People(Section):
    """Who did it and who answers for it."""

    operator: Short = Field(description="ARN of the caller")
    responsible: Short = ""
    approver: Short | None = None
    reviewer: Short | None = None
    reviewed_at: Instant | None = None


class Objective(Section):
    """What it was measured against, and where that is declared."""

    dataset: Short
    tenant: Short | None = None
    tier: Short | None = None
    scenario: Short | None = None
    rpo_target_seconds: Seconds | None = None
    rto_target_seconds: Seconds | None = None
    declared_in: Short | None = Field(default=None, description="file:line")
    depth: Short | None = Field(default=None, description="NIST SP 800-34: tabletop, functional, full-scale")


class LockSeen(Section):
    """The lock of the copy that was used, as read at the time."""

    mode: Short
    retain_until: Instant | None = None
    read_at: Instant


class CopyTimed(Section):
    """The job that copied the recovery point to the recovery Region, and how long it took by the service's clock."""

    job: Short
    region: Short = Field(description="the Region that tells of the job")
    began_at: Instant
    ended_at: Instant
    elapsed_seconds: Seconds


class RecoverySource(Section):
    """The copy it was restored from."""

    resource: Short | None = None
    recovery_point: Short
    created_at: Instant | None = None
    type: Short | None = None
    size_bytes: Count | None = None
    vault: Short | None = None
    region: Short
    account: Short | None = None
    kms_key: Short | None = None
    lock: LockSeen | None = None
    copied: CopyTimed | None = None


class RecoveryTarget(Section):
    """Where it was restored to, and how that is kept apart from the source (DORA article 12)."""

    account: Short | None = None
    region: Short | None = None
    network: Short | None = None
    location: Short | None = None
    isolation: tuple[Text, ...] = ()


class Phase(Section):
    """One step. Times are by the wall clock; `elapsed_seconds` is by a clock that never jumps."""

    name: Short
    started_at: Instant
    ended_at: Instant | None = None
    elapsed_seconds: Seconds | None = None


class Timeline(Section):
    """From the declaration of the disaster to the end. A drill that was cut short has no end."""

    declared_at: Instant
    phases: tuple[Phase, ...] = ()
    ended_at: Instant | None = None
    time_source: Short = "host clock"


class Rpo(Section):
    """What would have been lost: simulated failure time less the newest committed data found in what was restored."""

    measured_seconds: Seconds | None = None
    target_seconds: Seconds | None = None
    met: bool | None = None
    failure_at: Instant | None = None
    newest_committed_at: Instant | None = None
    recovery_point_age_seconds: Seconds | None = None


class Rto(Section):
    """How long it took from the declaration to verified operation."""

    measured_seconds: Seconds | None = None
    target_seconds: Seconds | None = None
    met: bool | None = None
    phases: dict[Short, Seconds] = Field(default_factory=dict)


class Check(Section):
    """One assertion about what was restored. Expected and observed are digests or counts."""

    id: Short
    kind: Short
    outcome: Outcome
    expected: Short | None = None
    observed: Short | None = None
    reason: Text | None = Field(default=None, description="why it was skipped or failed")


class Probe(Section):
    """One attempt at what must be refused, and who refused it."""

    id: Short
    call: Short
    principal: Short | None = None
    outcome: Outcome
    expected: Short
    observed: Short | None = Field(default=None, description="the error code the service gave")
    refused_by: Short | None = Field(default=None, description="lock, iam, bucket-policy, …")
    event_id: Short | None = Field(default=None, description="of CloudTrail")
    reason: Text | None = None


class Sampling(Section):
    """How the sample was drawn, so that it can be drawn again."""

    population: Count
    size: Count
    method: Short
    seed: Short | None = None
    oldest_proof_days: Count | None = Field(default=None, description="since the longest unproved member was proved")
    detection_probability: Annotated[int | float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None


class Erasure(Section):
    """What had been deleted on purpose and was deleted again after the restore."""

    ledger_head: Digest | None = None
    applied: Count
    unmatched: Count
    residual: Count


class CorrectiveAction(Section):
    """What will be done about an issue, and by when."""

    ticket: Short
    due: Instant | None = None


class Result(Section):
    """What came of it. INCONCLUSIVE says why."""

    verdict: Verdict
    reason: Text | None = None
    issues: tuple[Text, ...] = ()
    corrective_actions: tuple[CorrectiveAction, ...] = ()
    fresh_until: Instant | None = Field(default=None, description="until when this may be shown as current proof")
    next_due: Instant | None = None


class Cleanup(Section):
    """What was made for it, and whether it is gone."""

    created: tuple[Short, ...] = ()
    deleted: tuple[Short, ...] = ()
    orphaned: tuple[Short, ...] = ()
    cost_estimate_usd: Annotated[int | float, Field(ge=0, allow_inf_nan=False)] | None = None


class NotExercised(Section):
    """Something that is declared, but that this environment could not run."""

    address: Short
    type: Short
    reason: Text
