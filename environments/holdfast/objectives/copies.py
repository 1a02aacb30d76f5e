"""The scheduled recovery points left after a disaster, and from when and for how long each can be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from holdfast.objectives.declaration import Dataset, Declaration, Rule
from holdfast.objectives.loss import Source
from holdfast.objectives.proof import Assumption, Scenario
from holdfast.objectives.schedule import Schedule, parse_schedule
from holdfast.objectives.services import REPLICATION, Mechanism
from holdfast.objectives.survival import copies_survive

UNDECLARED = parse_schedule("cron(0 5 ? * * *)", "UTC")
"""When AWS Backup makes the snapshots a continuous rule without a schedule copies
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html: "When no CRON expression is provided, AWS
Backup will use the default expression")."""


@dataclass(frozen=True)
class Scheduled:
    """The rules of a dataset that have a schedule.

    Attributes:
        sources: all of them, those included that do not survive: they can still silence others.
        assumptions: the copy times the survivors rest on.
    """

    sources: tuple[Source, ...]
    assumptions: tuple[Assumption, ...] = ()


class _Left(NamedTuple):
    """What a disaster leaves of the runs of one rule.

    Attributes:
        delay: from the end of the windows until it can be used.
        retention: how long it is kept.
        rests_on: the assumption the delay is.
    """

    delay: timedelta
    retention: timedelta
    rests_on: Assumption | None = None


_Choice = Callable[[Sequence[_Left]], _Left]


def scheduled(dataset: Dataset, scenario: Scenario, declaration: Declaration) -> tuple[Scheduled, ...]:
    """The scheduled sources, with what is left of each; once for each way to go by several copies of a rule.

    - AWS Backup copies a recovery point once it is complete: it can be used `copy time` after the windows.
    - A copy into a logically air-gapped vault is a copy job as well
      (https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html). The vault lies beside the
      other copies and survives what they survive; it is under a key AWS owns. Drills time the other copies, so this
      one takes what the environment declares. Of a rule with both, the sooner one counts, or the one kept longer:
      each is a way of its own, and the better of the two holds.
    - What Holdfast pushes is committed only when both Regions hold it: the copy takes no time of its own.
    - What another tool streams into the vault bucket is replicated by S3.
    """
    ways: list[_Choice] = [_soonest]
    rules = declaration.tier_of(dataset).rules
    if scenario is not Scenario.CORRUPTION and any(rule.copy and rule.air_gapped for rule in rules):
        ways.append(_longest_kept)
    return tuple(dict.fromkeys(_by(choose, dataset, scenario, declaration) for choose in ways))


def _by(choose: _Choice, dataset: Dataset, scenario: Scenario, declaration: Declaration) -> Scheduled:
    mechanism = dataset.service.mechanism
    found, assumed = [], []
    for rule in declaration.tier_of(dataset).rules:
        schedule = _schedule(rule, mechanism)
        if schedule is None:
            continue
        left = _left(rule, dataset, scenario, declaration)
        chosen = choose(left) if left else _Left(timedelta(), rule.delete_after)
        usable = rule.start_window + rule.completion_window + chosen.delay
        found.append(
            Source(schedule, rule.start_window, usable, chosen.retention, rule.delete_after, counts=bool(left))
        )
        assumed += [chosen.rests_on] if left and chosen.rests_on else []
    return Scheduled(tuple(found), tuple(dict.fromkeys(assumed)))


def _schedule(rule: Rule, mechanism: Mechanism) -> Schedule | None:
    """A continuous rule makes snapshots only to copy them, and only where AWS Backup runs it."""
    if not rule.continuous:
        return rule.schedule
    return (rule.schedule or UNDECLARED) if rule.copy and mechanism is Mechanism.AWS_BACKUP else None


def _left(rule: Rule, dataset: Dataset, scenario: Scenario, declaration: Declaration) -> list[_Left]:
    mechanism = dataset.service.mechanism
    if scenario is Scenario.CORRUPTION:
        return [] if rule.continuous else [_Left(timedelta(), rule.delete_after)]
    if not copies_survive(scenario, declaration):
        return []
    if mechanism is Mechanism.STREAM:
        kept = rule.copy.delete_after if rule.copy else rule.delete_after
        return [_Left(REPLICATION.bound, kept)] if declaration.streams_replicated else []
    if mechanism is Mechanism.PUSH:
        return [_Left(timedelta(), rule.copy.delete_after)] if rule.copy else []
    found = []
    if rule.copy is not None:
        time = declaration.copy_time_of(dataset.name, scenario)
        found.append(_Left(time.value or timedelta(), rule.copy.delete_after, time))
    if rule.air_gapped is not None:
        time = declaration.copy_time
        found.append(_Left(time.value or timedelta(), rule.air_gapped, time))
    return found


def _soonest(left: Sequence[_Left]) -> _Left:
    return min(left, key=lambda each: (each.delay, -each.retention))


def _longest_kept(left: Sequence[_Left]) -> _Left:
    return max(left, key=lambda each: (each.retention, -each.delay))
