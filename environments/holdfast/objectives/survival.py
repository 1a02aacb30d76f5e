"""Which recovery points are left after which disaster, and from when each can be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.objectives.declaration import Dataset, Declaration, Rule
from holdfast.objectives.loss import Source
from holdfast.objectives.proof import Assumption, AssumptionSource, Scenario
from holdfast.objectives.schedule import Schedule, parse_schedule
from holdfast.objectives.services import REPLICATION, Mechanism, Published, Service

CAPTURE_INTERVAL = timedelta(minutes=5)
"""How often a change log is shipped where nothing is declared: requirement "log capture every 5 minutes or better"."""

UNDECLARED = parse_schedule("cron(0 5 ? * * *)", "UTC")
"""When AWS Backup makes the snapshots a continuous rule without a schedule copies
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html: "When no CRON expression is provided, AWS
Backup will use the default expression")."""


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
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-copying.html). Only a change log that
    is replicated object by object stays one.
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
    return found


def _local_stream(rule: Rule, service: Service) -> Stream:
    if isinstance(service.continuous, Published):
        return Stream(service.continuous.bound, (service.continuous,))
    if service.continuous is not None:
        return Stream(service.continuous.value or timedelta(), (), (service.continuous,))
    source = AssumptionSource.DEFAULT if rule.capture_every is None else AssumptionSource.DECLARED
    interval = rule.capture_every or CAPTURE_INTERVAL
    return Stream(interval, (), (Assumption("interval between shipments of the change log", interval, source),))


def sources(
    dataset: Dataset, scenario: Scenario, declaration: Declaration
) -> tuple[tuple[Source, ...], Assumption | None]:
    """The scheduled sources, those included that do not survive, and the copy time the survivors rest on.

    - AWS Backup copies a recovery point once it is complete: it can be used `copy time` after the windows.
    - What Holdfast pushes is committed only when both Regions hold it: the copy takes no time of its own.
    - What another tool streams into the vault bucket is replicated by S3.
    """
    mechanism = dataset.service.mechanism
    survive = copies_survive(scenario, declaration)
    assumed = declaration.copy_time_of(dataset.name, scenario)
    found = []
    for rule in declaration.tier_of(dataset).rules:
        schedule = _schedule(rule, mechanism)
        if schedule is None:
            continue
        usable = rule.start_window + rule.completion_window
        counts, retention = not rule.continuous, rule.delete_after
        if scenario is not Scenario.CORRUPTION:
            copied = declaration.streams_replicated if mechanism is Mechanism.STREAM else rule.copy is not None
            counts, retention = copied and survive, rule.copy.delete_after if rule.copy else rule.delete_after
            usable += _delay(mechanism, assumed)
        found.append(Source(schedule, rule.start_window, usable, retention, rule.delete_after, counts))
    rests = scenario is not Scenario.CORRUPTION and mechanism is Mechanism.AWS_BACKUP
    return tuple(found), assumed if rests else None


def _schedule(rule: Rule, mechanism: Mechanism) -> Schedule | None:
    """A continuous rule makes snapshots only to copy them, and only where AWS Backup runs it."""
    if not rule.continuous:
        return rule.schedule
    return (rule.schedule or UNDECLARED) if rule.copy and mechanism is Mechanism.AWS_BACKUP else None


def _delay(mechanism: Mechanism, copy_time: Assumption) -> timedelta:
    if mechanism is Mechanism.AWS_BACKUP:
        return copy_time.value or timedelta()
    return REPLICATION.bound if mechanism is Mechanism.STREAM else timedelta()
