"""The snapshots of a dataset's volumes in a Region, and what each is a copy of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.points import DATASET_TAG
from holdfast.drills.aws_backup.targets import DRILL_TAG, ENVIRONMENT_TAG
from holdfast.drills.ebs.errors import NotVolumes
from holdfast.environments.model import Dataset, DatasetKind, Environment, Scenario
from holdfast.environments.names import SNAPSHOT_RESTORER

_OF_A_COPY = "vol-ffffffff"
"""EC2 gives a copy an arbitrary volume: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html"""
_COPIED = re.compile(r"snap-[0-9a-f]{8,17}")
_TICK = timedelta(seconds=1)


@dataclass(frozen=True)
class Snapshot:
    """A snapshot, as EC2 tells of it.

    Args:
        volume: the volume it was made of; None for a copy, which does not say.
        source: id of the snapshot it says it is a copy of.
        key: ARN of the key it is encrypted under; empty when it is not.
    """

    id: str
    region: str
    account: str
    volume: str | None
    source: str | None
    started: datetime
    state: str
    message: str
    gib: int
    key: str
    tier: str

    @property
    def arn(self) -> str:
        """Its ARN; snapshots have no account in theirs."""
        return f"arn:aws:ec2:{self.region}::snapshot/{self.id}"

    @property
    def usable(self) -> bool:
        """Whether a volume can be made of it now."""
        return self.state == "completed" and self.tier == "standard"


def region_of(environment: Environment, scenario: Scenario | None) -> str:
    """The Region that is left; in the scenario `corruption` the primary one."""
    regions = environment.regions
    return regions.primary if scenario is Scenario.CORRUPTION else regions.recovery


def client_of(sessions: Sessions, service: str, region: str) -> Any:
    """EC2 or EBS in a Region, as the role that restores."""
    return sessions.client(service, region, role=SNAPSHOT_RESTORER)


def require_volumes(dataset: Dataset) -> None:
    """Check that the dataset is one of volumes somebody can find.

    Raises:
        NotVolumes: it is not.
    """
    if dataset.kind is not DatasetKind.EBS:
        raise NotVolumes(dataset=dataset.name, because=f"it is of kind {dataset.kind}")
    if not (dataset.select.tags or dataset.select.arns):
        raise NotVolumes(dataset=dataset.name, because="nothing selects its volumes")


def snapshots_of(
    environment: Environment, sessions: Sessions, dataset: Dataset, region: str, *, role: str | None = SNAPSHOT_RESTORER
) -> list[Snapshot]:
    """The account's snapshots of a dataset in a Region, newest first, whatever their state; those of drills are not.

    One belongs to the dataset by the tags of its volume, which Data Lifecycle Manager passes on to snapshots and
    copies; by the tags a backup plan gives; or by a volume named in the environment file.

    Args:
        environment: what is declared.
        sessions: clients.
        dataset: whose snapshots.
        region: where.
        role: who asks; the caller when it is None.

    Raises:
        ServiceError: EC2 refuses or does not answer.
    """
    ec2 = sessions.client("ec2", region, role=role)
    volumes = [arn.rsplit("/", 1)[-1] for arn in dataset.select.arns if ":volume/" in arn]
    asked = [
        _tags(dataset.select.tags),
        _tags({DATASET_TAG: dataset.name, ENVIRONMENT_TAG: environment.environment}),
        [{"Name": "volume-id", "Values": volumes}] if volumes else [],
    ]
    found: dict[str, Snapshot] = {}
    with translated(f"list the snapshots of {dataset.name} in {region}"):
        for filters in filter(None, asked):
            for page in ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=filters):
                for each in page["Snapshots"]:
                    if not any(tag["Key"] == DRILL_TAG for tag in each.get("Tags", [])):
                        found[each["SnapshotId"]] = _snapshot(each, region)
    return sorted(found.values(), key=lambda each: each.started, reverse=True)


def snapshot_again(ec2: Any, region: str, snapshot: str) -> Snapshot:
    """One snapshot as EC2 tells of it now."""
    return _snapshot(ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0], region)


def before(snapshots: list[Snapshot], failed_at: datetime) -> list[Snapshot]:
    """Those that were begun before the failure. Server times are good to a second."""
    return [each for each in snapshots if each.started <= failed_at + _TICK]


def _tags(tags: dict[str, str]) -> list[dict[str, Any]]:
    return [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]


def _snapshot(each: dict[str, Any], region: str) -> Snapshot:
    copied = _COPIED.search(each.get("Description", ""))
    is_copy = each.get("VolumeId", _OF_A_COPY) == _OF_A_COPY
    return Snapshot(
        id=each["SnapshotId"],
        region=region,
        account=each["OwnerId"],
        volume=None if is_copy else each["VolumeId"],
        source=copied[0] if copied and is_copy else None,
        started=each["StartTime"],
        state=each["State"],
        message=each.get("StateMessage", ""),
        gib=each["VolumeSize"],
        key=each.get("KmsKeyId", "") if each.get("Encrypted") else "",
        tier=each.get("StorageTier", "standard"),
    )
