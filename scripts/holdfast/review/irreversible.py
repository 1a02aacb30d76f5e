"""Strengthening nobody can undo: what becomes irreversible, when, until when, and what the retained storage costs.

Prices are the list prices of us-east-1: S3 Standard 0.023 USD and AWS Backup warm storage 0.05 USD per GB and month
(https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/backup/pricing/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from holdfast.review.finding import Finding, Severity
from holdfast.review.plan import Change, Plan
from holdfast.review.readings import COMPLIANCE_RETENTION, SNAPLOCK_DAYS
from holdfast.review.rule import PLAIN
from holdfast.review.rules import CATALOGUE
from holdfast.review.world import number, text

_S3_PRICE = 0.023
_BACKUP_PRICE = 0.05

Statement = tuple[str, str, str, object, object]
"""Rule id, path, what it means in words, and the values before and after."""


def irreversible(plan: Plan, now: datetime) -> Iterator[Finding]:
    """A finding for each change that locks something in; on an existing resource it is a warning.

    Args:
        plan: the plan.
        now: the moment dates are counted from.
    """
    for change in plan.changes:
        describe = DESCRIBED.get(change.type)
        if describe is None or change.after is None or change.deposed is not None:
            continue
        for id_, path, meaning, before, after in describe(change, now.date()):
            rule = CATALOGUE[id_]
            yield Finding(
                rule=rule.id,
                severity=rule.severity if change.before is None else Severity.WARN,
                kind=rule.kind,
                stack=plan.name,
                address=change.address,
                path=path,
                before=before,
                after=after,
                message=f"{rule.title}: {meaning}. {rule.risk}",
                irreversible=True,
            )


def _until(today: date, days: float) -> str:
    try:
        return (today + timedelta(days=days)).isoformat()
    except OverflowError:
        return "the end of the calendar"


def _cost(days: float, price: float) -> str:
    return (
        f"each GB written per day keeps {days:,.0f} GB stored, "
        f"about {days * price:,.2f} USD a month at list price ({price} USD per GB and month)"
    )


def _object_lock(change: Change, today: date) -> Iterator[Statement]:
    blocks: tuple[str, ...] = ("rule", "default_retention")
    if change.type == "aws_s3_bucket":
        blocks = ("object_lock_configuration", *blocks)
        if change.before is None and change.new.get("object_lock_enabled").value is True:
            yield "irreversible-bucket-lock", "object_lock_enabled", "from the moment it is created", None, True
    before, after = (number(COMPLIANCE_RETENTION, node.block(*blocks)) for node in (change.old, change.new))
    if after and after > (before or 0):
        meaning = (
            f"from the moment of apply, each object for {after:,.0f} days, one written today until "
            f"{_until(today, after)}; {_cost(after, _S3_PRICE)}"
        )
        yield "irreversible-object-lock", ".".join(blocks), meaning, before, after


def _vault_lock(change: Change, today: date) -> Iterator[Statement]:
    names = ("changeable_for_days", "min_retention_days", "max_retention_days")
    grace, least, most = (number(PLAIN, change.new.get(name)) for name in names)
    old_grace, old_least, _ = (number(PLAIN, change.old.get(name)) for name in names)
    if grace is None or (old_grace is not None and (old_least or 0) >= (least or 0)):
        return
    kept = f"each recovery point for at least {least or 0:,.0f} days"
    longest = f" and at most {most:,.0f}" if most else ", with no upper limit"
    meaning = (
        f"{grace:,.0f} days after apply, on {_until(today, grace)}, for ever; {kept}{longest}; "
        f"{_cost(least or 0, _BACKUP_PRICE)}"
    )
    yield "irreversible-vault-lock", "changeable_for_days", meaning, old_grace, grace


def _air_gapped(change: Change, today: date) -> Iterator[Statement]:
    least = number(PLAIN, change.new.get("min_retention_days"))
    if least is not None and (change.before is None or change.replaces):
        meaning = (
            f"from the moment of apply, each copy for at least {least:,.0f} days, one made today until "
            f"{_until(today, least)}; {_cost(least, _BACKUP_PRICE)}"
        )
        yield "irreversible-air-gapped-vault", "min_retention_days", meaning, None, least


def _snaplock(change: Change, today: date) -> Iterator[Statement]:
    path = "snaplock_configuration"
    for field, final in (("snaplock_type", "COMPLIANCE"), ("privileged_delete", "PERMANENTLY_DISABLED")):
        before, after = (text(node, path, field) for node in (change.old, change.new))
        if after == final and before != final:
            kept = number(SNAPLOCK_DAYS, change.new.block(path, "retention_period", "default_retention"))
            until = f", one written today until {_until(today, kept)}" if kept else ""
            meaning = f"from the moment of apply, each file until its retention ends{until}; the volume as long"
            yield "irreversible-snaplock", f"{path}.{field}", meaning, before, after


DESCRIBED: Mapping[str, Callable[[Change, date], Iterator[Statement]]] = {
    "aws_s3_bucket": _object_lock,
    "aws_s3_bucket_object_lock_configuration": _object_lock,
    "aws_backup_vault_lock_configuration": _vault_lock,
    "aws_backup_logically_air_gapped_vault": _air_gapped,
    "aws_fsx_ontap_volume": _snaplock,
}
"""Resource types that can lock something in, and who finds the words."""
