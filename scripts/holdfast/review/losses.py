"""What leaves the plan: destroyed, replaced, forgotten, deposed, or shrunk away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from holdfast.review.finding import Finding, Severity
from holdfast.review.plan import Change, Plan
from holdfast.review.rule import Rule
from holdfast.review.rules import CATALOGUE, loss_rules
from holdfast.review.words import quoted

_SHRUNK = {"delete_because_count_index": "count", "delete_because_each_key": "for_each"}
_REASONS = {
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_wrong_repetition": "count or for_each was added or taken away",
    "delete_because_count_index": "count is smaller",
    "delete_because_each_key": "its key is no longer in for_each",
    "delete_because_no_move_target": "it was moved to nowhere",
    "replace_because_cannot_update": "an attribute cannot change in place",
    "replace_because_tainted": "it is tainted",
    "replace_by_request": "the plan was asked to replace it",
    "replace_by_triggers": "replace_triggered_by says so",
}


def losses(plan: Plan) -> Iterator[Finding]:
    """A finding for each guarded object that goes, and one for each block whose count or for_each shrank."""
    for change in plan.changes:
        rule = loss_rules().get(change.type)
        if rule is not None and (change.deletes or change.forgets):
            yield _loss(plan, change, rule)
    yield from _shrunk(plan)


def _loss(plan: Plan, change: Change, rule: Rule) -> Finding:
    shown, severity, extra = rule, rule.severity, ""
    if change.deposed is not None:
        shown = CATALOGUE["plan-deposed"]
        extra = f" (deposed object {quoted(change.deposed, 20)})"
    elif change.replaces and change.deletes and not rule.replaced_is_loss:
        shown = CATALOGUE["plan-guard-replaced"]
        severity = shown.severity
    verb = "forgotten" if change.forgets else "replaced" if change.replaces else "destroyed"
    reason = _REASONS.get(change.reason, "")
    because = f" because {reason}" if reason else ""
    return Finding(
        rule=shown.id,
        severity=severity,
        kind=shown.kind,
        stack=plan.name,
        address=change.address,
        before="present",
        after=verb,
        message=f"{shown.title}: it is {verb}{because}{extra}{_at_stake(change)}. {shown.risk}",
    )


def _at_stake(change: Change) -> str:
    points = (change.before or {}).get("recovery_points")
    known = isinstance(points, int) and not isinstance(points, bool) and points > 0
    return f"; {points} recovery points are at stake" if known and change.type.startswith("aws_backup_") else ""


def _shrunk(plan: Plan) -> Iterator[Finding]:
    rule = CATALOGUE["plan-count-shrink"]
    gone = [c for c in plan.changes if c.reason in _SHRUNK and c.deletes and c.type in loss_rules()]
    if not gone:
        return
    instances = Counter(change.block for change in plan.changes if change.deposed is None)
    for block, number in Counter(change.block for change in gone).items():
        how = _SHRUNK[next(change.reason for change in gone if change.block == block)]
        left = max(instances[block] - number, 0)
        yield Finding(
            rule=rule.id,
            severity=rule.severity if _worst(gone, block) is Severity.BLOCK else Severity.HIGH,
            kind=rule.kind,
            stack=plan.name,
            address=block,
            path=how,
            before=instances[block],
            after=left,
            message=f"{rule.title}: {number} of {instances[block]} instances go because {how} shrank. {rule.risk}",
        )


def _worst(gone: list[Change], block: str) -> Severity:
    return min((loss_rules()[c.type].severity for c in gone if c.block == block), key=lambda s: s.rank)
