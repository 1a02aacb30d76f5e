"""EC2's operations on snapshots.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html
"""

from __future__ import annotations

from holdfast.sandbox.ebs_service.faults import Work
from holdfast.sandbox.ebs_service.filters import matching
from holdfast.sandbox.ebs_service.making import make, under_key
from holdfast.sandbox.ebs_service.records import BLOCK, NO_VOLUME, Snapshot
from holdfast.sandbox.ebs_service.tagging import pairs, tags_for
from holdfast.sandbox.ebs_service.volumes import arn_of, held
from holdfast.sandbox.ebs_service.world import Request, found, new_id
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Place, Values


def create_snapshot(request: Request) -> Values:
    """CreateSnapshot: what the volume holds, under the volume's key."""
    given, world = request.given, request.world
    volume = held(request, given["VolumeId"])
    before = [each for each in world.snapshots.values() if each.volume == volume.id]
    older = max(before, key=lambda each: each.started).image if before else {}
    made = make(world, Work.SNAPSHOT, arn_of(volume), volume.image, older)
    if volume.key:
        made, _ = under_key(world, made, (volume.place, volume.key))
    snapshot = Snapshot(
        new_id("snap"),
        request.place,
        volume.id,
        volume.size,
        made.started,
        made.making,
        made.image,
        volume.root,
        key=volume.key,
        description=given.get("Description", ""),
        tags=tags_for(given, "snapshot"),
    )
    return told(request, _kept(request, snapshot))


def copy_snapshot(request: Request) -> Values:
    """CopySnapshot: into the Region that is asked, under a key of that Region."""
    given, world = request.given, request.world
    source = found(world, Place(request.place.account, given["SourceRegion"]), given["SourceSnapshotId"])
    if source.state(request.now) != "completed":
        raise ServiceAnswer("IncorrectState", f"The snapshot {source.id} is not in 'completed' state.")
    before = world.before(source)
    made, key = make(world, Work.COPY, source.arn, source.image, before.image if before else {}), None
    encrypted = bool(given.get("Encrypted") or source.key or given.get("KmsKeyId"))
    if encrypted:
        reading = ((source.place, source.key),) if source.key else ()
        made, key = under_key(world, made, *reading, (request.place, given.get("KmsKeyId")))
    snapshot = Snapshot(
        new_id("snap"),
        request.place,
        NO_VOLUME,
        source.size,
        made.started,
        made.making,
        made.image,
        source.root,
        key=key,
        description=given.get("Description", f"[Copied {source.id} from {source.place.region}]"),
        copied_from=source.id,
        tags=tags_for(given, "snapshot"),
    )
    return {"SnapshotId": _kept(request, snapshot).id, "Tags": pairs(snapshot.tags)}


def describe_snapshots(request: Request) -> Values:
    """DescribeSnapshots: those of the caller's own account; nothing is shared between accounts here."""
    given = request.given
    visible = request.world.visible(request.place)
    for wanted in given.get("SnapshotIds", []):
        if wanted not in {each.id for each in visible}:
            raise ServiceAnswer("InvalidSnapshot.NotFound", f"The snapshot '{wanted}' does not exist.")
    chosen = [each for each in visible if not given.get("SnapshotIds") or each.id in given["SnapshotIds"]]
    owners = given.get("OwnerIds")
    if owners and not {"self", request.place.account} & set(owners):
        chosen = []
    rows = matching([told(request, each) for each in chosen], given.get("Filters", []), _FILTERS)
    return page(request, "Snapshots", rows)


def delete_snapshot(request: Request) -> Values:
    """DeleteSnapshot: not while it is locked."""
    snapshot = request.snapshot()
    lock = snapshot.lock
    if lock and (lock.get("LockExpiresOn") is None or lock["LockExpiresOn"] > request.now):
        raise ServiceAnswer("SnapshotLocked", f"The snapshot {snapshot.id} is locked.", 400)
    del request.world.snapshots[snapshot.id]
    return {"Return": True}


def told(request: Request, snapshot: Snapshot) -> Values:
    """A snapshot as EC2 tells of it."""
    state = snapshot.state(request.now)
    return {
        "SnapshotId": snapshot.id,
        "VolumeId": snapshot.volume,
        "State": state,
        "StateMessage": snapshot.making.message if state == "error" else None,
        "StartTime": snapshot.started,
        "CompletionTime": snapshot.making.ready_at if state == "completed" else None,
        "Progress": "100%" if state == "completed" else "0%",
        "OwnerId": snapshot.place.account,
        "Description": snapshot.description,
        "VolumeSize": snapshot.size,
        "Encrypted": snapshot.key is not None,
        "KmsKeyId": snapshot.key,
        "StorageTier": snapshot.tier,
        "FullSnapshotSizeInBytes": len(snapshot.image) * BLOCK,
        "Tags": pairs(snapshot.tags),
    }


def page(request: Request, name: str, rows: list[Values]) -> Values:
    """One page of a list, and where the next one begins.

    Raises:
        ServiceAnswer: the token is none of ours.
    """
    token, most = str(request.given.get("NextToken") or "0"), int(request.given.get("MaxResults") or 1000)
    if not token.isdigit():
        raise ServiceAnswer("InvalidParameterValue", "The token is not valid.")
    start = int(token)
    answer: Values = {name: rows[start : start + most]}
    return answer | ({"NextToken": str(start + most)} if start + most < len(rows) else {})


def _kept(request: Request, snapshot: Snapshot) -> Snapshot:
    request.world.snapshots[snapshot.id] = snapshot
    if snapshot.tags:
        request.emulated("create_tags", Resources=[snapshot.id], Tags=pairs(snapshot.tags))
    return snapshot


_FILTERS = {
    "snapshot-id": "SnapshotId",
    "volume-id": "VolumeId",
    "volume-size": "VolumeSize",
    "status": "State",
    "start-time": "StartTime",
    "progress": "Progress",
    "owner-id": "OwnerId",
    "description": "Description",
    "storage-tier": "StorageTier",
    "encrypted": "Encrypted",
}
SERVED = {
    "CreateSnapshot": create_snapshot,
    "CopySnapshot": copy_snapshot,
    "DescribeSnapshots": describe_snapshots,
    "DeleteSnapshot": delete_snapshot,
}
"""By operation."""
