"""A snapshot made a volume, and the volume a snapshot again, so that its blocks can be read: each asked for once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.restoring import patience_of
from holdfast.drills.aws_backup.targets import DRILL_TAG, ENVIRONMENT_TAG
from holdfast.drills.context import Drill
from holdfast.drills.ebs.errors import EbsUnfinished, SnapshotNotMade, VolumeNotRestored
from holdfast.drills.ebs.snapshots import client_of
from holdfast.drills.interface import RecoveryPoint

VOLUME, SNAPSHOT = "create-volume", "create-snapshot"
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 15.0, 1.5


def restore(drill: Drill, point: RecoveryPoint) -> tuple[str, str]:
    """Make a volume of a snapshot and a snapshot of that volume; the ids of both, once they can be used.

    A drill that is taken up again asks with the same token, and gets the same volume; its snapshot it finds by tag.

    Raises:
        VolumeNotRestored, SnapshotNotMade, EbsUnfinished: as EBS says.
        ServiceError: EC2 refuses or does not answer.
    """
    ec2 = client_of(drill.sessions, "ec2", point.region)
    volume = _make_volume(drill, ec2, point)
    _wait(drill, volume, lambda: _state_of_volume(ec2, volume, point.id))
    snapshot = _make_snapshot(drill, ec2, point, volume)
    _wait(drill, snapshot, lambda: _state_of_snapshot(ec2, snapshot))
    return volume, snapshot


def made_by(drill: Drill, step: str) -> str:
    """The id of what a step of this drill made last."""
    return next(str(each.outcome["id"]) for each in reversed(drill.steps(step)) if each.outcome)


def _make_volume(drill: Drill, ec2: Any, point: RecoveryPoint) -> str:
    with drill.step(VOLUME, snapshot=point.id, region=point.region) as step:
        with translated(f"make a volume of {point.id}"):
            told = ec2.create_volume(
                SnapshotId=point.id,
                AvailabilityZone=f"{point.region}a",
                Encrypted=True,
                VolumeType="gp3",
                ClientToken=drill.drill_id,
                TagSpecifications=[{"ResourceType": "volume", "Tags": _tags(drill)}],
            )
        step.done(id=told["VolumeId"])
    return str(told["VolumeId"])


def _make_snapshot(drill: Drill, ec2: Any, point: RecoveryPoint, volume: str) -> str:
    taken_up = bool(drill.steps(SNAPSHOT))
    with drill.step(SNAPSHOT, volume=volume, region=point.region) as step:
        with translated(f"make a snapshot of {volume}"):
            found = own_snapshots(ec2, drill.drill_id) if taken_up else []
            snapshot = (
                found[0]
                if found
                else ec2.create_snapshot(
                    VolumeId=volume,
                    Description=f"What {drill.drill_id} restored",
                    TagSpecifications=[{"ResourceType": "snapshot", "Tags": _tags(drill)}],
                )["SnapshotId"]
            )
        step.done(id=snapshot)
    return str(snapshot)


def own_snapshots(ec2: Any, drill_id: str) -> list[str]:
    """The snapshots a drill made, by its tag."""
    told = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": f"tag:{DRILL_TAG}", "Values": [drill_id]}])
    return [each["SnapshotId"] for each in told["Snapshots"]]


def own_volumes(ec2: Any, drill_id: str) -> list[str]:
    """The volumes a drill made, by its tag."""
    told = ec2.describe_volumes(Filters=[{"Name": f"tag:{DRILL_TAG}", "Values": [drill_id]}])
    return [each["VolumeId"] for each in told["Volumes"]]


def _tags(drill: Drill) -> list[dict[str, str]]:
    tags = {
        DRILL_TAG: drill.drill_id,
        ENVIRONMENT_TAG: drill.environment.environment,
        "Name": f"holdfast {drill.drill_id}",
    }
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _state_of_volume(ec2: Any, volume: str, snapshot: str) -> str:
    """The state of a volume that is on its way; empty once it is available.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-describing-volumes.html
    """
    state = str(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"])
    if state not in {"creating", "available"}:
        raise VolumeNotRestored(volume=volume, snapshot=snapshot, state=state)
    return "" if state == "available" else state


def _state_of_snapshot(ec2: Any, snapshot: str) -> str:
    """The state of a snapshot that is on its way; empty once it is complete."""
    told = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    if told["State"] not in {"pending", "completed"}:
        message = told.get("StateMessage") or "no reason given"
        raise SnapshotNotMade(snapshot=snapshot, state=told["State"], message=message)
    return "" if told["State"] == "completed" else f"{told['State']} ({told.get('Progress') or '0%'})"


def _wait(drill: Drill, resource: str, state_of: Callable[[], str]) -> None:
    """Wait until a resource is there, in the service's own states."""
    began, pause, patience = drill.clock.monotonic(), _FIRST_WAIT, patience_of(drill).total_seconds()
    while True:
        with translated(f"look at {resource}"):
            state = state_of()
        if not state:
            return
        waited = drill.clock.monotonic() - began
        if waited > patience:
            raise EbsUnfinished(resource=resource, state=state, seconds=waited)
        drill.clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_WAIT)
