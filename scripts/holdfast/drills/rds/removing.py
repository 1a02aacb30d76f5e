"""Taking the drill's instance away again: by its own journal, and by name and tag when nothing else is left of it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.clock import Clock
from holdfast.drills.aws_backup.targets import drill_in
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Left, together
from holdfast.drills.rds.instances import GONE, drill_of, environment_of, look
from holdfast.drills.rds.restoring import RESTORE
from holdfast.environments.model import DatasetKind, Environment
from holdfast.environments.names import SNAPSHOT_RESTORER

_PATIENCE = 1800.0
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 30.0, 1.5
_NOT_YET = "InvalidDBInstanceState"


def clean_up(drill: Drill) -> Cleaned:
    """Delete the instance the journal tells of, once it can be, and wait until it is gone."""
    announced = [step.announced for step in drill.steps(RESTORE)]
    if not announced:
        return Cleaned()
    name, region = announced[-1]["instance"], announced[-1]["region"]
    rds = drill.sessions.client("rds", region, role=SNAPSHOT_RESTORER)
    told = look(rds, name)
    arn = f"arn:aws:rds:{region}:{drill.environment.accounts.workload}:db:{name}"
    if told is None:
        return Cleaned(created=(arn,), removed=(arn,))
    if drill_of(told) != drill.drill_id:
        return Cleaned()  # somebody else's of that name: the drill made none
    why = _delete(rds, name, drill.clock)
    if why is not None:
        return Cleaned(created=(arn,), orphaned=(f"{arn}: {why}",))
    return Cleaned(created=(arn,), removed=(arn,))


def sweep(environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
    """Delete the instances that drills which are over left, in both Regions; a deletion is not waited for.

    Where no dataset is kept by RDS, nobody is asked.
    """
    if not any(each.kind is DatasetKind.RDS for each in environment.datasets):
        return Cleaned()
    alive = {each.lower() for each in living}
    regions = dict.fromkeys((environment.regions.recovery, environment.regions.primary))
    return together(
        _sweep(environment, sessions.client("rds", region, role=SNAPSHOT_RESTORER), region, alive) for region in regions
    )


def _sweep(environment: Environment, rds: Any, region: str, alive: set[str]) -> Cleaned:
    parts = []
    with translated(f"look for what drills left in {region}"):
        pages = rds.get_paginator("describe_db_instances").paginate()
        found = [each for page in pages for each in page["DBInstances"]]
    for each in found:
        drill, arn = drill_in(each["DBInstanceIdentifier"]), each["DBInstanceArn"]
        is_ours = drill and (drill_of(each) or "").lower() == drill and environment_of(each) == environment.environment
        if not is_ours or drill in alive:
            continue
        if each["DBInstanceStatus"] == "deleting":
            parts.append(Cleaned(created=(arn,), left=(Left(resource=arn, because="RDS is deleting it"),)))
            continue
        why = _ask(rds, each["DBInstanceIdentifier"])
        gone = Cleaned(created=(arn,), removed=(arn,))
        parts.append(gone if why is None else Cleaned(created=(arn,), orphaned=(f"{arn}: {why}",)))
    return together(parts)


def _delete(rds: Any, name: str, clock: Clock) -> str | None:
    """Why the instance is still there; None when it is gone. RDS deletes none that is still being made."""
    began, pause = clock.monotonic(), _FIRST_WAIT
    while True:
        told = look(rds, name)
        if told is None:
            return None
        why = None if told["DBInstanceStatus"] == "deleting" else _ask(rds, name)
        if why is not None and not why.endswith(_NOT_YET):
            return why if look(rds, name) else None  # what is gone has no tags to be let in by
        if clock.monotonic() - began > _PATIENCE:
            return why or "it is still being deleted"
        clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_WAIT)


def _ask(rds: Any, name: str) -> str | None:
    """Ask for the deletion; why it is refused, if it is."""
    try:
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
    except ClientError as error:
        return None if code_of(error) == GONE else f"{error.operation_name}: {code_of(error)}"
    return None
