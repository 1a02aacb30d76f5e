"""What protects each kind of dataset, and what its service publishes about it.

Every figure names its source; `docs/proofs.md` is checked against this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from holdfast.objectives.proof import Assumption


class Mechanism(StrEnum):
    """Who makes the recovery points of a kind."""

    AWS_BACKUP = "aws-backup"
    PUSH = "push"
    STREAM = "stream"


@dataclass(frozen=True)
class Published:
    """A figure a service publishes about itself."""

    bound: timedelta
    says: str
    source: str


@dataclass(frozen=True)
class Service:
    """What protects one kind of dataset.

    Attributes:
        mechanism: `aws-backup` jobs of a backup plan; `push` by Holdfast into both Regions, which counts only when both
            hold it; `stream` of base backups and change log into the vault bucket, replicated by S3.
        continuous: the age of the newest restorable moment, published or, where nothing published was found, assumed;
            nothing when the kind has no point-in-time recovery or the age is the declared interval of the change log.
        change_log: whether the age is the declared interval of the change log.
        replicates: whether its service keeps the points in time of an instance in another Region as well.
        source_key: recovery points in the primary Region stay encrypted under the key of the resource itself.
    """

    mechanism: Mechanism
    continuous: Published | Assumption | None = None
    change_log: bool = False
    replicates: bool = False
    source_key: bool = False

    @property
    def has_continuous(self) -> bool:
        """Whether a continuous rule does anything for the kind."""
        return self.continuous is not None or self.change_log


_RDS = Published(
    timedelta(minutes=5),
    "RDS uploads transaction logs to S3 every five minutes",
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html",
)
_AURORA = Published(
    timedelta(minutes=5),
    "Aurora restores to any second up to the last five minutes",
    "https://aws.amazon.com/rds/aurora/features/",
)
_DYNAMODB = Published(
    timedelta(minutes=5),
    "LatestRestorableDateTime is typically 5 minutes before the current time",
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html",
)
_S3 = Assumption("lag of continuous S3 backup", timedelta(minutes=15))

REPLICATION = Published(
    timedelta(minutes=15),
    "S3 Replication Time Control replicates 99.99 percent of objects within 15 minutes",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
)
"""How far the replica of a change log may lie behind."""

RDS_REPLICATION_LAG = Assumption("lag of replicated automated backups", timedelta(minutes=30))
"""How old the newest moment is that a replicated automated backup can be restored to.

"The underlying RPO is on the slightly higher side, ranging 5-30 minutes. The time depends on redo or transaction log
generation and network transfer time"
(https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html): the
long end of a range that AWS describes and does not promise, hence an assumption.
"""

SERVICES: Mapping[str, Service] = {
    "s3": Service(Mechanism.PUSH, continuous=_S3),
    "files": Service(Mechanism.PUSH),
    "configuration": Service(Mechanism.PUSH),
    "rds": Service(Mechanism.AWS_BACKUP, continuous=_RDS, replicates=True, source_key=True),
    "aurora": Service(Mechanism.AWS_BACKUP, continuous=_AURORA, source_key=True),
    "dynamodb": Service(Mechanism.AWS_BACKUP, continuous=_DYNAMODB),
    "ebs": Service(Mechanism.AWS_BACKUP, source_key=True),
    "ec2": Service(Mechanism.AWS_BACKUP, source_key=True),
    "efs": Service(Mechanism.AWS_BACKUP),
    "postgres": Service(Mechanism.STREAM, change_log=True),
}
"""By kind, as environment files name it. Whose key encrypts a recovery point
(https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html): "Backups of resource types that are not fully
managed by AWS Backup typically inherit the encryption settings from their source resource".
"""
