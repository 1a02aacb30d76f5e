"""How a set is locked, from the rule it is pushed under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from holdfast.backupsets.errors import UnknownRule
from holdfast.environments.model import Dataset, Environment, LockMode, Rule
from holdfast.environments.retention import push_rule, write_lock


@dataclass(frozen=True)
class LockTerms:
    """The lock one Region's objects get: Object Lock mode and retain-until date, to the second."""

    mode: LockMode
    retain_until: datetime


def choose_rule(environment: Environment, dataset: Dataset, name: str | None) -> Rule:
    """The rule of that name, by default the one `retention.push_rule` chooses.

    Raises:
        UnknownRule: the tier has no such rule.
    """
    tier = environment.tier_of(dataset)
    if name is None:
        return push_rule(tier)
    rule = next((each for each in tier.rules if each.name == name), None)
    if rule is None:
        raise UnknownRule(tier=dataset.tier, rule=name, allowed=", ".join(each.name for each in tier.rules))
    return rule


def lock_terms(environment: Environment, rule: Rule, region: str, since: datetime) -> LockTerms:
    """The lock one Region gives a set captured at `since` (`retention.write_lock` says how long)."""
    keep = write_lock(environment, rule)
    duration = keep.replica if region == environment.regions.recovery else keep.primary
    return LockTerms(environment.lock.mode, (since + duration).replace(microsecond=0))
