"""What is asked of a restored instance: is it the right one, closed, and does its data hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.errors import TargetGone
from holdfast.drills.interface import RecoveryPoint, Selection, Verified
from holdfast.drills.postgres.application import application_checks
from holdfast.drills.postgres.counted import compare_counts
from holdfast.drills.postgres.heartbeat import newest_beat
from holdfast.drills.rds.choosing import POINT_IN_TIME, SNAPSHOT, client_of, dataset_of
from holdfast.drills.rds.connecting import Way, way_into
from holdfast.drills.rds.counts import counts_of
from holdfast.drills.rds.instances import drill_of, wait
from holdfast.drills.rds.keys import key_checks
from holdfast.drills.rds.restoring import RESTORE
from holdfast.environments.postgres import Postgres
from holdfast.postgres.connection import connected

READABLE = "postgres"
"""The engine whose data a drill can ask."""
_SECOND = timedelta(seconds=1)


def verify(drill: Drill, selection: Selection) -> Verified:
    """Look at the restored instance, then ask its data.

    Raises:
        TargetGone: nothing was restored.
        InstanceNotRestored, InstanceUnfinished, InstanceUnreachable, QueryFailed: it cannot be asked.
        ServiceError: a service refuses or does not answer.
    """
    point, steps = selection.point, [each for each in drill.steps(RESTORE) if each.outcome is not None]
    if point is None or not steps:
        raise TargetGone(path=drill.target)
    rds, announced = client_of(drill), steps[-1].announced
    told = wait(drill, rds, announced["instance"])
    about = (*_instance_checks(drill, point, told, announced["version"]), *key_checks(drill, point, told))
    about = (*about, *_shared(drill, rds, point, announced["source"]))
    if told["Engine"] != READABLE:
        reason = f"nobody here asks the data of {told['Engine']}: that the instance is available is all that was seen"
        return Verified(checks=(*about, skipped("content", CheckKind.APPLICATION, reason, essential=True)))
    settings = dataset_of(drill).postgres or Postgres()
    way = way_into(drill, rds, announced["instance"], settings)
    data, newest = _data_checks(drill, way, settings, point)
    return Verified(checks=(*about, *data), newest_committed=newest)


def _instance_checks(drill: Drill, point: RecoveryPoint, told: dict[str, Any], version: str) -> tuple[Check, ...]:
    closed = not told.get("PubliclyAccessible") and not told.get("DeletionProtection")
    return (
        passed("instance", CheckKind.INTEGRITY, expected="available", observed=str(told["DBInstanceStatus"])),
        compare("restored-elsewhere", CheckKind.SCOPE, expected=True, observed=told["DBInstanceArn"] != point.resource),
        compare("drill-tag", CheckKind.SCOPE, expected=drill.drill_id, observed=drill_of(told)),
        compare(
            "closed",
            CheckKind.SCOPE,
            expected=True,
            observed=closed,
            because="the restored instance is publicly accessible, or cannot be deleted",
        ),
        compare(
            "engine-version",
            CheckKind.INTEGRITY,
            expected=version,
            observed=str(told.get("EngineVersion", "")),
            because=f"it runs {told.get('EngineVersion')}, and what it was restored from was {version}",
        ),
    )


def _shared(drill: Drill, rds: Any, point: RecoveryPoint, source: str) -> tuple[Check, ...]:
    """Whether somebody else may restore the snapshot, too."""
    if point.type != SNAPSHOT:
        return ()
    with translated("ask whom the snapshot is shared with"):
        told = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=source)["DBSnapshotAttributesResult"]
    accounts = drill.environment.accounts
    others = [
        value
        for each in told.get("DBSnapshotAttributes", [])
        if each["AttributeName"] == "restore"
        for value in each.get("AttributeValues", [])
        if value not in (accounts.workload, accounts.backup)
    ]
    because = f"it is shared with {', '.join(others)}"
    return (compare("shared-with-nobody-else", CheckKind.SCOPE, expected=0, observed=len(others), because=because),)


def _data_checks(
    drill: Drill, way: Way, settings: Postgres, point: RecoveryPoint
) -> tuple[tuple[Check, ...], datetime | None]:
    timeout = settings.statement_timeout
    counted = counts_of(drill, point, settings.database)
    with connected(way.conninfo, timeout=timeout, password=way.password, what="whether it is encrypted") as connection:
        row = connection.execute("select version from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
    tls = passed("tls", CheckKind.INTEGRITY, expected="the certificate is checked", observed=str(row[0] if row else ""))
    with connected(way.conninfo, timeout=timeout, password=way.password, what="the heartbeat") as connection:
        newest = newest_beat(connection, settings.heartbeat.table, settings.heartbeat.column)
    if counted is None:
        reason = (
            "nobody counted the rows of the source before that moment; count them with: "
            f"holdfast drill baseline {drill.environment.environment} --dataset {drill.spec.dataset} --dsn …"
        )
        rows: tuple[Check, ...] = (skipped("rows", CheckKind.COUNT, reason, essential=not settings.checks),)
    else:
        with connected(way.conninfo, timeout=timeout, password=way.password, what="its tables") as connection:
            rows = compare_counts(connection, counted, settings.may_shrink)
    checks = (tls, *_beat_checks(newest, point), *rows, *application_checks(way.conninfo, settings, way.password))
    return checks, newest if isinstance(newest, datetime) else None


def _beat_checks(newest: datetime | Check, point: RecoveryPoint) -> tuple[Check, ...]:
    """A heartbeat that can be read; and none from after the moment that was gone back to."""
    if isinstance(newest, Check):
        return (newest,)
    found = passed("heartbeat", CheckKind.INTEGRITY, expected="a committed row")
    if point.type != POINT_IN_TIME or newest <= point.captured_at + _SECOND:
        return (found,)
    reason = f"it holds what was written at {newest.isoformat()}, after that moment"
    moment = point.captured_at.isoformat()
    return found, failed("not-younger-than-the-moment", CheckKind.INTEGRITY, reason, expected=f"up to {moment}")
