"""A table made anew as it was at a moment: asked for once, waited for in the service's own states."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.aws_backup.restoring import patience_of
from holdfast.drills.aws_backup.targets import name_of
from holdfast.drills.context import Drill
from holdfast.drills.dynamodb.errors import TableNotRestored, TableUnfinished
from holdfast.drills.interface import RecoveryPoint
from holdfast.environments.names import DRILL_RESTORER

RESTORE = "restore-table-to-point-in-time"
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 15.0, 1.5
_ON_THE_WAY = frozenset({"CREATING", "UPDATING"})


def restore(drill: Drill, point: RecoveryPoint) -> str:
    """Restore a table into one of the drill's own and wait until it can be read; returns its name.

    Raises:
        TableNotRestored, TableUnfinished: as DynamoDB says.
        ServiceError: DynamoDB refuses or does not answer.
    """
    dynamodb, target = (
        drill.sessions.client("dynamodb", point.region, role=DRILL_RESTORER),
        name_of(drill.environment, drill.drill_id),
    )
    with drill.step(RESTORE, table=target, region=point.region) as step, translated("restore the table"):
        try:
            dynamodb.restore_table_to_point_in_time(
                SourceTableName=point.resource.rsplit("/", 1)[-1],
                TargetTableName=target,
                RestoreDateTime=point.captured_at,
            )
        except ClientError as error:
            if code_of(error) != "TableAlreadyExistsException" or len(drill.steps(RESTORE)) == 1:
                raise  # only a drill that is taken up again finds its own table there
        step.done()
    _wait(drill, dynamodb, target)
    return target


def _wait(drill: Drill, dynamodb: Any, table: str) -> None:
    began, pause, patience = drill.clock.monotonic(), _FIRST_WAIT, patience_of(drill).total_seconds()
    while True:
        with translated("look at the restored table"):
            status = dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
        if status == "ACTIVE":
            return
        if status not in _ON_THE_WAY:
            raise TableNotRestored(table=table, status=status)
        waited = drill.clock.monotonic() - began
        if waited > patience:
            raise TableUnfinished(table=table, status=status, seconds=waited)
        drill.clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_WAIT)
