"""A volume's snapshot, made, copied and restored by the sandbox's own EBS, which keeps its blocks.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-ebs.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.arns import resource_name
from holdfast.sandbox.backup_service.contents.content import Content, Part
from holdfast.sandbox.backup_service.contents.errors import JobFailure

_NO_BYTES = "0" * 64


def capture(ec2: Any, arn: str) -> Content:
    """Snapshot a volume.

    Raises:
        JobFailure: there is no such volume.
    """
    volume = _call(ec2.describe_volumes, VolumeIds=[resource_name(arn)])["Volumes"][0]
    snapshot = _call(ec2.create_snapshot, VolumeId=volume["VolumeId"], Description="AWS Backup")["SnapshotId"]
    setting = {
        "volumeId": volume["VolumeId"],
        "volumeSize": volume["Size"],
        "volumeType": volume.get("VolumeType", "gp3"),
    }
    return Content("EBS", (Part(snapshot, _NO_BYTES, volume["Size"] * 2**30),), setting)


def copy(ec2: Any, content: Content, source_region: str) -> Content:
    """Copy the snapshot into the Region of the client."""
    (part,) = content.parts
    copied = _call(ec2.copy_snapshot, SourceRegion=source_region, SourceSnapshotId=part.name)["SnapshotId"]
    return content.with_parts((Part(copied, part.digest, part.size),))


def restore(ec2: Any, content: Content, metadata: dict[str, str], home: str) -> str:
    """Make a volume of the snapshot in the zone the metadata names; returns its ARN.

    Args:
        home: `region:account` of the new volume.

    Raises:
        JobFailure: no zone is named, or the volume cannot be made.
    """
    zone = metadata.get("availabilityZone", "")
    if not zone:
        raise JobFailure("availabilityZone is required to restore EBS")
    (part,) = content.parts
    made = _call(ec2.create_volume, SnapshotId=part.name, AvailabilityZone=zone, Size=content.setting["volumeSize"])
    return f"arn:aws:ec2:{home}:volume/{made['VolumeId']}"


def metadata_of(content: Content) -> dict[str, str]:
    """What a restore of it may be asked with."""
    return {name: str(value) for name, value in content.setting.items()} | {"encrypted": "false"}


def _call(method: Any, **given: Any) -> Any:
    try:
        return method(**given)
    except ClientError as error:
        answer = error.response.get("Error", {})
        raise JobFailure(f"{error.operation_name}: {answer.get('Code')}: {answer.get('Message')}") from error
