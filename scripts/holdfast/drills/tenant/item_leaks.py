"""Whose each item of a table is, and whether a quarantine holds one of anybody else. Counts are told, never items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from holdfast.drills.aws_backup.baseline import Member
from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.environments.tenants import Tenants, TenantsBy

OTHER_KEY, OTHER_NAME, NO_NAME = "under another key", "that name another tenant", "that name no tenant"


@dataclass(frozen=True)
class Owner:
    """How the items of one tenant are known.

    Args:
        tenants: how tenants are told apart.
        tenant: which.
        key: the table's partition key.
    """

    tenants: Tenants
    tenant: str
    key: str

    def has(self, item: dict[str, Any]) -> bool:
        """Whether an item is the tenant's, by its key or its attribute."""
        name = self.tenants.field if self.tenants.by is TenantsBy.ATTRIBUTE else self.key
        return self.tenants.is_of(_text(item.get(str(name))), self.tenant)

    def stray(self, item: dict[str, Any]) -> str | None:
        """Why an item must not be handed over to the tenant; None when it may."""
        if self.tenants.by is TenantsBy.KEY and not self.tenants.is_of(_text(item.get(self.key)), self.tenant):
            return OTHER_KEY
        if self.tenants.field is None:
            return None
        named = _text(item.get(self.tenants.field))
        if named is None:
            return NO_NAME
        own = self.tenants.is_of(named, self.tenant) if self.tenants.by_field else named == self.tenant
        return None if own else OTHER_NAME


@dataclass(frozen=True)
class Sorted:
    """A restored table, its items told apart.

    Args:
        own: those of the tenant, by key and digest.
        others: how many are not.
        unnamed: how many of them name nobody in an attribute that should.
    """

    own: dict[str, str]
    others: int
    unnamed: int


def item_checks(table: str, restored: Sorted, quarantine: Iterable[Member], strays: Counter[str]) -> Iterator[Check]:
    """What the quarantine has to show.

    Args:
        table: its name.
        restored: what the restored table holds.
        quarantine: everything in quarantine, read anew.
        strays: how many items in it are not the tenant's, by reason.
    """
    there = {member.name: member.states[0].sha256 for member in quarantine}
    if not restored.own:
        reason = "the restored table holds no item of this tenant"
        yield skipped("tenant-complete", CheckKind.COUNT, reason, essential=True)
    else:
        missing = sum(1 for name in restored.own if name not in there)
        changed = sum(1 for name, digest in restored.own.items() if there.get(name, digest) != digest)
        extra = sum(1 for name in there if name not in restored.own)
        yield compare(
            "tenant-complete",
            CheckKind.COUNT,
            expected=f"{len(restored.own)} items, 0 missing, 0 changed, 0 more",
            observed=f"{len(there)} items, {missing} missing, {changed} changed, {extra} more",
            because=f"of {len(restored.own)} items {missing} are missing in quarantine, {changed} are not as restored, "
            f"and {extra} are there that were not restored",
        )
    count = strays.total()
    words = ", ".join(f"{number} {why}" for why, number in sorted(strays.items()))
    yield compare(
        "nothing-of-another-tenant",
        CheckKind.LEAK,
        expected=f"0 of {restored.others} other items",
        observed=f"{count} of {restored.others} other items",
        because=f"table {table} holds {count} items that are not the tenant's: {words}",
    )
    if not restored.others:
        reason = "the restored table holds no item of anybody else, so there was nothing to be told apart from"
        yield skipped("other-tenants", CheckKind.LEAK, reason, essential=False)
    if restored.unnamed:
        reason = f"{restored.unnamed} items of the restored table name no tenant: no tenant's restore brings them back"
        yield skipped("items-of-nobody", CheckKind.COUNT, reason, essential=False)


def _text(value: dict[str, Any] | None) -> str | None:
    """The text or number an attribute holds."""
    held = (value or {}).get("S", (value or {}).get("N"))
    return held if isinstance(held, str) else None
