"""Taking away what a drill made: by its journal and its tag, and by tag alone when nothing else is left of it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.drills.aws_backup.targets import DRILL_TAG, ENVIRONMENT_TAG
from holdfast.drills.context import Drill
from holdfast.drills.ebs.restoring import SNAPSHOT, VOLUME, own_snapshots, own_volumes
from holdfast.drills.ebs.snapshots import client_of
from holdfast.drills.interface import Cleaned
from holdfast.environments.model import DatasetKind, Environment

_GONE = {"InvalidSnapshot.NotFound", "InvalidVolume.NotFound"}


def clean_up(drill: Drill) -> Cleaned:
    """Delete the volume and the snapshot; one whose id was never written down is found by the drill's tag."""
    steps = [*drill.steps(VOLUME), *drill.steps(SNAPSHOT)]
    if not steps:
        return Cleaned()
    region = str(steps[0].announced["region"])
    ec2 = client_of(drill.sessions, "ec2", region)
    with translated(f"look for what {drill.drill_id} made"):
        found = {*own_snapshots(ec2, drill.drill_id), *own_volumes(ec2, drill.drill_id)}
    found |= {str(each.outcome["id"]) for each in steps if each.outcome}
    return _removed(ec2, region, sorted(found))


def sweep(environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
    """Delete what carries the tag of a drill of the environment, in both Regions, unless the drill is alive."""
    if not any(each.kind is DatasetKind.EBS for each in environment.datasets):
        return Cleaned()
    parts = []
    for region in (environment.regions.primary, environment.regions.recovery):
        ec2 = client_of(sessions, "ec2", region)
        ours = [
            {"Name": f"tag:{ENVIRONMENT_TAG}", "Values": [environment.environment]},
            {"Name": "tag-key", "Values": [DRILL_TAG]},
        ]
        with translated(f"look for what drills left in {region}"):
            rows = [
                (each["SnapshotId"], each)
                for each in ec2.describe_snapshots(OwnerIds=["self"], Filters=ours)["Snapshots"]
            ]
            rows += [(each["VolumeId"], each) for each in ec2.describe_volumes(Filters=ours)["Volumes"]]
        parts.append(_removed(ec2, region, [name for name, row in rows if _drill_of(row) not in living]))
    return Cleaned(
        created=tuple(each for part in parts for each in part.created),
        removed=tuple(each for part in parts for each in part.removed),
        orphaned=tuple(each for part in parts for each in part.orphaned),
    )


def _drill_of(row: dict[str, Any]) -> str:
    return next(str(tag["Value"]) for tag in row["Tags"] if tag["Key"] == DRILL_TAG)


def _is_gone(ec2: Any, name: str) -> bool:
    """Whether it is there no more. Whoever may delete by tags only is refused what has none because it is gone."""
    try:
        if name.startswith("snap-"):
            ec2.describe_snapshots(SnapshotIds=[name])
        else:
            ec2.describe_volumes(VolumeIds=[name])
    except ClientError as error:
        return code_of(error) in _GONE
    return False


def _removed(ec2: Any, region: str, names: list[str]) -> Cleaned:
    created, removed, orphaned = [], [], []
    for name in names:
        what = f"{name} in {region}"
        created.append(what)
        try:
            if name.startswith("snap-"):
                ec2.delete_snapshot(SnapshotId=name)
            else:
                ec2.delete_volume(VolumeId=name)
        except ClientError as error:
            if code_of(error) not in _GONE and not _is_gone(ec2, name):
                orphaned.append(f"{what}: {error.operation_name}: {code_of(error)}")
                continue
        removed.append(what)
    return Cleaned(created=tuple(created), removed=tuple(removed), orphaned=tuple(orphaned))
