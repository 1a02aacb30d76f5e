"""What is declared, as far as proofs need it. Plain values: `holdfast.environments.proving` fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from holdfast.objectives.proof import Assumption, Scenario
from holdfast.objectives.schedule import Schedule
from holdfast.objectives.services import RDS_REPLICATION_LAG, SERVICES, Service


@dataclass(frozen=True)
class Copy:
    """The copy of a recovery point in the recovery Region, under that Region's key."""

    delete_after: timedelta
    cold_storage_after: timedelta | None = None


@dataclass(frozen=True)
class Rule:
    """When a backup is made and how long it is kept.

    Attributes:
        schedule: nothing only for a continuous rule.
        capture_every: longest declared time between two shipments of the change log of a continuous rule.
        air_gapped: how long a further copy is kept in a logically air-gapped vault of the recovery Region, which is
            under a key AWS owns.
        replicate_for: how long RDS keeps the points in time of a continuous rule in the recovery Region as well.
    """

    name: str
    delete_after: timedelta
    schedule: Schedule | None = None
    continuous: bool = False
    capture_every: timedelta | None = None
    start_window: timedelta = timedelta(hours=1)
    completion_window: timedelta = timedelta(hours=3)
    cold_storage_after: timedelta | None = None
    copy: Copy | None = None
    air_gapped: timedelta | None = None
    replicate_for: timedelta | None = None

    @property
    def leaves_the_region(self) -> bool:
        """Whether its scheduled backups are copied to the recovery Region."""
        return self.copy is not None or self.air_gapped is not None


@dataclass(frozen=True)
class Tier:
    """Objectives and the rules meant to meet them. Equal names are one tier."""

    name: str
    rules: tuple[Rule, ...] = field(compare=False)
    rpo: Mapping[Scenario, timedelta] = field(compare=False, default_factory=dict)
    rto: Mapping[Scenario, timedelta] = field(compare=False, default_factory=dict)
    drill_every: timedelta = field(compare=False, default=timedelta(days=90))


@dataclass(frozen=True)
class Dataset:
    """Something that would be missed.

    Attributes:
        kind: a key of `SERVICES`.
        tier: name of its tier.
        selects: whether it names resources, by tag or ARN.
        all_named: whether it names each of them by ARN: RDS replicates single instances, and finds none by tags.
    """

    name: str
    kind: str
    tier: str
    selects: bool = True
    all_named: bool = False

    @property
    def service(self) -> Service:
        """What protects it."""
        return SERVICES[self.kind]

    @property
    def replicated(self) -> bool:
        """Whether its service keeps points in time in the recovery Region where a rule asks for it."""
        return self.service.replicates and self.all_named


@dataclass(frozen=True)
class Exclusion:
    """Something left out on purpose; `until` is the last day this holds."""

    dataset: str
    reason: str
    until: date


@dataclass(frozen=True)
class Vault:
    """Where recovery points are kept, and the limits its lock puts on how long."""

    minimum: timedelta
    maximum: timedelta


@dataclass(frozen=True)
class Key:
    """The key recovery points are encrypted under.

    Attributes:
        deletion_window: how long KMS waits before it deletes the key.
        guarded: Terraform refuses to destroy it and nobody but break-glass may schedule its deletion.
        expires: the day its key material expires, if it does.
    """

    deletion_window: timedelta
    guarded: bool
    expires: date | None = None


Measured = Mapping[tuple[str, Scenario | None], Assumption]
"""What drills measured, by dataset and scenario; without a scenario where the figure holds for all."""


@dataclass(frozen=True)
class Declaration:
    """One environment.

    Attributes:
        now: the moment proofs are made at, aware.
        own_backup_account: copies are in another account than the workload.
        evidence_kept: how long evidence, which is under the primary key as well, is locked.
        streams_replicated: change logs in the vault bucket are replicated with S3 Replication Time Control.
        copy_time: assumed time from a finished recovery point to its finished copy.
        restore_time: assumed time from the declaration of a disaster to verified operation.
        replication_lag: assumed age of what RDS has replicated of an automated backup.
        copy_times: what drills measured of single datasets; goes before `copy_time`.
        restore_times: what drills measured of single datasets; goes before `restore_time`.
    """

    now: datetime
    tiers: Mapping[str, Tier]
    datasets: tuple[Dataset, ...]
    primary_vault: Vault
    recovery_vault: Vault
    primary_key: Key
    recovery_key: Key
    copy_time: Assumption
    restore_time: Assumption
    exclusions: tuple[Exclusion, ...] = ()
    own_backup_account: bool = True
    evidence_kept: timedelta = timedelta()
    streams_replicated: bool = False
    replication_lag: Assumption = RDS_REPLICATION_LAG
    copy_times: Measured = field(default_factory=dict)
    restore_times: Measured = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of `now`, in its own time zone."""
        return self.now.date()

    def tier_of(self, dataset: Dataset) -> Tier:
        """The tier of a dataset."""
        return self.tiers[dataset.tier]

    def copy_time_of(self, dataset: str, scenario: Scenario) -> Assumption:
        """How long a copy of the dataset takes, as far as is known."""
        return _known(self.copy_times, dataset, scenario, self.copy_time)

    def restore_time_of(self, dataset: str, scenario: Scenario) -> Assumption:
        """How long a restore of the dataset takes after such a disaster, as far as is known."""
        return _known(self.restore_times, dataset, scenario, self.restore_time)


def _known(measured: Measured, dataset: str, scenario: Scenario, assumed: Assumption) -> Assumption:
    return measured.get((dataset, scenario)) or measured.get((dataset, None)) or assumed
