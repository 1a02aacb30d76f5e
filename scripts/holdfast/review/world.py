"""What is there before, and after, all plans: buckets, vaults and their locks, found by their names in AWS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from holdfast.review.node import Node, Unverifiable
from holdfast.review.plan import Change, Plan
from holdfast.review.readings import LARGEST, RETENTION
from holdfast.review.rule import Reading

_TYPES = frozenset(
    {
        "aws_backup_logically_air_gapped_vault",
        "aws_backup_plan",
        "aws_backup_vault",
        "aws_backup_vault_lock_configuration",
        "aws_cloudtrail",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_s3_bucket",
        "aws_s3_bucket_inventory",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_logging",
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_replication_configuration",
    }
)


_NAMED = {
    "aws_s3_bucket": ("bucket", "bucket"),
    "aws_backup_vault": ("vault", "name"),
    "aws_backup_logically_air_gapped_vault": ("vault", "name"),
    "aws_backup_vault_lock_configuration": ("lock", "backup_vault_name"),
    "aws_s3_bucket_object_lock_configuration": ("retention", "bucket"),
}
_MOST_NAMESAKES = 32
"""More things of one name than there are Regions: then a name says nothing."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One resource on one side of the plans."""

    plan: Plan
    change: Change
    node: Node

    @property
    def region(self) -> str | None:
        """Its Region: its own, its ARN's, or its provider's; None where nothing says so."""
        own = text(self.node, "region")
        arn = (text(self.node, "arn") or "").split(":")
        return own or (arn[3] if len(arn) > 5 and arn[3] else None) or self.plan.provider(self.change).region

    @property
    def account(self) -> str | None:
        """The account in its ARN, when that is known."""
        arn = (text(self.node, "arn") or "").split(":")
        return arn[4] if len(arn) > 5 and arn[4] else None


@dataclass(frozen=True)
class World:
    """All resources the conditions look at, on one side of the plans."""

    things: tuple[Thing, ...]

    @cached_property
    def _by_type(self) -> dict[str, list[Thing]]:
        found: dict[str, list[Thing]] = {}
        for thing in self.things:
            found.setdefault(thing.change.type, []).append(thing)
        return found

    def of(self, type_: str) -> list[Thing]:
        """The resources of one type."""
        return self._by_type.get(type_, [])

    @cached_property
    def _named(self) -> dict[tuple[str, str], list[Thing]]:
        """The things of each kind by the name that matters of them."""
        found: dict[tuple[str, str], list[Thing]] = {}
        for type_, (kind, attribute) in _NAMED.items():
            for thing in self.of(type_):
                name = owner_name(thing, attribute)
                if name:
                    found.setdefault((kind, name), []).append(thing)
        return found

    def bucket(self, name: str | None) -> Thing | None:
        """The bucket of that name."""
        return next(iter(self._named.get(("bucket", name or ""), ())), None)

    def vault(self, name: str, *, near: Thing | None = None, region: str | None = None) -> Thing | None:
        """The vault of that name in the stack of `near`, or in `region`, or the only one of that name."""
        named = self._named.get(("vault", name), [])
        if len(named) > _MOST_NAMESAKES:
            return None
        if near is not None:
            named = [t for t in named if t.plan is near.plan and t.region == near.region] or named
        if region is not None:
            named = [t for t in named if t.region == region]
        return named[0] if len(named) == 1 else None

    def lock_of(self, vault: Thing) -> Thing | None:
        """The lock configuration of a vault, in the vault's own stack."""
        locks = self._named.get(("lock", text(vault.node, "name") or ""), [])[:_MOST_NAMESAKES]
        return next((t for t in locks if t.plan is vault.plan and t.region in (vault.region, None)), None)

    def retention_of(self, bucket: str) -> float | None:
        """The default retention of a bucket in days, None where there is none or it cannot be seen."""
        lock = next(iter(self._named.get(("retention", bucket), ())), None)
        return number(RETENTION, lock.node.block("rule", "default_retention")) if lock is not None else None


def owner_name(thing: Thing, attribute: str) -> str | None:
    """The name a resource gives in `attribute`; before the owner is created, the name the owner will have."""
    name = text(thing.node, attribute)
    if name is not None:
        return name
    address = thing.plan.owners.get(thing.change.block)
    owner = thing.plan.by_address.get(address) if address else None
    if owner is None or owner.after is None:
        return None
    return text(owner.new, "bucket") or text(owner.new, "name")


def text(node: Node, *path: str) -> str | None:
    """A string that can be seen and is set."""
    try:
        value = node.at(*path).read()
    except Unverifiable:
        return None
    return value if isinstance(value, str) else None


def number(reading: Reading, node: Node) -> float | None:
    """A number that can be seen and is set."""
    try:
        value = reading.read(node)
    except Unverifiable:
        return None
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    return value if usable else None


def world(plans: Sequence[Plan], *, before: bool) -> World:
    """The world before or after the plans."""
    return World(tuple(_things(plans, before=before)))


def _things(plans: Iterable[Plan], *, before: bool) -> Iterable[Thing]:
    for plan in plans:
        for change in plan.changes:
            if change.type in _TYPES and change.deposed is None:
                value = change.before if before else change.after
                if value is not None:
                    yield Thing(plan, change, change.old if before else change.new)
