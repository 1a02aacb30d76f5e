"""What is left after which disaster: the continuous sources, and whether copies are. `copies` looks at the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.objectives.declaration import Dataset, Declaration, Rule
from holdfast.objectives.proof import Assumption, AssumptionSource, Scenario
from holdfast.objectives.services import REPLICATION, Published, Service

CAPTURE_INTERVAL = timedelta(minutes=5)
"""How often a change log is shipped where nothing is declared: requirement "log capture every 5 minutes or better"."""


@dataclass(frozen=True)
class Stream:
    """A continuous source of restorable moments.

    Attributes:
        bound: the age of the newest one.
        published: the figures of the services it rests on.
        assumptions: the figures it rests on that nobody publishes.
    """

    bound: timedelta
    published: tuple[Published, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


def copies_survive(scenario: Scenario, declaration: Declaration) -> bool:
    """Whether copies are left: they lie in the recovery Region, under its key, in the backup account."""
    return scenario is not Scenario.ACCOUNT_LOSS or declaration.own_backup_account


def streams(dataset: Dataset, scenario: Scenario, declaration: Declaration) -> list[Stream]:
    """The continuous sources left after a disaster.

    A copy of a continuous backup in another Region or account is a snapshot: it loses point-in-time recovery
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-copying.html). Two stay one: a change
    log that is replicated object by object, and automated backups RDS replicates with their transaction logs
    (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html). Those are of single instances,
    under a key of their own in the recovery Region, and stay in the account of the instance.
    """
    service = dataset.service
    rules = [rule for rule in declaration.tier_of(dataset).rules if rule.continuous]
    found = []
    for rule in rules if service.has_continuous else ():
        local = _local_stream(rule, service)
        if scenario is Scenario.CORRUPTION:
            found.append(local)
        elif service.change_log and declaration.streams_replicated and copies_survive(scenario, declaration):
            found.append(Stream(local.bound + REPLICATION.bound, (REPLICATION,), local.assumptions))
        elif rule.replicate_for is not None and dataset.replicated and scenario is not Scenario.ACCOUNT_LOSS:
            lag = declaration.replication_lag
            found.append(Stream(lag.value or timedelta(), (), (lag,)))
    return found


def _local_stream(rule: Rule, service: Service) -> Stream:
    if isinstance(service.continuous, Published):
        return Stream(service.continuous.bound, (service.continuous,))
    if service.continuous is not None:
        return Stream(service.continuous.value or timedelta(), (), (service.continuous,))
    source = AssumptionSource.DEFAULT if rule.capture_every is None else AssumptionSource.DECLARED
    interval = rule.capture_every or CAPTURE_INTERVAL
    return Stream(interval, (), (Assumption("interval between shipments of the change log", interval, source),))
