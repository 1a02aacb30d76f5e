"""Every attempt in one Region, each read back, and what they show together."""

from __future__ import annotations

from dataclasses import dataclass, field

from holdfast.aws.translate import translated
from holdfast.drills.attacks import ATTACKS, Attack
from holdfast.drills.bucket_settings import SETTING_ATTACKS, SettingAttack, try_setting
from holdfast.drills.canary import Canary, changes
from holdfast.drills.checks import Check, CheckKind, Outcome, Probe, compare, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.emulator_limits import limitation
from holdfast.drills.probing import Attempt
from holdfast.drills.refusals import Refusal, RefusedBy, inferred


@dataclass
class RegionUnderAttack:
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
            same = [other for each, other in answers.items() if each.asks_iam_as(attack)]
            self.probes.append(
                self._attempt(attack).answered(inferred(refusal, [*same, *self._control(attack, refusal)]))
            )

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

    def _control(self, attack: Attack, refusal: Refusal) -> list[Refusal]:
        """For a denial without a reason: the same call without its harm. If IAM lets that pass, the lock refused."""
        if attack.control is None or not self.is_whole or not refusal.is_bare:
            return []
        s3 = self.drill.sessions.client("s3", self.canary.region, role=attack.attacker.role)
        with translated(f"try {attack.call} without a change"):
            return [attack.control(s3, self.canary)]

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
