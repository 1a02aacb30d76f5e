"""The recovery point a drill restores, with what is known of it: its lock, its key, its baseline."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any

from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup import baselines
from holdfast.drills.aws_backup.baseline import FILE, Baseline
from holdfast.drills.aws_backup.errors import NotARecoveryPoint
from holdfast.drills.aws_backup.points import (
    Place,
    Point,
    before,
    newest_of_each,
    place_of,
    points_of,
    type_of,
)
from holdfast.drills.aws_backup.reading import READABLE
from holdfast.drills.context import Drill
from holdfast.drills.interface import Nothing, RecoveryPoint, Selection
from holdfast.drills.sampling import draw
from holdfast.environments.model import Dataset
from holdfast.environments.names import DRILL_RESTORER


def choose(drill: Drill) -> Selection | Nothing:
    """The newest complete recovery point of one of the dataset's resources, or the one that was named.

    Where several resources hold the dataset, one is drawn with the drill's seed.

    Raises:
        NotARecoveryPoint: what was named is none of the dataset's.
        ServiceError: AWS Backup refuses or does not answer.
    """
    environment, dataset = drill.environment, dataset_of(drill)
    place = place_of(environment, drill.spec.scenario)
    every = points_of(environment, drill.sessions, dataset, place)
    if drill.spec.set_id:
        point = _named(every, drill, place)
        resources = {point.resource: point}
    else:
        resources = newest_of_each([each for each in before(every, drill.failed_at) if each.complete])
        if not resources:
            return Nothing(reason=_why_none(every, dataset, place))
        point = resources[_drawn(list(resources), drill.spec.seed)]
    sampling = draw(len(resources), 1, drill.spec.seed)
    return Selection(point=_as_selected(drill, place, point), sampling=sampling, restore_bytes=0)


def dataset_of(drill: Drill) -> Dataset:
    """The dataset the drill is about."""
    return declared_dataset(drill.environment, str(drill.spec.dataset))


def baseline_of(drill: Drill, place: Place, point: Point) -> tuple[str, Baseline] | None:
    """The baseline of a point and the key of the set it is kept in; None where there is none, or can be none."""
    dataset = dataset_of(drill)
    if type_of(dataset) not in READABLE:
        return None
    found = baselines.find(drill.environment, drill.sessions, dataset, place.region, point, drill.clock)
    return (f"{found[0].folder.sets}{found[0].set_id}/{FILE}", found[1]) if found else None


def point_again(drill: Drill, place: Place, arn: str) -> tuple[Point, Mapping[str, Any]]:
    """A recovery point as the service tells of it now, and of its vault.

    Raises:
        ServiceError: it is not there any more.
    """
    backup = drill.sessions.client("backup", place.region, role=DRILL_RESTORER)
    with translated("look at the recovery point"):
        told = backup.describe_recovery_point(BackupVaultName=place.vault, RecoveryPointArn=arn)
        vault = backup.describe_backup_vault(BackupVaultName=place.vault)
    point = Point(
        arn=arn,
        resource=told["ResourceArn"],
        created=told["CreationDate"],
        completed=told.get("CompletionDate"),
        status=told.get("Status", "UNKNOWN"),
        message=told.get("StatusMessage", ""),
        size=told.get("BackupSizeInBytes", 0),
        key=told.get("EncryptionKeyArn", ""),
        delete_at=told.get("CalculatedLifecycle", {}).get("DeleteAt"),
    )
    return point, vault


def _as_selected(drill: Drill, place: Place, point: Point) -> RecoveryPoint:
    _, vault = point_again(drill, place, point.arn)
    found = baseline_of(drill, place, point)
    locked = bool(vault.get("Locked"))
    description = json.dumps({"point": point.arn, "resource": point.resource, "created": point.created.isoformat()})
    return RecoveryPoint(
        id=point.arn,
        resource=f"{place.vault}/{point.resource}",
        region=place.region,
        account=place.account,
        captured_at=point.created,
        committed_at=point.completed or point.created,
        files=len(found[1].members) if found else 0,
        bytes=point.size,
        digest=found[1].digest if found else hashlib.sha256(description.encode()).hexdigest(),
        subject=found[0] if found else f"recovery-points/{point.arn.rsplit(':', 1)[-1]}",
        type="AWS Backup recovery point",
        kms_key=point.key or None,
        lock_mode=("COMPLIANCE" if vault.get("LockDate") else "GOVERNANCE") if locked else None,
        locked_until=point.delete_at if locked else None,
        lock_read_at=drill.clock.now() if locked else None,
    )


def _named(every: list[Point], drill: Drill, place: Place) -> Point:
    point = next((each for each in every if each.arn == drill.spec.set_id), None)
    if point is None:
        raise NotARecoveryPoint(
            arn=drill.spec.set_id, dataset=drill.spec.dataset, vault=place.vault, region=place.region
        )
    return point


def _drawn(resources: list[str], seed: int) -> str:
    return random.Random(seed).choice(sorted(resources))  # noqa: S311  repeatable on purpose, not secret


def _why_none(every: list[Point], dataset: Dataset, place: Place) -> str:
    where = f"vault {place.vault} in {place.region}"
    if not every:
        return f"{where} holds no recovery point of {dataset.name}"
    if any(point.complete for point in every):
        return f"every complete recovery point of {dataset.name} in {where} is younger than the failure"
    newest = every[0]
    told = f": {newest.message}" if newest.message else ""
    return f"no recovery point of {dataset.name} in {where} is complete; the newest is {newest.status}{told}"
