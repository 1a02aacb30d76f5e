"""How long a set is locked, from the rule it is pushed under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.backupsets.errors import UnknownRule
from holdfast.environments.model import Dataset, Environment, LockMode, Rule


@dataclass(frozen=True)
class LockTerms:
    """The lock one Region's objects get: Object Lock mode and retain-until date, to the second."""

    mode: LockMode
    retain_until: datetime


def choose_rule(environment: Environment, dataset: Dataset, name: str | None) -> Rule:
    """The rule of that name, by default the first of the dataset's tier.

    Raises:
        UnknownRule: the tier has no such rule.
    """
    rules = environment.tier_of(dataset).rules
    if name is None:
        return rules[0]
    rule = next((each for each in rules if each.name == name), None)
    if rule is None:
        raise UnknownRule(tier=dataset.tier, rule=name, allowed=", ".join(each.name for each in rules))
    return rule


def lock_terms(environment: Environment, rule: Rule, region: str, since: datetime) -> LockTerms:
    """The lock one Region gives a set captured at `since`.

    The rule's `delete_after`, in the recovery Region that of its copy. At least a day more than the environment's
    `lock.minimum`, because the last object of a long push is written hours after the capture began and must not fall
    below it; never more than `lock.maximum`.
    """
    keep = rule.delete_after
    if region == environment.regions.recovery and rule.copy_to_recovery is not None:
        keep = rule.copy_to_recovery.delete_after
    keep = min(max(keep, environment.lock.minimum + timedelta(days=1)), environment.lock.maximum)
    return LockTerms(environment.lock.mode, (since + keep).replace(microsecond=0))
