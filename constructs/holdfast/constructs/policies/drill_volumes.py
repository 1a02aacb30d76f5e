"""What drills of EBS may do: make volumes of these snapshots and a snapshot of those, read that, and delete both.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holdfast.constructs.policies.document import Conditions, Statement, allow
from holdfast.constructs.policies.drill_made import ENVIRONMENT_TAG, DrillMade, by_keys

_USE = ("ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks", "ec2:CreateVolume", "ec2:DescribeSnapshotAttribute")


def look_around() -> Statement:
    """Threat: a drill of the wrong snapshot, or one that leaves something. IAM narrows none of these to a resource."""
    actions = ("ec2:DescribeLockedSnapshots", "ec2:DescribeSnapshots", "ec2:DescribeVolumes")
    return allow("LookAtVolumes", actions, on=["*"])


def use_snapshots(made: DrillMade, datasets: Sequence[Mapping[str, str]]) -> list[Statement]:
    """Threat: every disk of the account read block by block. Volumes are made of, and blocks read of, these snapshots:
    those that say they are of this environment (of its plans and of its drills), and those with the tags of a dataset.

    A copy whose tags were not copied along is not among them.
    """
    ours: Conditions = {"StringEquals": {f"aws:ResourceTag/{ENVIRONMENT_TAG}": made.environment}}
    told: list[Conditions] = [
        {"StringEquals": {f"aws:ResourceTag/{key}": values for key, values in each.items()}}
        for each in by_keys(datasets).values()
    ]
    return [
        allow(f"UseSnapshots{number or ''}", _USE, on=[made.snapshots], when=when)
        for number, when in enumerate([ours, *told])
    ]


def make_volumes(made: DrillMade) -> Statement:
    """Threat: what was restored lies open, or is nobody's. A volume is encrypted, and tagged as the drill's from its
    first moment.
    """
    when: Conditions = {**made.as_asked, "Bool": {"ec2:Encrypted": "true"}}
    return allow("MakeVolumes", ["ec2:CreateVolume"], on=[made.volumes], when=when)


def make_snapshots(made: DrillMade) -> Statement:
    """Threat: a snapshot that is nobody's. It is tagged as the drill's from its first moment; of what, `own` says."""
    return allow("MakeSnapshots", ["ec2:CreateSnapshot"], on=[made.snapshots], when=made.as_asked)


def tag_what_is_made(made: DrillMade) -> Statement:
    """Threat: a real disk that is tagged as a drill's, and then deleted as one. Tags are given with the making only."""
    asked = dict(made.as_asked)
    created = {"ec2:CreateAction": ["CreateSnapshot", "CreateVolume"], **asked.pop("StringEquals")}
    when: Conditions = {"StringEquals": created, **asked}
    return allow("TagWhatIsMade", ["ec2:CreateTags"], on=[made.volumes, made.snapshots], when=when)


def own(made: DrillMade) -> Statement:
    """Threat: a snapshot of a disk in use, or its deletion; what was restored stays for ever. Only what has its tags.

    EC2 decides `CreateSnapshot` on the volume as well as on the snapshot: the volume has to be a drill's.
    """
    actions = ("ec2:CreateSnapshot", "ec2:DeleteSnapshot", "ec2:DeleteVolume")
    return allow("OwnVolumes", actions, on=[made.volumes, made.snapshots], when=made.as_tagged)
