"""Try to destroy what is locked, and show that nothing happened (requirement R4)."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.drills.attacking import RegionUnderAttack, unchanged
from holdfast.drills.attacks import Attacker
from holdfast.drills.bucket_settings import put_back_all
from holdfast.drills.canary import ROLE, Canary, key_of, plant
from holdfast.drills.canary_removal import take_away
from holdfast.drills.checks import Check, Probe
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified, together
from holdfast.drills.lock_reading import locks_in_force
from holdfast.drills.recovery_points import choose, opened, point_from
from holdfast.environments.model import Environment, Scenario


@dataclass(frozen=True)
class Immutability:
    """Canaries in both Regions, attacked as the drill's own role and as the caller.

    For `region_loss` in the recovery Region only. With a dataset or tenant, the locks of its newest set are read too.
    """

    name: str = "immutability"
    proves: str = "Nobody deletes, shortens, weakens or unlocks a locked version before its time, and who refuses it."
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS,)
    restores_dataset: bool = False
    may_take_dataset: bool = True

    def survey(self, drill: Drill) -> Survey:
        """Who attacks, where, and how far the clocks are apart (the larger of the two differences)."""
        skews = []
        for region in _reachable(drill):
            bucket = drill.names.bucket_in(region)
            with translated(f"look at {bucket}"):
                drill.sessions.client("s3", region, role=ROLE).head_bucket(Bucket=bucket)
            skews.append(drill.sessions.server_clock(region, role=ROLE).skew.total_seconds())
        return Survey(
            principals={
                Attacker.DRILL_RUNNER: drill.sessions.caller_arn(ROLE),
                Attacker.ADMINISTRATOR: drill.sessions.caller_arn(),
            },
            skew_seconds=max(skews, key=abs),
            sources=tuple(f"s3://{drill.names.bucket_in(region)}" for region in _reachable(drill)),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """Nothing is restored; with a dataset, its newest set is the one whose locks are read."""
        if drill.spec.dataset is None:
            return Selection()
        region = _reachable(drill)[-1]
        view = choose(drill, region)
        return view if isinstance(view, Nothing) else Selection(point=point_from(drill, region, view))

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Plant the canaries."""
        planted = [plant(drill, region) for region in _reachable(drill)]
        return Restored(files=len(planted), bytes=0)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Each canary is there, readable and locked, before anything is tried on it; and so is each object of the set.

        What is really backed up is looked at and never attacked.
        """
        checks = [unchanged(drill, canary, "when-planted") for canary in _canaries(drill)]
        if selection.point is None:
            return Verified(checks=tuple(checks))
        for region in _reachable(drill):
            entries, _ = opened(drill, selection.point.model_copy(update={"region": region}))
            found = locks_in_force(drill, region, entries.view, entries.files())
            checks.append(found.model_copy(update={"id": f"{region}-{found.id}"}))
        return Verified(checks=tuple(checks), newest_committed=selection.point.captured_at)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Make every attempt in each Region; after each one read the canary back."""
        probes: list[Probe] = []
        checks: list[Check] = []
        principals = self._principals(drill)
        for canary in _canaries(drill):
            here = RegionUnderAttack(drill, canary, principals)
            here.attack_versions()
            here.attack_settings()
            probes += here.probes
            checks += [*here.checks, here.lock_met()]
        return Probed(probes=tuple(probes), checks=tuple(checks))

    def clean_up(self, drill: Drill) -> Cleaned:
        """Put bucket settings back and take delete markers away; the canaries stay until their locks end."""
        stuck = Cleaned(orphaned=tuple(put_back_all(drill)))
        places = [(step.announced["region"], step.announced["bucket"]) for step in drill.steps("plant-canary")]
        key = key_of(drill.drill_id)
        made = Cleaned(created=tuple(f"s3://{bucket}/{key}" for _, bucket in dict.fromkeys(places)))
        taken = [take_away(drill.sessions, region, prefix=key) for region, _ in dict.fromkeys(places)]
        return together([stuck, made, *taken])

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Remove canaries whose locks have ended, and delete markers over canaries."""
        return together(take_away(sessions, region, keep_off=living) for region in _regions(environment))

    def _principals(self, drill: Drill) -> dict[str, str]:
        return {each.value: drill.sessions.caller_arn(each.role) for each in Attacker}


def _canaries(drill: Drill) -> list[Canary]:
    return [plant(drill, region) for region in _reachable(drill)]


def _reachable(drill: Drill) -> tuple[str, ...]:
    """The Regions that are not taken for lost."""
    return tuple(region for region in _regions(drill.environment) if region not in drill.sessions.guard.regions)


def _regions(environment: Environment) -> tuple[str, str]:
    return environment.regions.primary, environment.regions.recovery
