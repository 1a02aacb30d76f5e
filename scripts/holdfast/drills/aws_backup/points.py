"""Which recovery points AWS Backup holds of a dataset, and which one a drill restores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.errors import NotProtectedByAwsBackup
from holdfast.environments.model import Dataset, DatasetKind, Environment, Scenario
from holdfast.environments.names import DRILL_RESTORER, Names

TYPES = {
    DatasetKind.S3: "S3",
    DatasetKind.DYNAMODB: "DynamoDB",
    DatasetKind.EBS: "EBS",
    DatasetKind.RDS: "RDS",
    DatasetKind.AURORA: "Aurora",
    DatasetKind.EC2: "EC2",
    DatasetKind.EFS: "EFS",
}
"""AWS Backup's word for each kind of dataset it protects."""
DATASET_TAG, ENVIRONMENT_TAG = "holdfast:dataset", "holdfast:environment"
"""What the rules of a dataset's plan tag its recovery points with; copies carry the tags along."""
RESTORE_ROLE = "restore-tests"
"""Purpose of the role AWS Backup restores with, in the account of the recovery points."""


@dataclass(frozen=True)
class Place:
    """Where the recovery points are that a scenario leaves: a vault, its Region, its account."""

    vault: str
    region: str
    account: str


@dataclass(frozen=True)
class Point:
    """One recovery point, as the service tells of it."""

    arn: str
    resource: str
    created: datetime
    completed: datetime | None
    status: str
    message: str
    size: int
    key: str
    delete_at: datetime | None

    @property
    def complete(self) -> bool:
        """Whether the service calls it complete."""
        return self.status == "COMPLETED"


def place_of(environment: Environment, scenario: Scenario | None) -> Place:
    """The vault of the copies in the recovery Region; in the scenario `corruption` the vault beside the source."""
    names, regions, accounts = Names(environment), environment.regions, environment.accounts
    if scenario is Scenario.CORRUPTION:
        return Place(names.backup_vault, regions.primary, accounts.workload)
    return Place(names.copy_vault, regions.recovery, accounts.backup)


def type_of(dataset: Dataset) -> str:
    """AWS Backup's word for what holds the dataset.

    Raises:
        NotProtectedByAwsBackup: it does not protect such a kind, or nothing says which resources.
    """
    if dataset.kind not in TYPES:
        allowed = ", ".join(TYPES)
        raise NotProtectedByAwsBackup(dataset=dataset.name, because=f"it is of kind {dataset.kind}, not of {allowed}")
    if not (dataset.select.tags or dataset.select.arns):
        raise NotProtectedByAwsBackup(dataset=dataset.name, because="nothing selects its resources")
    return TYPES[dataset.kind]


def points_of(
    environment: Environment, sessions: Sessions, dataset: Dataset, place: Place, *, since: datetime | None = None
) -> list[Point]:
    """The recovery points of a dataset in a vault, newest first, whatever their status.

    A point belongs to the dataset when the rule that made it tagged it so, or its resource is named in the file.

    Args:
        environment: what is declared.
        sessions: clients; the caller asks.
        dataset: whose points.
        place: the vault.
        since: leave out what was created before.

    Raises:
        ServiceError: AWS Backup refuses or does not answer.
    """
    backup, kind = sessions.client("backup", place.region, role=DRILL_RESTORER), type_of(dataset)
    found: list[Point] = []
    with translated(f"list the recovery points in {place.vault}"):
        pages = backup.get_paginator("list_recovery_points_by_backup_vault")
        newer = {} if since is None else {"ByCreatedAfter": since}
        for page in pages.paginate(BackupVaultName=place.vault, ByResourceType=kind, **newer):
            for each in page["RecoveryPoints"]:
                named = each["ResourceArn"] in dataset.select.arns
                found += [_point(each)] if named or _tagged(backup, each, environment, dataset) else []
    return sorted(found, key=lambda point: point.created, reverse=True)


def before(points: list[Point], failed_at: datetime) -> list[Point]:
    """Those from before the failure. Server times are good to a second."""
    return [point for point in points if point.created <= failed_at + timedelta(seconds=1)]


def newest_of_each(points: list[Point]) -> dict[str, Point]:
    """By resource, its newest point of those given, newest first."""
    newest: dict[str, Point] = {}
    for point in points:
        newest.setdefault(point.resource, point)
    return dict(sorted(newest.items()))


def _tagged(backup: Any, point: dict[str, Any], environment: Environment, dataset: Dataset) -> bool:
    tags = backup.list_tags(ResourceArn=point["RecoveryPointArn"]).get("Tags", {})
    return (tags.get(DATASET_TAG), tags.get(ENVIRONMENT_TAG)) == (dataset.name, environment.environment)


def _point(each: dict[str, Any]) -> Point:
    return Point(
        arn=each["RecoveryPointArn"],
        resource=each["ResourceArn"],
        created=each["CreationDate"],
        completed=each.get("CompletionDate"),
        status=each.get("Status", "UNKNOWN"),
        message=each.get("StatusMessage", ""),
        size=each.get("BackupSizeInBytes", 0),
        key=each.get("EncryptionKeyArn", ""),
        delete_at=each.get("CalculatedLifecycle", {}).get("DeleteAt"),
    )
