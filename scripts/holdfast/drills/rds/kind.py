"""RDS's own recovery: an instance out of a snapshot or as of a moment, asked as the application would."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.rds import removing, verifying
from holdfast.drills.rds.choosing import choose, client_of, region_of
from holdfast.drills.rds.connecting import authority
from holdfast.drills.rds.errors import NotAnInstance
from holdfast.drills.rds.restoring import ISOLATION, restore
from holdfast.drills.service_clock import skew_of
from holdfast.environments.model import DatasetKind, Environment, Scenario
from holdfast.environments.names import SNAPSHOT_RESTORER
from holdfast.postgres.connection import require_driver

_PAGE = 20


@dataclass(frozen=True)
class RdsInstance:
    """From what the recovery Region keeps, the primary one out of reach; in `corruption` from the primary Region."""

    name: str = "rds"
    proves: str = (
        "An RDS instance comes back from a snapshot, or as it was at a moment, in the Region that is left, and answers "
        "as the application expects."
    )
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS, Scenario.CORRUPTION)
    restores_dataset: bool = True
    whole: str = "a whole instance"
    not_taken: tuple[str, ...] = ("tenant", "sample")

    def require_dataset(self, environment: Environment, name: str) -> None:
        """Only instances are restored so.

        Raises:
            NotAnInstance: the dataset is of another kind.
        """
        dataset = declared_dataset(environment, name)
        if dataset.kind is not DatasetKind.RDS:
            raise NotAnInstance(dataset=name, kind=dataset.kind)

    def survey(self, drill: Drill) -> Survey:
        """Who asks, whether this machine can ask the data, and how far RDS's clock is ahead."""
        self.require_dataset(drill.environment, str(drill.spec.dataset))
        require_driver()
        authority(drill)
        rds = client_of(drill)
        with translated("ask RDS for the time"):
            skew = skew_of(lambda: rds.describe_db_snapshots(MaxRecords=_PAGE), drill.clock)
        region = region_of(drill)
        sessions = drill.sessions
        who = {each or "caller": sessions.caller_arn(each, region=region) for each in (SNAPSHOT_RESTORER, None)}
        return Survey(
            principals=who,
            skew_seconds=skew,
            sources=(f"https://rds.{region}.amazonaws.com",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest snapshot, or the latest restorable time, from before the failure; `--to` is the failure."""
        return choose(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Into a new instance of the drill's own."""
        point = selection.point
        if point is None:
            return Restored(files=0, bytes=0)
        told = restore(drill, point)
        return Restored(files=1, bytes=point.bytes, location=told["DBInstanceArn"], isolation=ISOLATION)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Instance, key and sharing; then heartbeat, rows, and what the application asks of its data."""
        return verifying.verify(drill, selection)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Delete the instance, going by the journal."""
        return removing.clean_up(drill)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Delete what drills that are over left under their names."""
        return removing.sweep(environment, sessions, living)
