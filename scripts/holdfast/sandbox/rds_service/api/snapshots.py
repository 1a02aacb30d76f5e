"""Snapshots: taken, told of, copied, shared, deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from holdfast.sandbox.rds_service.documents import snapshot_document, tags_given
from holdfast.sandbox.rds_service.engine.copies import copied
from holdfast.sandbox.rds_service.errors import (
    contradictory,
    invalid,
    snapshot_exists,
    wrong_snapshot_state,
    wrong_state,
)
from holdfast.sandbox.rds_service.faults import Effect
from holdfast.sandbox.rds_service.keys import new_key
from holdfast.sandbox.rds_service.records import AVAILABLE, Snapshot
from holdfast.sandbox.rds_service.snapshotting import begin_snapshot
from holdfast.sandbox.rds_service.working import EndsIn, work_on
from holdfast.sandbox.rds_service.world import Request, serves
from holdfast.sandbox.service.values import Values

_NAME = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9]){0,254}")
_RESTORE = "restore"
_FIELDS: dict[str, Callable[[Snapshot], str]] = {
    "DBInstanceIdentifier": lambda each: each.database.identifier,
    "DbiResourceId": lambda each: each.database.resource_id,
    "SnapshotType": lambda each: each.kind,
}


@serves("CreateDBSnapshot")
def create(request: Request) -> Values:
    """A copy of a running instance's data."""
    world, given = request.world, request.given
    name = _named(str(given["DBSnapshotIdentifier"]))
    instance = world.instance(request.place, str(given["DBInstanceIdentifier"]))
    if instance.status != AVAILABLE:
        raise wrong_state(f"Cannot create a snapshot because the database instance is {instance.status}.")
    take = begin_snapshot(world, instance, name, given.get("Tags"))
    snapshot = request.here.snapshots[name]
    work_on(world, "snapshot", snapshot, take)
    return {"DBSnapshot": snapshot_document(snapshot)}


@serves("DescribeDBSnapshots")
def describe(request: Request) -> Values:
    """The snapshots of the Region, or those that are asked for."""
    world, given = request.world, request.given
    name = given.get("DBSnapshotIdentifier")
    found = [world.snapshot(request.place, str(name))] if name else list(request.here.snapshots.values())
    for field, of in _FIELDS.items():
        if given.get(field):
            found = [each for each in found if of(each) in {given[field], str(given[field]).lower()}]
    there = [each for each in found if name or not world.faults.take(Effect.MISSING, each.arn)]
    return {"DBSnapshots": [snapshot_document(each) for each in there]}


@serves("CopyDBSnapshot")
def copy(request: Request) -> Values:
    """A copy of a snapshot, in this Region, under a key of this Region."""
    world, given = request.world, request.given
    source = world.snapshot(request.place, str(given["SourceDBSnapshotIdentifier"]))
    name = _named(str(given["TargetDBSnapshotIdentifier"]))
    if source.status != AVAILABLE:
        raise wrong_snapshot_state(f"The snapshot {source.name} is {source.status}.")
    if name in request.here.snapshots:
        raise snapshot_exists(name)
    elsewhere = source.place.region != request.place.region
    asked = given.get("KmsKeyId")
    if source.key and elsewhere and not asked:
        raise contradictory("KmsKeyId is required to copy an encrypted snapshot into another Region.")
    key = new_key(request.kms, request.place, str(asked)) if asked else source.key
    tags = {**(source.tags if given.get("CopyTags") else {}), **tags_given(given.get("Tags"))}
    snapshot = Snapshot(
        request.place,
        name,
        source.database,
        request.now,
        "manual",
        key,
        tags,
        source=source.arn,
        original=source.original or source.began,
    )
    request.here.snapshots[name] = snapshot

    def carry_over() -> None:
        if source.key:
            source.key.usable(world.clients("kms", source.place.region))
        if source.copy is None:
            raise EndsIn("failed")
        snapshot.copy, snapshot.status = copied(world.ground, source.copy), AVAILABLE

    work_on(world, "copy", snapshot, carry_over)
    return {"DBSnapshot": snapshot_document(snapshot)}


@serves("DeleteDBSnapshot")
def delete(request: Request) -> Values:
    """Gone at once."""
    snapshot = request.world.snapshot(request.place, str(request.given["DBSnapshotIdentifier"]))
    if snapshot.status == "creating":
        raise wrong_snapshot_state(f"The snapshot {snapshot.name} is being made.")
    del request.here.snapshots[snapshot.name]
    if snapshot.copy:
        request.world.ground.remove(snapshot.copy)
    return {"DBSnapshot": snapshot_document(snapshot) | {"Status": "deleted"}}


@serves("DescribeDBSnapshotAttributes")
def attributes(request: Request) -> Values:
    """Who may restore a snapshot besides its account."""
    return _attributes(request.world.snapshot(request.place, str(request.given["DBSnapshotIdentifier"])))


@serves("ModifyDBSnapshotAttribute")
def share(request: Request) -> Values:
    """Let other accounts restore a snapshot, or no more."""
    given = request.given
    if given["AttributeName"] != _RESTORE:
        raise invalid(f"AttributeName {given['AttributeName']}; allowed: {_RESTORE}")
    snapshot = request.world.snapshot(request.place, str(given["DBSnapshotIdentifier"]))
    added = {str(each) for each in given.get("ValuesToAdd", [])}
    if "all" in added and snapshot.key:
        raise invalid("An encrypted snapshot cannot be made public.")
    snapshot.shared_with = (snapshot.shared_with | added) - {str(each) for each in given.get("ValuesToRemove", [])}
    return _attributes(snapshot)


def _attributes(snapshot: Snapshot) -> Values:
    restore: dict[str, Any] = {"AttributeName": _RESTORE, "AttributeValues": sorted(snapshot.shared_with)}
    told = {"DBSnapshotIdentifier": snapshot.name, "DBSnapshotAttributes": [restore]}
    return {"DBSnapshotAttributesResult": told}


def _named(asked: str) -> str:
    if not _NAME.fullmatch(asked):
        raise invalid(f"The parameter DBSnapshotIdentifier is not a valid identifier: {asked}")
    return asked.lower()
