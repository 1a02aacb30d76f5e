"""Each role tries what it must not do. Every attempt that is accepted fails the drill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.drills.access_control.attempts import BREAK_GLASS, RESTORER, ROLES, Ground
from holdfast.drills.access_control.trying import STEP, attempts_of, make_key_usable, taking_on
from holdfast.drills.attacking import unchanged
from holdfast.drills.canary import ROLE, key_of, plant
from holdfast.drills.canary_removal import take_away
from holdfast.drills.checks import Check, CheckKind, compare
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified, together
from holdfast.drills.lost_key import backup_key
from holdfast.drills.refusals import DENIED
from holdfast.environments.model import Environment, Scenario
from holdfast.errors import Interrupted, ServiceError


@dataclass(frozen=True)
class AccessControl:
    """In the primary Region, where every role works; the roles themselves have no Region."""

    name: str = "access-control"
    proves: str = "No role does what it must not: each is refused, by IAM, everything outside of its own work."
    scenarios: tuple[Scenario, ...] = ()
    restores_dataset: bool = False

    def survey(self, drill: Drill) -> Survey:
        """Who takes on the roles, and how far the clocks are apart."""
        region = drill.environment.regions.primary
        return Survey(
            principals={ROLE: drill.sessions.caller_arn(ROLE), "caller": drill.sessions.caller_arn()},
            skew_seconds=drill.sessions.server_clock(region, role=ROLE).skew.total_seconds(),
            sources=(f"s3://{drill.names.bucket_in(region)}",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """Nothing is restored."""
        return Selection()

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Plant the canary that must not be deleted or read."""
        plant(drill, drill.environment.regions.primary)
        return Restored(files=1, bytes=0)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """The drill runner can do its own work: refusals of a role that can do nothing would show nothing."""
        canary = plant(drill, drill.environment.regions.primary)
        return Verified(checks=(unchanged(drill, canary, "when-planted"),))

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Every attempt of every role; then the canary and the key are looked at again."""
        ground = _ground(drill)
        probes = [*taking_on(drill)]
        for purpose in ROLES:
            drill.say(f"try as {purpose}")
            probes += attempts_of(drill, purpose, ground)
        return Probed(probes=tuple(probes), checks=_afterwards(drill, ground))

    def clean_up(self, drill: Drill) -> Cleaned:
        """Make the key usable if an attempt on it was accepted; the canary stays until its lock ends."""
        stuck = []
        tried = {
            (step.announced["region"], step.announced["key"]) for step in drill.steps(STEP) if "key" in step.announced
        }
        for region, arn in sorted(tried):
            try:
                problem = make_key_usable(drill, region, arn)
            except Interrupted:
                raise
            except ServiceError as error:
                problem = f"{arn}: {error.message}"
            stuck += [problem] if problem else []
        places = dict.fromkeys(
            (step.announced["region"], step.announced["bucket"]) for step in drill.steps("plant-canary")
        )
        key = key_of(drill.drill_id)
        made = Cleaned(created=tuple(f"s3://{bucket}/{key}" for _, bucket in places), orphaned=tuple(stuck))
        return together([made, *(take_away(drill.sessions, region, prefix=key) for region, _ in places)])

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Canaries of all kinds lie below one prefix, which the immutability probes sweep."""
        return Cleaned()


def _ground(drill: Drill) -> Ground:
    region, names = drill.environment.regions.primary, drill.names
    key = backup_key(drill.sessions, region)
    kms, s3 = drill.sessions.client("kms", region), drill.sessions.client("s3", region)
    policy = _or_none(lambda: kms.get_key_policy(KeyId=key.arn, PolicyName="default")["Policy"])
    bucket_policy = _or_none(lambda: s3.get_bucket_policy(Bucket=names.vault_bucket)["Policy"])
    sealed = _or_none(lambda: kms.generate_data_key(KeyId=key.arn, KeySpec="AES_256")["CiphertextBlob"])
    return Ground(
        region=region,
        bucket=names.vault_bucket,
        evidence_bucket=names.evidence_bucket,
        canary=plant(drill, region),
        key=key.arn,
        key_policy=policy,
        bucket_policy=bucket_policy,
        sealed=sealed,
        drill_id=drill.drill_id,
        role_arns={purpose: names.role_arn(purpose) for purpose in (*ROLES, RESTORER, BREAK_GLASS)},
    )


def _or_none(ask: Any) -> Any:
    with translated("read what attempts write back"):
        try:
            return ask()
        except ClientError as error:
            if code_of(error) in DENIED | {"AccessDeniedException", "NoSuchBucketPolicy"}:
                return None
            raise


def _afterwards(drill: Drill, ground: Ground) -> tuple[Check, ...]:
    state = backup_key(drill.sessions, ground.region).state
    return (
        unchanged(drill, ground.canary, "after-all-attempts"),
        compare("key-after-all-attempts", CheckKind.KEY, expected="Enabled", observed=state),
    )
