"""The drill's own instance: what it is called, how RDS tells of it, and how one waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.aws_backup.restoring import patience_of
from holdfast.drills.aws_backup.targets import DRILL_TAG, ENVIRONMENT_TAG
from holdfast.drills.context import Drill
from holdfast.drills.rds.errors import InstanceNotRestored, InstanceUnfinished
from holdfast.environments.model import Environment
from holdfast.environments.names import Names

AVAILABLE = "available"
GONE = "DBInstanceNotFound"
FAILURES: Mapping[str, str] = {
    "failed": "the instance has failed and RDS cannot recover it",
    "inaccessible-encryption-credentials": "the KMS key it is under cannot be used",
    "inaccessible-encryption-credentials-recoverable": "the KMS key it is under cannot be used",
    "incompatible-create": "it cannot be made with these settings",
    "incompatible-credentials": "its credentials in Secrets Manager cannot be used",
    "incompatible-network": "RDS cannot restore into its network",
    "incompatible-option-group": "its options are not compatible",
    "incompatible-parameters": "its parameter group does not fit",
    "incompatible-restore": "RDS cannot do a point-in-time restore of it",
    "insufficient-capacity": "there is no capacity for its class in the zone",
    "restore-error": "the restore ended in an error",
    "storage-full": "its storage is full",
    "deleting": "it is being deleted",
}
"""States from which an instance does not become available by itself, and what each means.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
"""
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 30.0, 1.5


def instance_name(environment: Environment, drill_id: str) -> str:
    """`holdfast-<env>-<drill>`, as RDS takes it: no two hyphens in a row."""
    return Names(environment).scratch_instance(drill_id)


def tags_of(drill: Drill) -> list[dict[str, str]]:
    """What the drill's instance is tagged with."""
    tags = {**drill.environment.tags, DRILL_TAG: drill.drill_id, ENVIRONMENT_TAG: drill.environment.environment}
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def look(rds: Any, name: str) -> dict[str, Any] | None:
    """An instance as RDS tells of it now; None when it is not there.

    Raises:
        ServiceError: RDS refuses or does not answer.
    """
    with translated(f"look at instance {name}"):
        try:
            found: dict[str, Any] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        except ClientError as error:
            if code_of(error) in (GONE, "DBInstanceNotFoundFault"):
                return None
            raise
    return found


def drill_of(instance: Mapping[str, Any]) -> str | None:
    """The drill an instance says it was made for."""
    return _tags(instance).get(DRILL_TAG)


def environment_of(instance: Mapping[str, Any]) -> str | None:
    """The environment an instance says it was made in by a drill."""
    return _tags(instance).get(ENVIRONMENT_TAG)


def wait(
    drill: Drill, rds: Any, name: str, over: Callable[[Mapping[str, Any]], bool] = lambda _: True
) -> dict[str, Any]:
    """Wait until an instance is available, and `over` besides.

    Raises:
        InstanceNotRestored: it will not be, in the service's words.
        InstanceUnfinished: it takes longer than a drill waits.
        ServiceError: RDS refuses or does not answer.
    """
    began, pause, patience = drill.clock.monotonic(), _FIRST_WAIT, patience_of(drill).total_seconds()
    said = ""
    while True:
        told = look(rds, name) or {}
        status = str(told.get("DBInstanceStatus", "gone"))
        if status == AVAILABLE and over(told):
            return told
        if status in FAILURES or not told:
            raise InstanceNotRestored(instance=name, status=status, meaning=FAILURES.get(status, "it is not there"))
        waited = drill.clock.monotonic() - began
        if waited > patience:
            raise InstanceUnfinished(instance=name, status=status, seconds=waited)
        if status != said:
            drill.say(f"instance {name} is {status}")
            said = status
        drill.clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_WAIT)


def _tags(instance: Mapping[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in instance.get("TagList", [])}
