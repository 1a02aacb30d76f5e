"""What callers of EBS and of EC2's volumes have to be allowed: on which resources, with which tags.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticblockstore.html
"""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import ClientError

from holdfast.sandbox.ebs_service.tagging import tags_for
from holdfast.sandbox.ebs_service.world import World
from holdfast.sandbox.service.authorization import Asks, tag_keys
from holdfast.sandbox.service.values import Call, Place

_NARROWED = "DescribeSnapshotAttribute"
"""The one question about snapshots that IAM decides on the snapshot; all others it decides on everything."""


def asked(world: World, call: Call, place: Place) -> Asks:
    """What an operation of EC2 on volumes and snapshots asks for."""
    given, action = call.given, f"ec2:{call.operation}"
    if call.operation.startswith("Describe") and call.operation != _NARROWED:
        return Asks(((action, "*"),))
    volume = _volume_arn(place, str(given.get("VolumeId") or "*"))
    named = snapshot_arn(place, str(given.get("SnapshotId") or "*"))
    if call.operation == "CreateVolume":
        made, used = volume, (named,) if given.get("SnapshotId") else ()
    elif call.operation == "CreateSnapshot":
        made, used = snapshot_arn(place, "*"), (volume,)
    elif call.operation == "DeleteVolume":
        return Asks(((action, volume),), conditions=_volume_keys(world, place, volume))
    else:
        made, used = named, ()
    tagged = (("ec2:CreateTags", made),) if given.get("TagSpecifications") else ()
    found = {**snapshot_keys(world, place, *used, made), **_volume_keys(world, place, *used)}
    conditions = {**found, made: {**found.get(made, {}), **_made_with(call, made)}}
    return Asks(((action, made), *((action, each) for each in used), *tagged), conditions=conditions)


def snapshot_arn(place: Place, snapshot: str) -> str:
    """The ARN of a snapshot, which has no account in it."""
    return f"arn:aws:ec2:{place.region}::snapshot/{snapshot}"


def snapshot_keys(world: World, place: Place, *resources: str) -> dict[str, dict[str, str]]:
    """The tags of those of these resources that are snapshots of the account."""
    with world.lock:
        there = {each.arn: dict(each.tags) for each in world.snapshots.values() if each.place == place}
    return {arn: tag_keys("Resource", there[arn]) for arn in resources if arn in there}


def _made_with(call: Call, made: str) -> Mapping[str, str]:
    """What a request says of the one it makes."""
    kind = "volume" if ":volume/" in made else "snapshot"
    keys = {**tag_keys("Request", tags_for(call.given, kind)), "ec2:CreateAction": call.operation}
    encrypted = bool(call.given.get("Encrypted") or call.given.get("KmsKeyId"))
    return {**keys, "ec2:Encrypted": str(encrypted).lower()} if call.operation == "CreateVolume" else keys


def _volume_keys(world: World, place: Place, *resources: str) -> dict[str, dict[str, str]]:
    """The tags of those of these resources that are volumes; the emulator keeps them."""
    found = {}
    for arn in resources:
        name = arn.rpartition("/")[2]
        if ":volume/" not in arn or name == "*":
            continue
        try:
            told = world.emulator("ec2", place.region).describe_volumes(VolumeIds=[name])["Volumes"][0]
        except ClientError:
            continue  # there is none: whoever may not know that is refused, all others are told
        found[arn] = tag_keys("Resource", {each["Key"]: each["Value"] for each in told.get("Tags", [])})
    return found


def _volume_arn(place: Place, volume: str) -> str:
    return f"arn:aws:ec2:{place.region}:{place.account}:volume/{volume}"
