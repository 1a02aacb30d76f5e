"""Deletions and creations that belong together: the same thing under another address, without a `moved` block."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.review.plan import Change, Plan
from holdfast.review.rules import guarded_types, loss_rules

_IDENTITY = (
    "bucket",
    "name",
    "backup_vault_name",
    "identifier",
    "cluster_identifier",
    "key_id",
    "target_key_id",
    "rule_name",
    "alarm_name",
    "resource_arn",
    "role",
    "file_system_id",
)
"""Attributes that name the object in AWS, whatever its address."""


def recreated(plan: Plan) -> Iterator[tuple[Change, Change]]:
    """Pairs of a deleted and a created object of one guarded type.

    They have the same name in AWS; or they are the only two of a type whose loss counts.
    """
    gone = [c for c in plan.changes if c.deletes and not c.creates and c.deposed is None]
    if not gone:
        return
    come = [c for c in plan.changes if c.creates and not c.deletes]
    for type_ in dict.fromkeys(c.type for c in gone if c.type in guarded_types()):
        yield from _paired([c for c in gone if c.type == type_], [c for c in come if c.type == type_])


def _paired(gone: list[Change], come: list[Change]) -> Iterator[tuple[Change, Change]]:
    by_name: dict[tuple[tuple[str, str], ...], list[Change]] = {}
    for new in come:
        by_name.setdefault(_identity(new.after), []).append(new)
    left: list[Change] = []
    taken: set[str] = set()
    for old in gone:
        twins = by_name.get(_identity(old.before)) if _identity(old.before) else None
        if twins:
            new = twins.pop(0)
            taken.add(new.address)
            yield old, new
        else:
            left.append(old)
    rest = [new for new in come if new.address not in taken]
    if len(left) == 1 and len(rest) == 1 and left[0].type in loss_rules():
        yield left[0], rest[0]


def _identity(values: dict[str, object] | None) -> tuple[tuple[str, str], ...]:
    found = ((name, (values or {}).get(name)) for name in _IDENTITY)
    return tuple((name, value) for name, value in found if isinstance(value, str) and value)
