"""What RDS holds of a dataset in a Region: snapshots, and automated backups that can be gone back with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.points import DATASET_TAG, ENVIRONMENT_TAG
from holdfast.environments.model import Dataset, Environment

AVAILABLE = "available"
_USABLE = frozenset({"active", "replicating", "retained"})
"""Statuses of automated backups that can be restored from."""


@dataclass(frozen=True)
class Source:
    """Something an instance can be restored from.

    Args:
        id: the snapshot's or the automated backups' name or ARN, as a restore is told it.
        instance: ARN of the instance it is of.
        status: in the service's words.
        earliest: the first moment in it that can be restored; a snapshot has only one.
        latest: the last one.
        key: the KMS key it is under; None when it is not encrypted.
        version: of the engine.
        gigabytes: what was allocated.
        is_snapshot: or automated backups.
        resource: id of the instance, never given twice.
    """

    id: str
    instance: str
    status: str
    earliest: datetime | None
    latest: datetime | None
    key: str | None
    engine: str
    version: str
    gigabytes: int
    is_snapshot: bool
    resource: str

    @property
    def usable(self) -> bool:
        """Whether the service lets one restore from it."""
        statuses = frozenset({AVAILABLE}) if self.is_snapshot else _USABLE
        return self.status in statuses and self.latest is not None


def snapshots(rds: Any, environment: Environment, dataset: Dataset, region: str) -> list[Source]:
    """The snapshots of a dataset in a Region, newest first, whoever made them: RDS, AWS Backup, somebody.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html

    Raises:
        ServiceError: RDS refuses or does not answer.
    """
    found = []
    with translated(f"list the snapshots in {region}"):
        for page in rds.get_paginator("describe_db_snapshots").paginate():
            for each in page["DBSnapshots"]:
                account = each["DBSnapshotArn"].split(":")[4]
                origin = each.get("SourceRegion") or region
                instance = f"arn:aws:rds:{origin}:{account}:db:{each['DBInstanceIdentifier']}"
                if _belongs(environment, dataset, instance, each.get("TagList", [])):
                    found.append(_snapshot(each, instance))
    return sorted(found, key=lambda each: (each.latest is not None, each.latest), reverse=True)


def automated_backups(rds: Any, environment: Environment, dataset: Dataset, region: str) -> list[Source]:
    """The automated backups of a dataset kept in a Region: its own instances', or those replicated into it.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html

    Raises:
        ServiceError: RDS refuses or does not answer.
    """
    found = []
    with translated(f"list the automated backups in {region}"):
        for page in rds.get_paginator("describe_db_instance_automated_backups").paginate():
            for each in page["DBInstanceAutomatedBackups"]:
                belongs = _belongs(environment, dataset, each["DBInstanceArn"], each.get("TagList", []))
                found += [_automated(each)] if belongs else []
    return found


def instances(rds: Any, environment: Environment, dataset: Dataset, region: str) -> list[dict[str, Any]]:
    """The instances of a dataset that are in a Region, as RDS tells of them.

    Raises:
        ServiceError: RDS refuses or does not answer.
    """
    with translated(f"list the instances in {region}"):
        pages = rds.get_paginator("describe_db_instances").paginate()
        every = [each for page in pages for each in page["DBInstances"]]
    return [each for each in every if _belongs(environment, dataset, each["DBInstanceArn"], each.get("TagList", []))]


def _belongs(environment: Environment, dataset: Dataset, instance: str, tags: list[dict[str, str]]) -> bool:
    """By the ARN of its instance, by the tags that select the dataset, or by those a plan's rule gives."""
    carried: Mapping[str, str] = {each["Key"]: each["Value"] for each in tags}
    wanted = dataset.select.tags.items()
    by_plan = (carried.get(DATASET_TAG), carried.get(ENVIRONMENT_TAG)) == (dataset.name, environment.environment)
    return instance in dataset.select.arns or by_plan or bool(wanted and wanted <= carried.items())


def _snapshot(each: dict[str, Any], instance: str) -> Source:
    # of a copy, SnapshotCreateTime is when it was copied; what is in it is from the original's time
    taken = each.get("OriginalSnapshotCreateTime") or each.get("SnapshotCreateTime")
    return Source(
        id=each["DBSnapshotIdentifier"],
        instance=instance,
        status=each.get("Status", "unknown"),
        earliest=taken,
        latest=taken,
        key=each.get("KmsKeyId") if each.get("Encrypted") else None,
        engine=each.get("Engine", "unknown"),
        version=each.get("EngineVersion", ""),
        gigabytes=int(each.get("AllocatedStorage", 0)),
        is_snapshot=True,
        resource=each.get("DbiResourceId", ""),
    )


def _automated(each: dict[str, Any]) -> Source:
    window = each.get("RestoreWindow", {})
    return Source(
        id=each.get("DBInstanceAutomatedBackupsArn") or each["DbiResourceId"],
        instance=each["DBInstanceArn"],
        status=each.get("Status", "unknown"),
        earliest=window.get("EarliestTime"),
        latest=window.get("LatestTime"),
        key=each.get("KmsKeyId") if each.get("Encrypted") else None,
        engine=each.get("Engine", "unknown"),
        version=each.get("EngineVersion", ""),
        gigabytes=int(each.get("AllocatedStorage", 0)),
        is_snapshot=False,
        resource=each["DbiResourceId"],
    )
