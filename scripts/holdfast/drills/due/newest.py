"""The newest moment each kind of dataset can be restored to, as the service that keeps its backups tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE, catalog
from holdfast.clock import Clock
from holdfast.drills.aws_backup.baselines import is_baseline, tables_of
from holdfast.drills.aws_backup.points import newest_of_each, place_of, points_of
from holdfast.environments.model import Dataset, DatasetKind, Environment, Scenario
from holdfast.environments.names import DRILL_RESTORER
from holdfast.postgres.archive import ArchiveReader
from holdfast.postgres.base_backups import base_backups
from holdfast.postgres.layout import archive_of


@dataclass(frozen=True)
class Looking:
    """What one look at an environment's recovery points is made with.

    Args:
        since: recovery points from before that moment are not looked at.
    """

    environment: Environment
    sessions: Sessions
    clock: Clock
    since: datetime

    @property
    def region(self) -> str:
        """The Region the datasets are in."""
        return self.environment.regions.primary

    def client(self, service: str) -> Any:
        """The client of a service in that Region, as the drill restorer, which looks at what AWS itself keeps."""
        return self.sessions.client(service, self.region, role=DRILL_RESTORER)


Found = Mapping[str, datetime | None]
"""By resource, the newest moment it can be restored to; None for one that cannot be."""


def newest_moments(looking: Looking, dataset: Dataset) -> Found:
    """What is known of each resource of a dataset; nothing where no resource and no backup of it is found.

    A snapshot holds its resource as of its creation; continuous backup says itself how far it goes.

    Raises:
        HoldfastError: a service refuses or does not answer.
    """
    return _FOUND.get(dataset.kind, _from_points)(looking, dataset)


def _from_points(looking: Looking, dataset: Dataset) -> Found:
    """By resource, its newest complete recovery point in the vault beside it."""
    if not (dataset.select.tags or dataset.select.arns):
        return {}
    place = place_of(looking.environment, Scenario.CORRUPTION)
    points = points_of(looking.environment, looking.sessions, dataset, place, since=looking.since)
    newest = newest_of_each([each for each in points if each.complete])
    return {resource: point.created for resource, point in newest.items()}


def _from_sets(looking: Looking, dataset: Dataset) -> Found:
    """The newest set that counts in both Regions, of whatever tenant. A baseline is a set, and no backup."""
    views = catalog(looking.environment, looking.sessions, dataset=dataset.name, clock=looking.clock)
    for view in sorted(views, key=lambda each: each.captured_at, reverse=True):
        if view.committed and not is_baseline(looking.sessions, looking.region, view, looking.clock):
            return {dataset.name: view.captured_at}
    return {}


def _from_sets_or_points(looking: Looking, dataset: Dataset) -> Found:
    """What was pushed holds all of the dataset; AWS Backup has a point for each bucket."""
    pushed, points = _from_sets(looking, dataset), _from_points(looking, dataset)
    buckets = list(points.values())
    oldest = None if None in buckets else min((each for each in buckets if each), default=None)
    moments = [each for each in (*pushed.values(), oldest) if each is not None]
    return {dataset.name: max(moments)} if moments else {}


def _from_tables(looking: Looking, dataset: Dataset) -> Found:
    """DynamoDB's own point-in-time recovery, where it is on, and the points of AWS Backup.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
    """
    dynamodb = looking.client("dynamodb")
    with translated(f"ask how far the tables of {dataset.name} go back"):
        told = {arn: _restorable(dynamodb, arn) for arn in tables_of(dynamodb, dataset)}
    return _newer(_from_points(looking, dataset), told)


def _restorable(dynamodb: Any, arn: str) -> datetime | None:
    description = dynamodb.describe_continuous_backups(TableName=arn.rsplit("/", 1)[-1])
    recovery = description["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    on = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    return recovery.get("LatestRestorableDateTime") if on else None


def _from_instances(looking: Looking, dataset: Dataset) -> Found:
    """`LatestRestorableTime` of each instance, and the points of AWS Backup.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
    """
    return _from_databases(looking, dataset, "describe_db_instances", "DBInstances", "DBInstanceArn")


def _from_clusters(looking: Looking, dataset: Dataset) -> Found:
    """`LatestRestorableTime` of each cluster, and the points of AWS Backup.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBCluster.html
    """
    return _from_databases(looking, dataset, "describe_db_clusters", "DBClusters", "DBClusterArn")


def _from_databases(looking: Looking, dataset: Dataset, call: str, listed: str, arn: str) -> Found:
    with translated(f"ask how far the databases of {dataset.name} go back"):
        pages = looking.client("rds").get_paginator(call).paginate()
        every = [each for page in pages for each in page[listed]]
    told = {each[arn]: each.get("LatestRestorableTime") for each in every if _selected(dataset, each[arn], each)}
    return _newer(_from_points(looking, dataset), told)


def _selected(dataset: Dataset, arn: str, told: Mapping[str, Any]) -> bool:
    tags = {each["Key"]: each["Value"] for each in told.get("TagList", ())}
    wanted = dataset.select.tags.items()
    return arn in dataset.select.arns or (bool(wanted) and wanted <= tags.items())


def _from_archive(looking: Looking, dataset: Dataset) -> Found:
    """When the newest file of the log came into the archive that follows a usable base backup, else that backup."""
    s3 = looking.sessions.client("s3", looking.region, role=ROLE)
    bucket = looking.sessions.names.bucket_in(looking.region)
    reader = ArchiveReader(s3, bucket, archive_of(looking.environment, dataset.name))
    usable, _ = base_backups(reader)
    if not usable:
        return {}
    log = reader.log_files(usable[-1].first, usable[-1].segment_bytes)
    return {dataset.name: max((usable[-1].began_at, *(each.stored_at for each in log)))}


def _newer(points: Found, told: Found) -> Found:
    """By resource, the newer of its snapshot and what its continuous backup goes to."""
    both = {resource: (points.get(resource), told.get(resource)) for resource in (*points, *told)}
    return {
        resource: max((each for each in moments if each is not None), default=None)
        for resource, moments in both.items()
    }


_FOUND: Mapping[DatasetKind, Callable[[Looking, Dataset], Found]] = {
    DatasetKind.FILES: _from_sets,
    DatasetKind.CONFIGURATION: _from_sets,
    DatasetKind.S3: _from_sets_or_points,
    DatasetKind.DYNAMODB: _from_tables,
    DatasetKind.RDS: _from_instances,
    DatasetKind.AURORA: _from_clusters,
    DatasetKind.POSTGRES: _from_archive,
}
"""By kind; of all others AWS Backup holds snapshots."""
