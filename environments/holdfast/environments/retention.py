"""How long what is written into the vault has to stay locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.environments.errors import UnknownDataset, UnknownRule
from holdfast.environments.model import Dataset, Environment, Rule


@dataclass(frozen=True)
class WriteLock:
    """Lock of a backup set, counted from when it was captured, in each Region."""

    rule: Rule
    primary: timedelta
    replica: timedelta


def write_lock(environment: Environment, dataset: str, rule: str | None = None) -> WriteLock:
    """How long a backup set of `dataset` is locked in the primary and in the recovery Region.

    The lock lasts as long as the rule keeps a backup: `delete_after`, and in the recovery Region `copy.delete_after`.
    A backup set is always written to both Regions, so a rule without a copy locks both alike, and the replica never
    ends before the primary.

    Args:
        rule: name of a rule of the dataset's tier; by default the tier's first rule with a schedule, else its first.

    Raises:
        UnknownDataset: the environment has no such dataset.
        UnknownRule: the dataset's tier has no such rule.
    """
    chosen = _rule(environment, named_dataset(environment, dataset), rule)
    copy = chosen.copy_to_recovery
    primary = max(chosen.delete_after, environment.lock.minimum)
    return WriteLock(chosen, primary, max(primary, copy.delete_after) if copy else primary)


def named_dataset(environment: Environment, name: str) -> Dataset:
    """The dataset of that name.

    Raises:
        UnknownDataset: there is none.
    """
    found = environment.dataset(name)
    if found is None:
        known = ", ".join(each.name for each in environment.datasets)
        raise UnknownDataset(environment=environment.environment, dataset=name, allowed=known)
    return found


def _rule(environment: Environment, dataset: Dataset, name: str | None) -> Rule:
    rules = environment.tier_of(dataset).rules
    if name is None:
        return next((each for each in rules if not each.continuous), rules[0])
    found = next((each for each in rules if each.name == name), None)
    if found is None:
        raise UnknownRule(
            rule=name, tier=dataset.tier, dataset=dataset.name, allowed=", ".join(each.name for each in rules)
        )
    return found
