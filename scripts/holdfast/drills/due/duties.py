"""Which drills an environment owes, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from holdfast.environments.model import Dataset, DatasetKind, Environment, Scenario

_SETS = ("object-recovery",)
RESTORED_BY: dict[DatasetKind, tuple[str, ...]] = {
    DatasetKind.S3: _SETS,
    DatasetKind.FILES: _SETS,
    DatasetKind.CONFIGURATION: ("configuration",),
    DatasetKind.POSTGRES: ("postgres-pitr",),
    DatasetKind.RDS: ("rds", "aws-backup"),
    DatasetKind.AURORA: ("aws-backup",),
    DatasetKind.DYNAMODB: ("aws-backup", "dynamodb"),
    DatasetKind.EBS: ("ebs", "aws-backup"),
    DatasetKind.EC2: ("aws-backup",),
    DatasetKind.EFS: ("aws-backup",),
}
"""The kinds of drill that restore a dataset of each kind; any one of them will do, the first is the one to run.

A loss of the Region counts as the kind it wraps."""

_TENANTS_DRILLED = (DatasetKind.S3, DatasetKind.FILES, DatasetKind.DYNAMODB, DatasetKind.POSTGRES)
OF_THE_ENVIRONMENT = ("immutability", "access-control", "replication")
"""Owed as often as the strictest tier asks for."""
FULL_SIMULATION = timedelta(days=365)
"""How often a game day is owed (requirement D2)."""


@dataclass(frozen=True)
class Duty:
    """One drill that is owed.

    Args:
        kinds: the kinds that will do, the one to run first.
        dataset: of which dataset; None for the whole environment.
        every: the longest time between two that pass.
        declared_in: where that is asked for.
    """

    kinds: tuple[str, ...]
    dataset: str | None
    every: timedelta
    declared_in: str

    @property
    def kind(self) -> str:
        """The kind to run."""
        return self.kinds[0]


def duties(environment: Environment) -> list[Duty]:
    """Everything an environment owes: each dataset, what tiers promise besides, and the environment as a whole."""
    strictest = min((tier.drill_every for tier in environment.tiers.values()), default=FULL_SIMULATION)
    owed = [duty for dataset in environment.datasets for duty in _of(environment, dataset)]
    owed += [Duty((kind,), None, strictest, "the strictest tiers.*.drill_every") for kind in OF_THE_ENVIRONMENT]
    return [*owed, Duty(("game-day",), None, FULL_SIMULATION, "once a year")]


def _of(environment: Environment, dataset: Dataset) -> Iterator[Duty]:
    tier = environment.tier_of(dataset)
    where = f"tiers.{dataset.tier}.drill_every"
    yield Duty(RESTORED_BY[dataset.kind], dataset.name, tier.drill_every, where)
    if dataset.tenants is not None and dataset.kind in _TENANTS_DRILLED:
        yield Duty(("tenant",), dataset.name, tier.drill_every, where)
    if RESTORED_BY[dataset.kind] != _SETS:
        return
    if Scenario.KEY_LOSS in {**tier.rpo, **tier.rto}:
        yield Duty(("key-loss",), dataset.name, tier.drill_every, where)
