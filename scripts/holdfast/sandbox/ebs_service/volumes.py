"""EC2's operations on volumes: the emulator's, with blocks, keys and states of their own.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-creating-volume.html
"""

from __future__ import annotations

from holdfast.sandbox.ebs_service.faults import Work
from holdfast.sandbox.ebs_service.filters import matching
from holdfast.sandbox.ebs_service.making import Made, make, under_key
from holdfast.sandbox.ebs_service.records import Making, Volume
from holdfast.sandbox.ebs_service.tagging import pairs, tags_for
from holdfast.sandbox.ebs_service.world import Request
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_HANDED_ON = ("AvailabilityZone", "VolumeType", "Iops", "SnapshotId")


def create_volume(request: Request) -> Values:
    """CreateVolume: with the blocks of the snapshot it names; asked again with its token, the same one."""
    given, world, token = request.given, request.world, request.given.get("ClientToken")
    known = next((each for each in world.volumes.values() if token and each.token == token), None)
    if known is not None:
        return _one(request, known.id)
    zone = given.get("AvailabilityZone", "")
    if zone[:-1] != request.place.region:
        raise ServiceAnswer("InvalidZone.NotFound", f"The zone '{zone}' does not exist.")
    size, made, key, root = _held_by(request)
    answer = request.emulated(
        "create_volume",
        Size=size,
        Encrypted=key is not None,
        TagSpecifications=[{"ResourceType": "volume", "Tags": pairs(tags_for(given, "volume"))}],
        **{name: given[name] for name in _HANDED_ON if name in given},
    )
    volume = Volume(
        answer["VolumeId"], request.place, size, made.making, made.image, root or answer["VolumeId"], key, token
    )
    world.volumes[volume.id] = volume
    return _one(request, volume.id)


def describe_volumes(request: Request) -> Values:
    """DescribeVolumes."""
    given = request.given
    rows = [_told(request, each) for each in request.emulated("describe_volumes")["Volumes"]]
    for wanted in given.get("VolumeIds", []):
        if wanted not in {each["VolumeId"] for each in rows}:
            raise _not_found(wanted)
    chosen = [each for each in rows if not given.get("VolumeIds") or each["VolumeId"] in given["VolumeIds"]]
    return {"Volumes": matching(chosen, given.get("Filters", []), _FILTERS)}


def delete_volume(request: Request) -> Values:
    """DeleteVolume."""
    request.emulated("delete_volume", VolumeId=request.given["VolumeId"])
    request.world.volumes.pop(request.given["VolumeId"], None)
    return {}


def held(request: Request, volume_id: str) -> Volume:
    """What a volume holds; nothing, for one the emulator made with an instance.

    Raises:
        ServiceAnswer: there is none of that id.
    """
    known = request.world.volumes.get(volume_id)
    if known is not None and known.place == request.place:
        return known
    every = request.emulated("describe_volumes")["Volumes"]
    told = next((each for each in every if each["VolumeId"] == volume_id), None)
    if told is None:
        raise _not_found(volume_id)
    volume = Volume(volume_id, request.place, told["Size"], Making(told["CreateTime"], "available"), {}, volume_id)
    request.world.volumes[volume_id] = volume
    return volume


def arn_of(volume: Volume) -> str:
    """The ARN of a volume."""
    return f"arn:aws:ec2:{volume.place.region}:{volume.place.account}:volume/{volume.id}"


def _held_by(request: Request) -> tuple[int, Made, str | None, str]:
    """Size, content, key and lineage of a volume to be made."""
    given, world = request.given, request.world
    encrypted, key = bool(given.get("Encrypted") or given.get("KmsKeyId")), given.get("KmsKeyId")
    if not given.get("SnapshotId"):
        if not given.get("Size"):
            raise ServiceAnswer("MissingParameter", "The request must contain the parameter size/snapshotId")
        made = Made({}, Making(request.now, "available"), request.now)
        return _keyed(request, int(given["Size"]), made, "", ((request.place, key),) if encrypted else ())
    snapshot = request.snapshot(given["SnapshotId"])
    if snapshot.state(request.now) != "completed" or snapshot.tier != "standard":
        raise ServiceAnswer("IncorrectState", f"The snapshot {snapshot.id} is not in 'completed' state.")
    size = int(given.get("Size") or snapshot.size)
    if size < snapshot.size:
        raise ServiceAnswer("InvalidParameterValue", "Volume is smaller than snapshot")
    before = world.before(snapshot)
    made = make(world, Work.VOLUME, snapshot.arn, snapshot.image, before.image if before else {})
    wanted = ((snapshot.place, snapshot.key),) if snapshot.key else ()
    if encrypted or snapshot.key:
        wanted = (*wanted, (request.place, key or snapshot.key))
    return _keyed(request, size, made, snapshot.root, wanted)


def _keyed(request: Request, size: int, made: Made, root: str, wanted: tuple) -> tuple[int, Made, str | None, str]:  # type: ignore[type-arg]
    if not wanted:
        return size, made, None, root
    made, key = under_key(request.world, made, *wanted)
    return size, made, key, root


def _one(request: Request, volume_id: str) -> Values:
    every = request.emulated("describe_volumes", VolumeIds=[volume_id])["Volumes"]
    return _told(request, every[0])


def _told(request: Request, row: Values) -> Values:
    """A volume as EC2 tells of it: the emulator's row, and what it does not know."""
    volume = request.world.volumes.get(row["VolumeId"])
    if volume is None:
        return row
    state = volume.state(request.now) or row["State"]
    return {**row, "State": state, "Encrypted": volume.key is not None, "KmsKeyId": volume.key}


def _not_found(volume_id: str) -> ServiceAnswer:
    return ServiceAnswer("InvalidVolume.NotFound", f"The volume '{volume_id}' does not exist.")


_FILTERS = {
    "volume-id": "VolumeId",
    "size": "Size",
    "status": "State",
    "volume-type": "VolumeType",
    "availability-zone": "AvailabilityZone",
    "snapshot-id": "SnapshotId",
    "create-time": "CreateTime",
    "encrypted": "Encrypted",
    "multi-attach-enabled": "MultiAttachEnabled",
}
SERVED = {"CreateVolume": create_volume, "DescribeVolumes": describe_volumes, "DeleteVolume": delete_volume}
"""By operation."""
