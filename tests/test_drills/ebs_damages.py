"""Damage to copies of snapshots and to what was restored of them, each in a drill of its own: rows of the kill rate.

tests/test_drills/ebs_damages.py --write
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from applied_ground import PRIMARY, RECOVERY
from ebs_ground import Volumes, ebs_environment
from kill_rows import Row, row
from kinds_ground import begun

from holdfast.clock import SystemClock
from holdfast.drills.ebs.kind import Ebs
from holdfast.drills.ebs.restoring import VOLUME, made_by
from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.verdict import Verdict, judge

HOW = ("bit-flip", "truncate", "missing", "extra", "swap", "older")
WHERE = {"copy": "copy", "volume": "restored volume"}


def of_volumes(emulator, folder: Path) -> Iterator[Row]:
    """Every damage to the copy, then every damage by the restore, then copies that are wrong otherwise."""
    ground = Volumes(ebs_environment(), emulator, folder).apply()
    volume = ground.make_volume()
    snapshot = ground.snapshot(volume)
    ground.baseline()
    try:
        ground.fault()
        ground.copy(snapshot)
        assert judge(checks(ground)).verdict is Verdict.PASSED, "without damage"
        for how in HOW:
            ground.fault({"effect": "damage", "job": "copy", "how": how, "resource": f"*{snapshot}"})
            damaged = ground.copy(snapshot)
            ground.fault()
            yield row("ebs", f"{WHERE['copy']}: {how}", checks(ground, damaged))
        copy = ground.copy(snapshot)
        for how in HOW:
            ground.fault({"effect": "damage", "job": "volume", "how": how, "resource": f"*{copy}"})
            yield row("ebs", f"{WHERE['volume']}: {how}", checks(ground, copy))
        ground.fault()
        yield from _of_copies(ground, snapshot)
    finally:
        ground.fault()


def _of_copies(ground: Volumes, snapshot: str) -> Iterator[Row]:
    """What is wrong with a copy though its blocks are right; each in a whole drill."""
    kms, ec2 = ground.client("kms", RECOVERY), ground.client("ec2", RECOVERY)
    lost = kms.create_key()["KeyMetadata"]["Arn"]
    under_lost = ground.copy(snapshot, KmsKeyId=lost)
    kms.disable_key(KeyId=lost)
    yield row("ebs", "copy: under a key that is gone", ground.drill(set_id=under_lost).checks)
    kms.enable_key(KeyId=lost)
    yield row("ebs", "copy: under another key of the same account", ground.drill(set_id=under_lost).checks)
    shared = ground.copy(snapshot)
    permission = {"Attribute": "createVolumePermission", "OperationType": "add", "UserIds": ["999999999999"]}
    ec2.modify_snapshot_attribute(SnapshotId=shared, **permission)
    yield row("ebs", "copy: shared with another account", ground.drill(set_id=shared).checks)
    right = ground.copy(snapshot)
    gone = replace(ground.surroundings, kinds={**KINDS, "ebs": Gone()})
    yield row("ebs", "restored volume: gone", run(ground.spec(set_id=right), gone).checks)
    late = SystemClock().now() + timedelta(hours=25)
    yield row("ebs", "stale point: older than the objective", ground.drill(set_id=right, failed_at=late).checks)
    specification = [{"ResourceType": "volume", "Tags": ground.tags}]
    primary = ground.client("ec2", PRIMARY)
    volume = primary.create_volume(Size=1, AvailabilityZone=f"{PRIMARY}a", TagSpecifications=specification)["VolumeId"]
    plain = ec2.copy_snapshot(
        SourceRegion=PRIMARY,
        SourceSnapshotId=ground.snapshot(volume),
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": ground.tags}],
    )["SnapshotId"]
    yield row("ebs", "copy: not encrypted", ground.drill(set_id=plain).checks)


class Gone(Ebs):
    """The same kind; what it restored is gone before it is verified."""

    def verify(self, drill, selection, restored):
        drill.sessions.client("ec2", RECOVERY).delete_volume(VolumeId=made_by(drill, VOLUME))
        return super().verify(drill, selection, restored)


def checks(ground: Volumes, snapshot: str | None = None):
    """What the verifier says of a restore."""
    with begun(ground, ground.spec(set_id=snapshot)) as (kind, drill):
        selection = kind.select(drill)
        restored = kind.restore(drill, selection)
        found = kind.verify(drill, selection, restored).checks
        kind.clean_up(drill)
    return found


if __name__ == "__main__":
    from kill_page import rewrite

    rewrite({"ebs": of_volumes}, write=sys.argv[1:] == ["--write"])
