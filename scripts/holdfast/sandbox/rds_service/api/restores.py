"""Restores: always into a new instance, from a snapshot or to a point in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from holdfast.sandbox.rds_service.api.instances import admit, into_service, new_instance, told
from holdfast.sandbox.rds_service.arns import taken_apart
from holdfast.sandbox.rds_service.damaging import damage
from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.copies import cluster_from
from holdfast.sandbox.rds_service.engine.history import History
from holdfast.sandbox.rds_service.errors import (
    contradictory,
    invalid,
    no_automated_backup,
    no_instance,
    wrong_snapshot_state,
)
from holdfast.sandbox.rds_service.faults import Damage, Effect
from holdfast.sandbox.rds_service.keys import DataKey, new_key
from holdfast.sandbox.rds_service.records import AVAILABLE, Automated, Database
from holdfast.sandbox.rds_service.snapshotting import before
from holdfast.sandbox.rds_service.working import EndsIn, work_on
from holdfast.sandbox.rds_service.world import Request, serves
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_SOURCES = ("SourceDBInstanceIdentifier", "SourceDbiResourceId", "SourceDBInstanceAutomatedBackupsArn")


@serves("RestoreDBInstanceFromDBSnapshot")
def from_snapshot(request: Request) -> Values:
    """A new instance with a snapshot's data."""
    world, given = request.world, request.given
    name = admit(request, str(given["DBInstanceIdentifier"]))
    snapshot = world.snapshot(request.place, str(given.get("DBSnapshotIdentifier", "")))
    if snapshot.place.region != request.place.region:
        raise invalid("The snapshot is in another Region; copy it first.")
    if snapshot.status != AVAILABLE or snapshot.copy is None:
        raise wrong_snapshot_state(f"The snapshot {snapshot.name} is {snapshot.status}.")
    older = next((each.copy for each in before(world, snapshot)), None)

    def recover(how: Damage | None) -> Cluster:
        source = older if how is Damage.OLDER and older else snapshot.copy
        if source is None:
            raise EndsIn("incompatible-restore")
        cluster = cluster_from(world.ground, source)
        cluster.start()
        return cluster

    return _begin(request, name, snapshot.database, snapshot.key, 1, recover)


@serves("RestoreDBInstanceToPointInTime")
def to_point_in_time(request: Request) -> Values:
    """A new instance with the data of a moment, from an instance's own backups or from their copies."""
    given = request.given
    name = admit(request, str(given["TargetDBInstanceIdentifier"]))
    automated, history = _source(request)
    moment = _moment(request, history)

    def recover(how: Damage | None) -> Cluster:
        return history.restore(history.earliest if how is Damage.OLDER else moment)

    retention = given.get("BackupRetentionPeriod")
    keep = automated.retention if retention is None else int(retention)
    return _begin(request, name, automated.database, automated.key, keep, recover)


def _begin(
    request: Request,
    name: str,
    source: Database,
    key: DataKey | None,
    retention: int,
    recover: Callable[[Damage | None], Cluster],
) -> Values:
    world = request.world
    engine = request.given.get("Engine")
    if engine and engine != source.engine:
        raise contradictory(f"The engine {engine} is not that of the source, {source.engine}.")
    database = replace(source, identifier=name, resource_id=world.new_id("db-"), created=request.now)
    own = new_key(request.kms, request.place, key.arn) if key else None
    instance = new_instance(request, database, own, retention=retention)

    def make() -> None:
        if key:
            key.usable(request.kms)
        fault = world.faults.take(Effect.DAMAGE, instance.arn, job="restore")
        how = Damage(fault.how) if fault else None
        instance.cluster = recover(how)
        if how and how is not Damage.OLDER:
            damage(instance.cluster, how)
        into_service(world, instance)

    work_on(world, "restore", instance, make)
    return told(world, instance)


def _source(request: Request) -> tuple[Automated, History]:
    """The automated backups that are meant, and what of them can be gone back to."""
    world, given = request.world, request.given
    named = [name for name in _SOURCES if given.get(name)]
    if len(named) != 1:
        raise contradictory(f"exactly one of {', '.join(_SOURCES)} is needed")
    wanted = str(given[named[0]])
    if named[0] == _SOURCES[0]:
        wanted = world.instance(request.place, wanted).arn
    found = [each for each in request.here.automated.values() if wanted in _names_of(each)]
    if named[0] == _SOURCES[0]:
        found = [each for each in found if each.status == "active"]
    automated = next(iter(found), None)
    if automated is None or world.faults.take(Effect.MISSING, automated.arn):
        raise _none_there(named[0], wanted)
    if automated.history is None:
        raise wrong_snapshot_state(f"{automated.arn} cannot be restored from yet")
    return automated, automated.history


def _names_of(automated: Automated) -> tuple[str, ...]:
    return automated.arn, automated.source, automated.database.resource_id


def _none_there(by: str, wanted: str) -> ServiceAnswer:
    if by == _SOURCES[0]:
        text = f"Point-in-time restore is not enabled for {wanted}: it keeps no automated backups."
        return ServiceAnswer("PointInTimeRestoreNotEnabled", text)
    return no_automated_backup(wanted) if taken_apart(wanted) else no_instance(wanted)


def _moment(request: Request, history: History) -> datetime:
    given = request.given
    asked, latest = given.get("RestoreTime"), bool(given.get("UseLatestRestorableTime"))
    if (asked is None) != latest:
        raise contradictory("RestoreTime or UseLatestRestorableTime is needed, and not both.")
    if asked is None:
        return history.latest
    moment: datetime = asked.astimezone(UTC)
    if not history.earliest.replace(microsecond=0) <= moment <= history.latest:  # the window is told in whole seconds
        raise invalid(
            f"The specified time {moment:%Y-%m-%dT%H:%M:%SZ} is not within the restore window, "
            f"{history.earliest:%Y-%m-%dT%H:%M:%SZ} to {history.latest:%Y-%m-%dT%H:%M:%SZ}."
        )
    return max(moment, history.earliest)
