"""Time replication: canaries written in the primary Region until they can be read in the recovery Region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.drills.canary import PREFIX, ROLE, STREAMS
from holdfast.drills.canary_removal import take_away
from holdfast.drills.checks import Check, CheckKind, Outcome, compare, failed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified, together
from holdfast.drills.lost_key import backup_key
from holdfast.drills.replication.arrival import Arrival, wait_for
from holdfast.drills.replication.backlog import backlog
from holdfast.drills.replication.canaries import folder_of_drill, plant_all, planted
from holdfast.environments.model import Environment, Scenario

LIMIT = timedelta(minutes=15)
"""What S3 Replication Time Control promises for 99.9 % of objects; a shorter RPO of a tier is the limit instead.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
"""
_EMULATOR = "the emulator's replicas carry neither the lock nor the version id, and keep the source's key"


@dataclass(frozen=True)
class Replication:
    """Works on what S3 replicates (`streams/`); backup sets are written to both Regions by Holdfast itself."""

    name: str = "replication"
    proves: str = "What is streamed into the vault is readable in the recovery Region, and after how many seconds."
    scenarios: tuple[Scenario, ...] = ()
    restores_dataset: bool = False

    def survey(self, drill: Drill) -> Survey:
        """Who writes and reads, and how far the clocks are apart."""
        skews = [
            drill.sessions.server_clock(region, role=ROLE).skew.total_seconds()
            for region in _regions(drill.environment)
        ]
        return Survey(
            principals={ROLE: drill.sessions.caller_arn(ROLE), "caller": drill.sessions.caller_arn()},
            skew_seconds=max(skews, key=abs),
            sources=tuple(f"s3://{drill.names.bucket_in(region)}" for region in _regions(drill.environment)),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """Nothing is chosen: the canaries are new."""
        return Selection()

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Write the canaries, if anything replicates them."""
        if not _covers_streams(drill):
            return Restored(files=0, bytes=0)
        canaries = plant_all(drill)
        return Restored(files=len(canaries), bytes=sum(each.size for each in canaries))

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Wait for each canary; then look at what was streamed before."""
        limit = limit_of(drill.environment)
        if not restored.files:
            reason = f"no enabled rule of {drill.names.vault_bucket} replicates {STREAMS}"
            return Verified(checks=(failed("configured", CheckKind.LAG, reason, expected="an enabled rule"),))
        own = backup_key(drill.sessions, drill.environment.regions.recovery).names
        until = drill.clock.monotonic() + limit.total_seconds()
        arrivals = [wait_for(drill, canary, until, own) for canary in planted(drill)]
        checks = [check for each in arrivals for check in checks_of(each, limit, sandbox=drill.environment.sandbox)]
        return Verified(checks=(*checks, *backlog(drill, limit)))

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Canaries and their replicas stay until their locks end."""
        key = folder_of_drill(drill.drill_id)
        if not drill.steps("plant-stream-canary"):
            return Cleaned()
        made = Cleaned(
            created=tuple(f"s3://{drill.names.bucket_in(each)}/{key}" for each in _regions(drill.environment))
        )
        return together(
            [made, *(take_away(drill.sessions, region, prefix=key) for region in _regions(drill.environment))]
        )

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Remove canaries and replicas whose locks have ended."""
        prefix = f"{STREAMS}{PREFIX}"
        return together(take_away(sessions, each, prefix=prefix, keep_off=living) for each in _regions(environment))


def limit_of(environment: Environment) -> timedelta:
    """How long a replica may take: what S3 promises, or the shortest RPO for a lost Region where that is less."""
    declared = (tier.rpo.get(Scenario.REGION_LOSS) for tier in environment.tiers.values())
    return min([LIMIT, *(each for each in declared if each is not None)])


def checks_of(arrival: Arrival, limit: timedelta, *, sandbox: bool) -> tuple[Check, ...]:
    """One arrival as checks: in time, as it was written, protected as it was, and written by replication.

    Args:
        arrival: what became of a canary.
        limit: how long it may have taken.
        sandbox: whether an emulator served it, whose replicas carry neither lock, version id nor the other key.
    """
    name = arrival.key.rpartition("/")[2]
    seconds = limit.total_seconds()
    if arrival.lag_seconds is None:
        status = arrival.source_status or "no status"
        reason = f"not readable in the recovery Region within {seconds:.0f} s; the source says {status}"
        late = failed(f"{name}-lag", CheckKind.LAG, reason, expected=f"at most {seconds:.0f} s", observed=status)
        return (late, skipped(f"{name}-content", CheckKind.INTEGRITY, "it did not arrive", essential=True))
    in_time = arrival.lag_seconds <= seconds
    return (
        Check(
            id=f"{name}-lag",
            kind=CheckKind.LAG,
            outcome=Outcome.PASSED if in_time else Outcome.FAILED,
            expected=f"at most {seconds:.0f} s",
            observed=f"{arrival.lag_seconds:.3f} s",
            reason="" if in_time else "it took longer than the limit",
        ),
        compare(
            f"{name}-content",
            CheckKind.CHECKSUM,
            expected="the bytes that were written",
            observed=arrival.wrong or "the bytes that were written",
            because=arrival.wrong,
        ),
        _protection(name, arrival, sandbox=sandbox),
        compare(
            f"{name}-status",
            CheckKind.INTEGRITY,
            expected="REPLICA",
            observed=arrival.replica_status or "none",
            because=f"it was not replication that wrote it (the source says {arrival.source_status})",
        ),
    )


def _protection(name: str, arrival: Arrival, *, sandbox: bool) -> Check:
    id_ = f"{name}-protection"
    if sandbox and arrival.unprotected:
        reason = f"{_EMULATOR}; here: {arrival.unprotected}"
        return skipped(id_, CheckKind.LOCK, reason, essential=False)
    protected = "its version id, its lock, and the recovery Region's own key"
    return compare(
        id_,
        CheckKind.LOCK,
        expected=protected,
        observed=arrival.unprotected or protected,
        because=arrival.unprotected,
    )


def _covers_streams(drill: Drill) -> bool:
    s3 = drill.sessions.client("s3", drill.environment.regions.primary, role=ROLE)
    with translated("read the replication rules"):
        try:
            reply = s3.get_bucket_replication(Bucket=drill.names.vault_bucket)
        except ClientError as error:
            if code_of(error) == "ReplicationConfigurationNotFoundError":
                return False
            raise
    rules = reply["ReplicationConfiguration"].get("Rules", ())
    return any(each.get("Status") == "Enabled" and STREAMS.startswith(_prefix(each)) for each in rules)


def _prefix(rule: dict[str, object]) -> str:
    found = rule.get("Filter")
    inside = found.get("Prefix") if isinstance(found, dict) else None
    return str(inside if inside is not None else rule.get("Prefix") or "")


def _regions(environment: Environment) -> tuple[str, str]:
    return environment.regions.primary, environment.regions.recovery
