"""A snapshot made a volume again, and its blocks proved one by one."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.context import Drill
from holdfast.drills.ebs import removing, verifying
from holdfast.drills.ebs.choosing import choose
from holdfast.drills.ebs.restoring import restore
from holdfast.drills.ebs.snapshots import client_of, region_of, require_volumes
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.service_clock import skew_of
from holdfast.environments.model import Environment, Scenario
from holdfast.environments.names import SNAPSHOT_RESTORER

ISOLATION = (
    "an encrypted volume of this drill's own, attached to no instance and deleted after the drill",
    "nothing is restored over the source, and no instance mounts what was restored",
)


@dataclass(frozen=True)
class Ebs:
    """From the copies in the recovery Region, the primary one out of reach; in `corruption` from the originals."""

    name: str = "ebs"
    proves: str = (
        "A volume comes back from the newest snapshot that is left, block by block as its original was, in time."
    )
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS, Scenario.CORRUPTION)
    restores_dataset: bool = True
    whole: str = "a whole volume"
    not_taken: tuple[str, ...] = ("tenant",)

    def require_dataset(self, environment: Environment, name: str) -> None:
        """Only volumes that something selects are restored so.

        Raises:
            NotVolumes: the dataset is of another kind, or nothing selects its volumes.
        """
        require_volumes(declared_dataset(environment, name))

    def survey(self, drill: Drill) -> Survey:
        """Who asks, and how far EC2's clock is ahead."""
        self.require_dataset(drill.environment, str(drill.spec.dataset))
        region = region_of(drill.environment, drill.spec.scenario)
        ec2 = client_of(drill.sessions, "ec2", region)
        with translated("ask EC2 for the time"):
            skew = skew_of(lambda: ec2.describe_snapshots(OwnerIds=["self"], MaxResults=5), drill.clock)
        sessions = drill.sessions
        who = {each or "caller": sessions.caller_arn(each, region=region) for each in (SNAPSHOT_RESTORER, None)}
        return Survey(
            principals=who,
            skew_seconds=skew,
            sources=(f"https://ec2.{region}.amazonaws.com/",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest complete snapshot from before the failure, or the one `--set` names."""
        return choose(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Into a new volume of the drill's own, and from that into a snapshot, by which it can be read."""
        point = selection.point
        if point is None:
            return Restored(files=0, bytes=0)
        volume, _ = restore(drill, point)
        location = f"arn:aws:ec2:{point.region}:{point.account}:volume/{volume}"
        return Restored(files=point.files, bytes=point.bytes, location=location, isolation=ISOLATION)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Compare the blocks with the baseline; ask whether snapshot and volume are as they should be."""
        return verifying.verify(drill, selection)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Delete the volume and its snapshot."""
        return removing.clean_up(drill)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Delete what drills that are over left under their tags, in both Regions."""
        return removing.sweep(environment, sessions, living)
