"""Try to destroy what is locked, and show that nothing happened (requirement R4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.drills.attacks import ATTACKS, Attack, Attacker
from holdfast.drills.bucket_settings import SETTING_ATTACKS, SettingAttack, put_back_all, try_setting
from holdfast.drills.canary import ROLE, Canary, changes, key_of, plant
from holdfast.drills.canary_removal import take_away
from holdfast.drills.checks import Check, CheckKind, Outcome, Probe, compare, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.emulator_limits import limitation
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified, together
from holdfast.drills.probing import Attempt
from holdfast.drills.refusals import Refusal, RefusedBy, inferred
from holdfast.environments.model import Environment, Scenario


@dataclass(frozen=True)
class Immutability:
    """Canaries in both Regions, attacked as the drill's own role and as the caller."""

    name: str = "immutability"
    proves: str = "Nobody deletes, shortens, weakens or unlocks a locked version before its time, and who refuses it."
    scenarios: tuple[Scenario, ...] = ()
    restores_dataset: bool = False

    def survey(self, drill: Drill) -> Survey:
        """Who attacks, where, and how far the clocks are apart (the larger of the two differences)."""
        skews = []
        for region in _regions(drill.environment):
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
            sources=tuple(f"s3://{drill.names.bucket_in(region)}" for region in _regions(drill.environment)),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """Nothing is restored."""
        return Selection()

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Plant the canaries."""
        planted = [plant(drill, region) for region in _regions(drill.environment)]
        return Restored(files=len(planted), bytes=0)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Each canary is there, readable and locked, before anything is tried on it."""
        return Verified(checks=tuple(unchanged(drill, canary, "when-planted") for canary in _canaries(drill)))

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Make every attempt in each Region; after each one read the canary back."""
        probes: list[Probe] = []
        checks: list[Check] = []
        principals = self._principals(drill)
        for canary in _canaries(drill):
            here = _Region(drill, canary, principals)
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


@dataclass
class _Region:
    """The attempts in one Region, and what they showed so far."""

    drill: Drill
    canary: Canary
    principals: dict[str, str]
    probes: list[Probe] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    is_whole: bool = True

    def attack_versions(self) -> None:
        """Every attempt on the canary itself. Answers without a reason are settled by those to the same IAM action."""
        answers: dict[Attack, Refusal] = {}
        for attack in ATTACKS:
            if not self.is_whole:
                self.probes.append(self._attempt(attack).not_made("the canary was changed by an earlier attempt"))
                continue
            answers[attack] = self._make(attack)
            self._read_back(attack.id)
        for attack, refusal in answers.items():
            same = [
                other
                for each, other in answers.items()
                if (each.attacker, each.action) == (attack.attacker, attack.action)
            ]
            self.probes.append(self._attempt(attack).answered(inferred(refusal, same)))

    def attack_settings(self) -> None:
        """Every attempt on the bucket."""
        for attack in SETTING_ATTACKS:
            if attack.sandbox_only and not self.drill.environment.sandbox:
                continue
            refusal = try_setting(self.drill, self.canary.region, attack)
            self.probes.append(self._attempt(attack).answered(refusal))
            self._read_back(attack.id)

    def lock_met(self) -> Check:
        """Whether the lock itself refused anything here; if IAM refused everything first, the lock was not shown."""
        refused = [probe.id for probe in self.probes if probe.refused_by == RefusedBy.LOCK]
        id_ = f"{self.canary.region}-lock-was-met"
        if refused:
            return passed(id_, CheckKind.LOCK, expected="at least 1 refusal", observed=f"{len(refused)} refusals")
        return skipped(id_, CheckKind.LOCK, "no attempt got as far as the lock itself", essential=True)

    def _make(self, attack: Attack) -> Refusal:
        s3 = self.drill.sessions.client("s3", self.canary.region, role=attack.attacker.role)
        with self.drill.step("attack", region=self.canary.region, id=attack.id) as step:
            with translated(f"try {attack.call}"):
                refusal = attack.make(s3, self.canary)
            step.done(refused_by=refusal.by.value, error_code=refusal.error_code)
        return refusal

    def _read_back(self, attack_id: str) -> None:
        check = unchanged(self.drill, self.canary, f"after-{attack_id}")
        self.is_whole = self.is_whole and check.outcome is Outcome.PASSED
        self.checks.append(check)

    def _attempt(self, attack: Attack | SettingAttack) -> Attempt:
        on_bucket = isinstance(attack, SettingAttack)
        return Attempt(
            id=f"{self.canary.region}-{attack.id}",
            call=attack.setting.call if isinstance(attack, SettingAttack) else attack.call,
            principal=self.principals[attack.attacker],
            resource=f"s3://{self.canary.bucket}" if on_bucket else self.canary.resource,
            expected=attack.expected,
            limitation=limitation(self.drill.environment, attack.id),
        )


def unchanged(drill: Drill, canary: Canary, when: str) -> Check:
    """Whether a canary is as it was planted: bytes, lock mode and retain-until date of its version."""
    planted = f"SHA-256 {canary.sha256[:12]}…, {canary.mode} until {canary.retain_until:%Y-%m-%dT%H:%M:%SZ}"
    changed = changes(drill, canary)
    id_ = f"{canary.region}-unchanged-{when}"
    return compare(id_, CheckKind.INTEGRITY, expected=planted, observed=changed or planted, because=changed)


def _canaries(drill: Drill) -> list[Canary]:
    return [plant(drill, region) for region in _regions(drill.environment)]


def _regions(environment: Environment) -> tuple[str, str]:
    return environment.regions.primary, environment.regions.recovery
