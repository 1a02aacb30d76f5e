"""Which datasets AWS Backup protects, and how it finds their resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.environments.model import Dataset, DatasetKind, Environment


@dataclass(frozen=True)
class Service:
    """How AWS Backup serves a kind of dataset.

    Args:
        arns: ARN pattern of all resources of the kind, with `{region}` and `{account}`.
        continuous: whether AWS Backup offers point-in-time recovery for it. DynamoDB has its own, on the table.
    """

    arns: str
    continuous: bool = False

    def resources(self, *, region: str, account: str) -> str:
        """The ARN pattern of all resources of the kind in a Region of an account."""
        return self.arns.format(region=region, account=account)


SERVED: Mapping[DatasetKind, Service] = {
    DatasetKind.S3: Service("arn:aws:s3:::*", continuous=True),
    DatasetKind.RDS: Service("arn:aws:rds:{region}:{account}:db:*", continuous=True),
    DatasetKind.AURORA: Service("arn:aws:rds:{region}:{account}:cluster:*", continuous=True),
    DatasetKind.DYNAMODB: Service("arn:aws:dynamodb:{region}:{account}:table/*"),
    DatasetKind.EBS: Service("arn:aws:ec2:{region}:{account}:volume/*"),
    DatasetKind.EC2: Service("arn:aws:ec2:{region}:{account}:instance/*"),
    DatasetKind.EFS: Service("arn:aws:elasticfilesystem:{region}:{account}:file-system/*"),
}
"""By kind. What Holdfast pushes itself (files, configuration, postgres) is not here.

https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
"""


def served_by_aws_backup(environment: Environment) -> tuple[Dataset, ...]:
    """The datasets AWS Backup protects: of a kind it serves, and with tags or ARNs to find them by."""
    return tuple(
        each for each in environment.datasets if each.kind in SERVED and (each.select.tags or each.select.arns)
    )


def restored_from_snapshots(environment: Environment, *kinds: DatasetKind) -> tuple[Dataset, ...]:
    """The datasets of these kinds that drills restore with the service's own snapshots: those something is found of."""
    asked = kinds or (DatasetKind.EBS, DatasetKind.RDS)
    return tuple(each for each in environment.datasets if each.kind in asked and (each.select.tags or each.select.arns))


def has_archives(environment: Environment) -> bool:
    """Whether a database archives its log into the vault bucket itself."""
    return any(each.kind is DatasetKind.POSTGRES for each in environment.datasets)


def copied_by_aws_backup(environment: Environment) -> tuple[Dataset, ...]:
    """Those of them whose tier has a rule that copies into the recovery Region."""
    return tuple(
        each
        for each in served_by_aws_backup(environment)
        if any(rule.copy_to_recovery is not None for rule in environment.tier_of(each).rules)
    )
