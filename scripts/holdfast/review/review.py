"""A review: plans, stacks and suppressions in; findings, a verdict and an exit code out. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from holdfast.errors import Source
from holdfast.review.base_and_head import Stacks, compare, construct_paths
from holdfast.review.declared import held_against_base
from holdfast.review.errors import PlanTooDeep
from holdfast.review.evaluate import evaluate
from holdfast.review.finding import Finding, Json, Origin, Severity, ordered
from holdfast.review.memory import collector_paused
from holdfast.review.plan import KNOWN_ACTIONS, Against, Plan
from holdfast.review.signals import partial_reasons
from holdfast.review.suppressions import Suppressed, Suppression, apply
from holdfast.review.whole_plan import deletion_prepared

SCHEMA = "holdfast.review/1"


class Verdict(StrEnum):
    """What a review says, with its exit code."""

    CLEAN = "clean"
    FINDINGS = "findings"
    PARTIAL = "partial"

    @property
    def exit_code(self) -> int:
        """0 clean, 2 a finding at or over the threshold, 3 partial or not verifiable."""
        return {Verdict.CLEAN: 0, Verdict.FINDINGS: 2, Verdict.PARTIAL: 3}[self]


@dataclass(frozen=True)
class StackSummary:
    """The verbs of one plan, for the table at the top."""

    name: str
    path: Path
    verbs: Mapping[str, int]
    partial: bool
    against: Against = Against.STATE


@dataclass(frozen=True)
class Review:
    """The result of one review."""

    stacks: tuple[StackSummary, ...]
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    partial: bool
    threshold: Severity
    title: str = ""

    @property
    def verdict(self) -> Verdict:
        """Findings at or over the threshold count first; then whatever could not be verified."""
        over = [finding for finding in self.findings if finding.severity.at_least(self.threshold)]
        if any(finding.verified for finding in over):
            return Verdict.FINDINGS
        return Verdict.PARTIAL if self.partial or over else Verdict.CLEAN

    @property
    def counts(self) -> dict[str, int]:
        """Open findings by severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity.value: found[severity] for severity in Severity}

    def document(self) -> dict[str, Json]:
        """The review as `--json` prints it; the names are fixed."""
        return {
            "schema": SCHEMA,
            "verdict": self.verdict.value,
            "partial": self.partial,
            "exit_code": self.verdict.exit_code,
            "fail_on": self.threshold.value,
            "counts": self.counts,
            "stacks": [
                {
                    "name": s.name,
                    "plan": s.path.as_posix(),
                    "against": s.against.value,
                    "partial": s.partial,
                    "changes": dict(s.verbs),
                }
                for s in self.stacks
            ],
            "findings": [finding.document() for finding in self.findings],
            "suppressed": [
                {
                    **entry.finding.document(),
                    "reason": entry.suppression.reason,
                    "approver": entry.suppression.approver,
                    "expires": entry.suppression.expires.isoformat(),
                }
                for entry in self.suppressed
            ],
        }


def review(
    plans: Sequence[Plan],
    *,
    now: datetime,
    base: Stacks | None = None,
    head: Stacks | None = None,
    suppressions: Sequence[Suppression] = (),
    threshold: Severity = Severity.HIGH,
    more: Iterable[Finding] = (),
    root: Path | None = None,
    title: str = "",
) -> Review:
    """Review plans, and stacks where both sides are given.

    Args:
        plans: loaded plans, one a stack.
        now: decides which suppressions have expired, and from when locks count; aware.
        base: synthesized stacks before the change. Where a plan knows no state, or there is none, the changes reviewed
            are those from base to head.
        head: synthesized stacks after it; also names the constructs.
        suppressions: accepted findings.
        threshold: the least severity the verdict counts.
        more: findings of other checks, such as proofs that no longer hold.
        root: the folder files are named from, where a plan lies below it.
        title: what is reviewed, such as the name of an environment; a comment replaces that of the same title only.

    Raises:
        PlanTooDeep: a value in a plan is nested too deeply to be compared.
    """
    both = base is not None and head is not None
    try:
        with collector_paused():
            plans = held_against_base(plans, base or {}, head or {}) if both else plans
            found = [_origin(finding, plans) for finding in evaluate(plans, now)]
            found.extend(more)
    except RecursionError:
        raise PlanTooDeep(source=Source(plans[0].path) if plans else None) from None
    if base is not None and head is not None:
        found.extend(compare(base, head))
    found.extend([_origin(finding, plans) for finding in deletion_prepared(found)])
    still_open, accepted = apply(found, suppressions, now.date())
    constructs = {**construct_paths(base or {}), **construct_paths(head or {})}
    return Review(
        stacks=tuple(_summary(plan, root) for plan in plans),
        findings=ordered(_named(finding, constructs) for finding in still_open),
        suppressed=tuple(replace(s, finding=_named(s.finding, constructs)) for s in accepted),
        partial=any(partial_reasons(plan) for plan in plans),
        threshold=threshold,
        title=title,
    )


def _origin(finding: Finding, plans: Sequence[Plan]) -> Finding:
    declared = any(plan.name == finding.stack and plan.against is Against.BASE for plan in plans)
    return replace(finding, origin=Origin.STACKS) if declared and finding.origin is Origin.PLAN else finding


def _summary(plan: Plan, root: Path | None) -> StackSummary:
    verbs: Counter[str] = Counter()
    for change in plan.changes:
        verb = "replace" if change.replaces else change.actions[0]
        verb = verb if verb in KNOWN_ACTIONS or change.replaces else "unknown"
        if verb != "no-op":
            verbs[verb] += 1
        if change.importing:
            verbs["import"] += 1
        if change.previous_address is not None:
            verbs["move"] += 1
    inside = root is not None and plan.path.is_relative_to(root)
    path = plan.path.relative_to(root) if root is not None and inside else plan.path
    return StackSummary(plan.name, path, dict(sorted(verbs.items())), bool(partial_reasons(plan)), plan.against)


def _named(finding: Finding, constructs: Mapping[tuple[str, str], str]) -> Finding:
    if finding.construct is not None or not constructs:
        return finding
    block = finding.address.split("[")[0]
    return replace(finding, construct=constructs.get((finding.stack, block)))
