"""The objects a lifecycle or replication rule applies to: prefix, tags and sizes, and whether one scope is in another.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.review.finding import Json
from holdfast.review.node import Node
from holdfast.review.rule import SAME, Comparison, Outcome, Reading


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of objects."""

    prefix: str = ""
    tags: frozenset[tuple[str, str]] = frozenset()
    larger_than: float = 0
    smaller_than: float = float("inf")

    def within(self, other: Scope) -> bool:
        """Whether every object in this scope is in `other` too."""
        return (
            self.prefix.startswith(other.prefix)
            and self.tags >= other.tags
            and self.larger_than >= other.larger_than
            and self.smaller_than <= other.smaller_than
        )


def _scope(node: Node) -> Scope | None:
    if node.absent:
        return None
    filters = node.at("filter")
    prefixes = [
        node.get("prefix").read(),
        node.at("filter", "prefix").read(),
        node.at("filter", "and", "prefix").read(),
    ]
    tags = {(str(tag.get("key").read()), str(tag.get("value").read())) for tag in node.at("filter", "tag").items()}
    both = node.at("filter", "and", "tags").read()
    tags |= {(str(key), str(value)) for key, value in (both if isinstance(both, dict) else {}).items()}
    if filters.unknown is True:
        filters.read()
    return Scope(
        prefix=next((str(prefix) for prefix in prefixes if prefix), ""),
        tags=frozenset(tags),
        larger_than=_size(node, "object_size_greater_than", 0),
        smaller_than=_size(node, "object_size_less_than", float("inf")),
    )


def _size(node: Node, name: str, default: float) -> float:
    values = [node.at("filter", name).read(), node.at("filter", "and", name).read()]
    return next((float(v) for v in values if isinstance(v, int | float) and v), default)


SCOPE = Reading("prefix, tags and sizes of the filter", _scope, field="filter")


def _expiring(node: Node) -> Scope | None:
    expires = not (node.at("expiration").absent and node.at("noncurrent_version_expiration").absent)
    return _scope(node) if expires and node.get("status").read() != "Disabled" else None


EXPIRING_SCOPE = Reading("filter of an enabled rule that expires objects", _expiring, field="filter")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A scope must not lose objects; a rule that is gone is another rule's concern."""

    words: str = "covers fewer objects"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when an object in the scope before is not in it after."""
        if before is None or after is None or before == after:
            return SAME
        return Comparison(Outcome.STRONGER if before.within(after) else Outcome.WEAKER)

    def at_risk(self, before: Json) -> bool:
        """Where there is a scope."""
        return before is not None


@dataclass(frozen=True, slots=True)
class Widened:
    """A scope must not gain objects; a rule that is new is another rule's concern."""

    words: str = "covers more objects"

    def compare(self, before: Json, after: Json) -> Comparison:
        """Weaker when an object in the scope after was not in it before."""
        if before is None or after is None or before == after:
            return SAME
        return Comparison(Outcome.STRONGER if after.within(before) else Outcome.WEAKER)

    def at_risk(self, before: Json) -> bool:
        """Where there is a scope."""
        return before is not None
