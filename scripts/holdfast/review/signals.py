"""What Terraform itself says of a plan: partial, moved, imported, checks, actions."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.review.finding import Finding, Json
from holdfast.review.plan import KNOWN_ACTIONS, Change, Plan
from holdfast.review.rules import CATALOGUE, guarded_types, loss_rules
from holdfast.review.words import listed, quoted

_UNGUARDED = {"tags", "tags_all"}


def partial_reasons(plan: Plan) -> list[Finding]:
    """Why the plan does not show everything that will happen; empty for a whole plan."""
    found = []
    if plan.errored:
        found.append(_finding("plan-errored", plan, "(plan)"))
    if plan.complete is False:
        found.append(_finding("plan-incomplete", plan, "(plan)"))
    if plan.deferred_count:
        found.append(_finding("plan-deferred", plan, "(plan)", f"{plan.deferred_count} deferred"))
    for change in plan.changes:
        unknown = sorted(set(change.actions) - KNOWN_ACTIONS)
        if unknown:
            found.append(_finding("plan-unknown-action", plan, change.address, listed(unknown)))
    return found


def signals(plan: Plan) -> Iterator[Finding]:
    """Moves and imports with changes, Region changes, checks, action invocations."""
    for change in plan.changes:
        if change.type in guarded_types():
            yield from _moves(plan, change)
    for check in plan.checks:
        if check.status in ("fail", "error"):
            yield _finding("plan-check-failed", plan, check.address, quoted(check.status))
        elif check.status == "unknown":
            yield _finding("plan-check-unknown", plan, check.address)
    for invocation in plan.invocations:
        target = plan.by_address.get(invocation.triggered_by)
        if target is None or target.type in guarded_types():
            on = f"on {quoted(invocation.triggered_by)}" if invocation.triggered_by else ""
            yield _finding("plan-action-invoked", plan, invocation.address, on)


def _moves(plan: Plan, change: Change) -> Iterator[Finding]:
    relocated = change.importing or change.previous_address is not None
    changed = _changed(change) - _UNGUARDED if relocated and "update" in change.actions else set()
    if changed:
        names = f"changed: {listed(sorted(changed))}"
        if change.previous_address is not None:
            yield _finding("plan-moved-with-changes", plan, change.address, names, change.previous_address)
        if change.importing:
            yield _finding("plan-import-with-changes", plan, change.address, names)
    if change.importing and change.replaces:
        yield _finding("plan-import-with-changes", plan, change.address, "it is replaced at once")
    before, after = (change.before or {}).get("region"), (change.after or {}).get("region")
    if change.type in loss_rules() and before and after and before != after:
        yield _finding(
            "plan-region-changed", plan, change.address, f"{quoted(before)} → {quoted(after)}", before, after
        )


def _changed(change: Change) -> set[str]:
    before, after = change.before or {}, change.after or {}
    unknown = change.after_unknown if isinstance(change.after_unknown, dict) else {}
    names = {name for name, shadow in unknown.items() if shadow is True}
    return names | {name for name in before.keys() | after.keys() if _value(before, name) != _value(after, name)}


def _value(item: dict[str, Json], name: str) -> Json:
    value = item.get(name)
    return None if value in ("", [], {}) else value


def _finding(id_: str, plan: Plan, address: str, detail: str = "", before: Json = None, after: Json = None) -> Finding:
    rule = CATALOGUE[id_]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        kind=rule.kind,
        stack=plan.name,
        address=address,
        before=before,
        after=after,
        message=f"{rule.title}{f': {detail}' if detail else ''}. {rule.risk}",
    )
