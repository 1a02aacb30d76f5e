"""An environment with a dataset of volumes, in a sandbox: a volume with blocks, snapshots of it, copies, baselines."""

from __future__ import annotations

import random
import secrets

from applied_ground import PRIMARY, RECOVERY, Applied, make_environment

from holdfast.clock import SystemClock
from holdfast.drills.ebs.baselines import take
from holdfast.drills.engine import run
from holdfast.drills.spec import DrillSpec
from holdfast.sandbox import backup_control
from holdfast.sandbox.seeding_volumes import BLOCK, write_snapshot

TIERS = {
    "demo": {
        "rpo": {"corruption": "24h", "region_loss": "24h"},
        "rto": {"corruption": "1h", "region_loss": "1h"},
        "rules": [{"name": "daily", "schedule": "rate(1 day)", "delete_after": "3d"}],
    }
}
INDEXES = (0, 1, 2, 7, 40, 2047)


def ebs_environment(**changes):
    """A dataset `disk` of volumes, found by a tag of this environment alone, and one of files."""
    datasets = [
        {"name": "disk", "kind": "ebs", "tier": "demo", "select": {"tags": {"backup": f"disk-{secrets.token_hex(4)}"}}},
        {"name": "notes", "kind": "files", "tier": "demo"},
    ]
    return make_environment(**({"tiers": TIERS, "datasets": datasets} | changes))


def made_up_blocks(seed=0):
    rng = random.Random(seed)  # noqa: S311  repeatable, not secret
    return {index: rng.randbytes(BLOCK) for index in INDEXES}


class Volumes(Applied):
    """The environment applied, with the key of copies, and short names for calls of EC2 and EBS."""

    def apply(self):
        super().apply()
        self._key(RECOVERY, self.names.copy_key_alias)
        return self

    def client(self, service, region):
        return self.sessions.client(service, region)

    @property
    def tags(self):
        return [{"Key": key, "Value": value} for key, value in self.environment.datasets[0].select.tags.items()]

    def key(self, region):
        alias = self.names.copy_key_alias if region == RECOVERY else self.names.key_alias
        return self.client("kms", region).describe_key(KeyId=alias)["KeyMetadata"]["Arn"]

    def make_volume(self, blocks=None):
        """A volume of the dataset with these blocks in it."""
        ebs, ec2 = self.client("ebs", PRIMARY), self.client("ec2", PRIMARY)
        begun = write_snapshot(ebs, blocks or made_up_blocks(), {"KmsKeyArn": self.key(PRIMARY)})
        volume = ec2.create_volume(
            SnapshotId=begun,
            AvailabilityZone=f"{PRIMARY}a",
            TagSpecifications=[{"ResourceType": "volume", "Tags": self.tags}],
        )["VolumeId"]
        ec2.delete_snapshot(SnapshotId=begun)
        return volume

    def snapshot(self, volume):
        """A snapshot as Data Lifecycle Manager makes them: with the volume's tags."""
        specification = [{"ResourceType": "snapshot", "Tags": self.tags}]
        made = self.client("ec2", PRIMARY).create_snapshot(VolumeId=volume, TagSpecifications=specification)
        return made["SnapshotId"]

    def copy(self, snapshot, **options):
        """Its copy in the recovery Region, under a key of that Region."""
        given = {"Encrypted": True, "KmsKeyId": self.key(RECOVERY)} | options
        specification = [{"ResourceType": "snapshot", "Tags": self.tags}]
        made = self.client("ec2", RECOVERY).copy_snapshot(
            SourceRegion=PRIMARY, SourceSnapshotId=snapshot, TagSpecifications=specification, **given
        )
        return made["SnapshotId"]

    def protect(self, blocks=None):
        """A volume, its snapshot, the baseline of that and its copy; ids of all but the baseline."""
        volume = self.make_volume(blocks)
        snapshot = self.snapshot(volume)
        self.baseline()
        return volume, snapshot, self.copy(snapshot)

    def baseline(self):
        return take(self.environment, self.sessions, "disk", clock=SystemClock())

    def fault(self, *faults):
        backup_control.switch_on(self.endpoints, faults, "ebs")

    def spec(self, **options):
        return DrillSpec(**{"environment": self.environment.environment, "kind": "ebs", "dataset": "disk"} | options)

    def drill(self, **options):
        return run(self.spec(**options), self.surroundings)

    def made_by_drills(self):
        """What drills of this environment have made and not taken away, in both Regions, with the drill's name."""
        ours = [{"Name": "tag:holdfast:environment", "Values": [self.environment.environment]}]
        left = []
        for region in (PRIMARY, RECOVERY):
            ec2 = self.client("ec2", region)
            left += [(each["VolumeId"], each) for each in ec2.describe_volumes(Filters=ours)["Volumes"]]
            left += [(each["SnapshotId"], each) for each in ec2.describe_snapshots(Filters=ours)["Snapshots"]]
        return [f"{name} of {_tag(each, 'holdfast:drill')}" for name, each in left]


def _tag(resource, key):
    return next((each["Value"] for each in resource["Tags"] if each["Key"] == key), "nobody")
