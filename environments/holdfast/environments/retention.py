"""How long what is written into the vault has to stay locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.environments.model import Environment, Rule, Tier

_MARGIN = timedelta(days=1)
"""The last object of a long push is written hours after its capture began and must not fall below `lock.minimum`."""


@dataclass(frozen=True)
class WriteLock:
    """Lock of a backup set in each Region, counted from when it was captured."""

    primary: timedelta
    replica: timedelta


def push_rule(tier: Tier) -> Rule:
    """The rule a backup set is pushed under when none is named: the tier's first with a schedule, else its first."""
    return next((each for each in tier.rules if not each.continuous), tier.rules[0])


def write_lock(environment: Environment, rule: Rule) -> WriteLock:
    """How long a backup set pushed under `rule` is locked in the primary and in the recovery Region.

    As long as the rule keeps a backup: `delete_after`, and in the recovery Region `copy.delete_after`. A backup set is
    always written to both Regions, so a rule without a copy locks both alike, and the replica never ends before the
    primary. Never less than a day more than `lock.minimum`, never more than `lock.maximum`.
    """
    copy = rule.copy_to_recovery
    primary = rule.delete_after
    replica = max(primary, copy.delete_after) if copy else primary
    return WriteLock(_within(environment, primary), _within(environment, replica))


def _within(environment: Environment, keep: timedelta) -> timedelta:
    lock = environment.lock
    return min(max(keep, lock.minimum + _MARGIN), lock.maximum)
