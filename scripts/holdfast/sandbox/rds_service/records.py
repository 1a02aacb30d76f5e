"""What RDS keeps: instances, snapshots, automated backups. Mutable on purpose: this is the service's memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from holdfast.sandbox.rds_service.arns import AUTOMATED, INSTANCE, SNAPSHOT, arn
from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.history import History
from holdfast.sandbox.rds_service.keys import DataKey
from holdfast.sandbox.service.values import Place, Values

AVAILABLE = "available"


@dataclass(frozen=True)
class Database:
    """What an instance and every copy of it have in common.

    Args:
        identifier: of the instance it is, or was taken from.
        resource_id: of that instance, never given twice.
        version: of the engine.
        master: the master user.
        database: the database made with the instance; None when none was.
        created: when that instance was made.
        storage: GiB that were asked for.
    """

    identifier: str
    resource_id: str
    version: str
    master: str
    database: str | None
    created: datetime
    storage: int
    engine: str = "postgres"


@dataclass
class Instance:
    """An instance. `cluster` is there once its server was made."""

    place: Place
    database: Database
    settings: Values
    key: DataKey | None
    tags: dict[str, str]
    retention: int
    status: str = "creating"
    cluster: Cluster | None = None
    history: History | None = None
    changing_password: bool = False
    replications: list[str] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return arn(self.place, INSTANCE, self.database.identifier)


@dataclass
class Snapshot:
    """A snapshot. `copy` is there once it was taken."""

    place: Place
    name: str
    database: Database
    began: datetime
    kind: str
    key: DataKey | None
    tags: dict[str, str]
    status: str = "creating"
    copy: Path | None = None
    source: str | None = None
    original: datetime | None = None
    shared_with: set[str] = field(default_factory=set)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return arn(self.place, SNAPSHOT, self.name)


@dataclass
class Automated:
    """The automated backups of one instance in one Region: its own, what it left, or their copies elsewhere.

    Args:
        place: where they are kept.
        source: the ARN of the instance.
        id: the last part of their ARN.
        status: `active` of a living instance, `retained` when it is gone, `replicating` in another Region.
    """

    place: Place
    source: str
    id: str
    database: Database
    status: str
    retention: int
    key: DataKey | None
    tags: dict[str, str]
    history: History | None = None

    @property
    def arn(self) -> str:
        """Their ARN."""
        return arn(self.place, AUTOMATED, self.id)


@dataclass
class Subnets:
    """A subnet group."""

    place: Place
    name: str
    description: str
    vpc: str
    subnets: list[Values]
    tags: dict[str, str]


@dataclass
class Region:
    """All that RDS keeps for one account in one Region."""

    place: Place
    instances: dict[str, Instance] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    automated: dict[str, Automated] = field(default_factory=dict)
    subnets: dict[str, Subnets] = field(default_factory=dict)
