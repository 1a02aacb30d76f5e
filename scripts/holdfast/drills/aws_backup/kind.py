"""Restore a recovery point of AWS Backup, of any resource type, and read what came back."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup import answering, removing, verifying
from holdfast.drills.aws_backup.choosing import choose, dataset_of
from holdfast.drills.aws_backup.copying import find_copy
from holdfast.drills.aws_backup.points import Place, place_of, type_of
from holdfast.drills.aws_backup.restoring import restore
from holdfast.drills.aws_backup.targets import ISOLATION
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, CopyTimed, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.service_clock import skew_of
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Environment, Scenario
from holdfast.environments.names import DRILL_RESTORER


@dataclass(frozen=True)
class AwsBackup:
    """From the copies in the recovery Region, the primary one out of reach; in `corruption` from the primary vault."""

    name: str = "aws-backup"
    proves: str = (
        "AWS Backup restores a dataset's recovery point from the vault that is left, in time, and what it restored "
        "is what was backed up."
    )
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS, Scenario.CORRUPTION)
    restores_dataset: bool = True
    whole: str = "a whole resource"
    not_taken: tuple[str, ...] = ("tenant", "sample")

    def require_dataset(self, environment: Environment, name: str) -> None:
        """Only what AWS Backup protects, and something selects, is restored so.

        Raises:
            NotProtectedByAwsBackup: the dataset is none of those.
        """
        type_of(declared_dataset(environment, name))

    def survey(self, drill: Drill) -> Survey:
        """Who asks, in which account, and how far AWS Backup's clock is ahead."""
        self.require_dataset(drill.environment, str(drill.spec.dataset))
        place = place_of(drill.environment, drill.spec.scenario)
        sessions = drill.sessions
        who = {each or "caller": sessions.caller_arn(each, region=place.region) for each in (DRILL_RESTORER, None)}
        return Survey(
            principals=who,
            skew_seconds=_skew(drill, place),
            sources=(f"https://backup.{place.region}.amazonaws.com/{place.vault}",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest complete recovery point from before the failure, or the one `--set` names by its ARN."""
        return choose(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """One restore job into a resource of the drill's own, waited for."""
        if selection.point is None:
            return Restored(files=0, bytes=0)
        place = place_of(drill.environment, drill.spec.scenario)
        job = restore(drill, place, type_of(dataset_of(drill)), selection.point.id)
        warnings = (f"restore job {job.id}: {job.message}",) if job.message else ()
        return Restored(
            files=selection.point.files,
            bytes=job.size,
            warned=len(warnings),
            warnings=warnings,
            location=job.created,
            isolation=ISOLATION,
        )

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Compare every member with the baseline; ask whether point and vault are as they should be."""
        return verifying.verify(drill, selection)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Delete what was restored."""
        return removing.clean_up(drill)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Delete what drills that are over left under their names."""
        return removing.sweep(environment, sessions, living)

    def copied(self, drill: Drill, selection: Selection) -> CopyTimed | Nothing:
        """The job that copied the point."""
        return find_copy(drill, selection.point) if selection.point else Nothing(reason="nothing was restored")

    def answer(self, drill: Drill, verdict: Verdict, reasons: tuple[str, ...]) -> None:
        """Tell AWS Backup the verdict, once."""
        answering.answer(drill, verdict, reasons)


def _skew(drill: Drill, place: Place) -> float:
    """How far the clock that dates recovery points is ahead of this host's, by the `Date` of an answer."""
    backup = drill.sessions.client("backup", place.region, role=DRILL_RESTORER)
    with translated(f"look at vault {place.vault}"):
        return skew_of(lambda: backup.describe_backup_vault(BackupVaultName=place.vault), drill.clock)
