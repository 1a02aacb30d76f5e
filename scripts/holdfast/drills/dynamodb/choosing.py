"""The table a drill restores, and the moment it goes back to: no later than DynamoDB can, no later than the failure."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from typing import Any

from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup import baselines
from holdfast.drills.aws_backup.baseline import FILE, Baseline
from holdfast.drills.aws_backup.points import Point
from holdfast.drills.context import Drill
from holdfast.drills.interface import Nothing, RecoveryPoint, Selection
from holdfast.drills.sampling import draw
from holdfast.environments.names import DRILL_RESTORER

_TICK = timedelta(seconds=1)


def choose(drill: Drill) -> Selection | Nothing:
    """One of the dataset's tables, drawn with the seed, at the newest moment DynamoDB goes back to before the failure.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html

    Raises:
        ServiceError: DynamoDB refuses or does not answer.
    """
    environment = drill.environment
    dataset, region = declared_dataset(environment, str(drill.spec.dataset)), environment.regions.primary
    dynamodb = drill.sessions.client("dynamodb", region, role=DRILL_RESTORER)
    with translated("look for the dataset's tables"):
        tables = baselines.tables_of(dynamodb, dataset)
    if not tables:
        return Nothing(reason=f"no table of {dataset.name} is in {region}")
    arn = random.Random(drill.spec.seed).choice(tables)  # noqa: S311  repeatable on purpose, not secret
    with translated(f"ask how far {arn} goes back"):
        told = dynamodb.describe_continuous_backups(TableName=arn.rsplit("/", 1)[-1])["ContinuousBackupsDescription"]
        table = dynamodb.describe_table(TableName=arn.rsplit("/", 1)[-1])["Table"]
    recovery = told.get("PointInTimeRecoveryDescription", {})
    if environment.sandbox:  # the emulator calls the present the earliest moment, too
        recovery = recovery | {"EarliestRestorableDateTime": table["CreationDateTime"]}
    moment = _moment(recovery, failure_of(drill))
    if isinstance(moment, str):
        return Nothing(reason=f"{arn}: {moment}")
    return Selection(point=_point(drill, arn, table, moment), sampling=draw(len(tables), 1, drill.spec.seed))


def baseline_of(drill: Drill, arn: str, moment: datetime) -> tuple[str, Baseline] | None:
    """The newest baseline of a table from before a moment, and the key of the set it is kept in."""
    dataset, regions = declared_dataset(drill.environment, str(drill.spec.dataset)), drill.environment.regions
    point = Point(arn, arn, moment, moment, "COMPLETED", "", 0, "", None)
    found = baselines.find(drill.environment, drill.sessions, dataset, regions.primary, point, drill.clock)
    return (f"{found[0].folder.sets}{found[0].set_id}/{FILE}", found[1]) if found else None


def failure_of(drill: Drill) -> datetime:
    """When the failure was, in whole seconds: DynamoDB takes no others.

    One that was asked for is rounded down, so as to go back to no later moment. That of the declaration is known by
    a clock that tells whole seconds, so it is up to a second too early: rounded up, it is no older than a baseline
    that was taken before, in the same second.
    """
    second = drill.failed_at.replace(microsecond=0)
    is_whole = second == drill.failed_at or drill.spec.failed_at is not None
    return second if is_whole else second + _TICK


def _moment(recovery: dict[str, Any], failed_at: datetime) -> datetime | str:
    """The moment to go back to, or why there is none. DynamoDB's latest one lags about five minutes."""
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        return "point-in-time recovery is not enabled"
    earliest, latest = recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]
    if failed_at + _TICK < earliest:
        return f"point-in-time recovery goes back to {earliest:%Y-%m-%dT%H:%M:%SZ} only"
    moment: datetime = max(min(latest, failed_at), earliest)
    return moment


def _point(drill: Drill, arn: str, table: dict[str, Any], moment: datetime) -> RecoveryPoint:
    found = baseline_of(drill, arn, moment)
    text = f"{arn}@{moment.isoformat()}"
    return RecoveryPoint(
        id=text,
        resource=arn,
        region=drill.environment.regions.primary,
        account=drill.environment.accounts.workload,
        captured_at=moment,
        committed_at=moment,
        files=len(found[1].members) if found else 0,
        bytes=int(table.get("TableSizeBytes", 0)),
        digest=found[1].digest if found else hashlib.sha256(text.encode()).hexdigest(),
        subject=found[0] if found else f"tables/{arn.rsplit('/', 1)[-1]}",
        type="DynamoDB point in time",
        kms_key=table.get("SSEDescription", {}).get("KMSMasterKeyArn"),
    )
