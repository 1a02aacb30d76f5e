"""From plans to findings: the transitions of every plan, then what all of them together mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from holdfast.review.drift import drift
from holdfast.review.finding import Finding, Json
from holdfast.review.irreversible import irreversible
from holdfast.review.losses import losses
from holdfast.review.node import ABSENT
from holdfast.review.pairing import recreated
from holdfast.review.plan import Change, Plan
from holdfast.review.rules import appearance_rules, attribute_rules, guarded_types, loss_rules
from holdfast.review.signals import partial_reasons, signals
from holdfast.review.transitions import Place, weakenings
from holdfast.review.whole_plan import whole_plan
from holdfast.review.words import quoted


def evaluate(plans: Sequence[Plan], now: datetime) -> list[Finding]:
    """Every finding of the plans, in no particular order, before suppressions."""
    newborn = _newborn(plans)
    found: list[Finding] = []
    for plan in plans:
        found.extend(partial_reasons(plan))
        for change in (*plan.changes, *plan.deferred):
            found.extend(_transition(plan, change, newborn))
        found.extend(_recreations(plan))
        found.extend(losses(plan))
        found.extend(signals(plan))
        found.extend(drift(plan))
        found.extend(irreversible(plan, now))
    found.extend(whole_plan(plans))
    return found


def _transition(plan: Plan, change: Change, newborn: frozenset[str]) -> Iterator[Finding]:
    if change.deposed is not None or change.type not in guarded_types() or _untouched(change):
        return
    place = Place(plan.name, change.address, configured=plan.configured.get(change.block))
    if change.before is not None and change.after is not None:
        if change.type in attribute_rules():
            found = weakenings(change.type, change.old, change.new, place)
            lost = change.replaces and change.type in loss_rules() and loss_rules()[change.type].replaced_is_loss
            yield from (f for f in found if f.verified or not lost)
    elif change.after is not None:
        yield from _attached(change, place, newborn)
    if change.creates and change.after is not None:
        yield from _appearing(change, place)


def _untouched(change: Change) -> bool:
    """Whether the plan leaves an object as it is."""
    return change.actions == ("no-op",) and change.before is not None and change.before == change.after


def _appearing(change: Change, place: Place) -> Iterator[Finding]:
    for rule in appearance_rules().get(change.type, ()):
        what = rule.reading.read(change.new) if rule.reading.field else True
        if what is not None:
            detail = f": {quoted(what)}" if rule.reading.field else ""
            yield Finding(
                rule=rule.id,
                severity=rule.severity,
                kind=rule.kind,
                stack=place.stack,
                address=place.address,
                path=rule.reading.field,
                after=what if rule.reading.field else "created",
                message=f"{rule.title}{detail}. {rule.risk}",
            )


def _attached(change: Change, place: Place, newborn: frozenset[str]) -> Iterator[Finding]:
    """A resource created for something that exists already is compared with having had none."""
    for names in {rule.attached for rule in attribute_rules().get(change.type, ()) if rule.attached}:
        owner = next((value for name in names.split("|") if (value := (change.after or {}).get(name))), None)
        if isinstance(owner, str) and owner not in newborn:
            yield from weakenings(change.type, ABSENT, change.new, place, only=names)


_OWNERS = {
    "aws_backup_vault": "name",
    "aws_iam_group": "name",
    "aws_iam_role": "name",
    "aws_iam_user": "name",
    "aws_s3_bucket": "bucket",
}
"""What policies and lifecycles belong to, and the attribute they name it by. Other owners have names AWS gives."""


def _newborn(plans: Iterable[Plan]) -> frozenset[str]:
    """The names of the owners these plans create from nothing."""
    created = (c for plan in plans for c in plan.changes if c.type in _OWNERS and c.before is None)
    values: Iterator[Json] = ((c.after or {}).get(_OWNERS[c.type]) for c in created)
    return frozenset(value for value in values if isinstance(value, str))


def _recreations(plan: Plan) -> Iterator[Finding]:
    """Objects deleted at one address and created at another are compared as if they had been moved."""
    for old, new in recreated(plan):
        preface = f"Created anew in place of {quoted(old.address)}: "
        found = weakenings(new.type, old.old, new.new, Place(plan.name, new.address, preface=preface))
        yield from (finding for finding in found if finding.verified)
