"""A plan as the review sees it: changes with their shadow trees, and what makes the plan partial."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from holdfast.review.finding import Json
from holdfast.review.node import Node

KNOWN_ACTIONS = frozenset({"no-op", "create", "read", "update", "delete", "forget"})
"""The verbs of plan format 1.2; any other makes the review partial."""


class Against(StrEnum):
    """What a stack's changes are changes to."""

    STATE = "state"
    """What Terraform's state, and AWS, have."""
    BASE = "base"
    """What the configuration of base declares: nobody looked at what is there."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of `resource_changes` or `resource_drift`."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: dict[str, Json] | None
    after: dict[str, Json] | None
    after_unknown: Json = None
    before_sensitive: Json = None
    after_sensitive: Json = None
    reason: str = ""
    previous_address: str | None = None
    deposed: str | None = None
    importing: bool = False

    @property
    def deletes(self) -> bool:
        """Whether the object is destroyed, be it replaced or not."""
        return "delete" in self.actions

    @property
    def creates(self) -> bool:
        """Whether an object is created, be it as a replacement or not."""
        return "create" in self.actions

    @property
    def forgets(self) -> bool:
        """Whether the object stays in AWS and Terraform stops managing it."""
        return "forget" in self.actions

    @property
    def replaces(self) -> bool:
        """Whether one object goes (destroyed or forgotten) and another comes at this address."""
        return self.creates and (self.deletes or self.forgets)

    @property
    def old(self) -> Node:
        """The object before, with its sensitive shadow."""
        return Node(self.before, None, self.before_sensitive)

    @property
    def new(self) -> Node:
        """The object after, with its unknown and sensitive shadows."""
        return Node(self.after, self.after_unknown, self.after_sensitive)

    @property
    def block(self) -> str:
        """The address of the resource block: without `[0]` or `["key"]`, of the resource and of its modules."""
        return re.sub(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]', "", self.address)


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of `checks`: a check block, a pre- or postcondition."""

    address: str
    status: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """One entry of `action_invocations`: a provider action the apply will run."""

    address: str
    triggered_by: str


@dataclass(frozen=True, slots=True)
class Provider:
    """What the configuration says of a provider in so many words."""

    region: str | None
    emulated: bool


@dataclass(frozen=True)
class Plan:
    """One plan file.

    Of each resource block, where the configuration says so: its provider (`provider_of`), the arguments it sets
    (`configured`), and the block it names its bucket or vault by (`owners`).
    """

    name: str
    path: Path
    terraform_version: str
    changes: tuple[Change, ...]
    drift: tuple[Change, ...] = ()
    deferred: tuple[Change, ...] = ()
    deferred_count: int = 0
    checks: tuple[Check, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    errored: bool = False
    complete: bool | None = None
    against: Against = Against.STATE
    providers: Mapping[str, Provider] = field(default_factory=dict)
    provider_of: Mapping[str, str] = field(default_factory=dict)
    configured: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    def provider(self, change: Change) -> Provider:
        """What is known of the provider of a change; nothing where the configuration does not say."""
        return self.providers.get(self.provider_of.get(change.block, ""), Provider(None, emulated=False))

    @cached_property
    def by_address(self) -> Mapping[str, Change]:
        """The changes by address; deposed objects are left out."""
        return {change.address: change for change in self.changes if change.deposed is None}
