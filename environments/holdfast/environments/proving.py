"""An environment as the plain values proofs are made from."""

from __future__ import annotations

from datetime import datetime

from holdfast.environments.assumptions import Assumption
from holdfast.environments.model import Environment
from holdfast.environments.tiers import Copy, Rule, Tier
from holdfast.objectives import declaration as declared
from holdfast.objectives import proof
from holdfast.objectives.proving import prove
from holdfast.objectives.schedule import parse_schedule
from holdfast.objectives.services import RDS_REPLICATION_LAG

STREAMS_REPLICATED = True
"""The primary stack replicates change logs (`streams/` in the vault bucket) with S3 Replication Time Control."""


def prove_environment(
    environment: Environment,
    now: datetime,
    *,
    copy_times: declared.Measured | None = None,
    restore_times: declared.Measured | None = None,
) -> proof.Report:
    """Everything that can be proved of an environment before it is applied.

    Args:
        environment: what is declared.
        now: the moment of the proof, aware: exclusions and measurements are held against its day in UTC.
        copy_times: what drills measured, by dataset and scenario; goes before `assumptions.copy_time`.
        restore_times: what drills measured, by dataset and scenario; goes before `assumptions.restore_time`.
    """
    return prove(declaration(environment, now, copy_times=copy_times, restore_times=restore_times))


def declaration(
    environment: Environment,
    now: datetime,
    *,
    copy_times: declared.Measured | None = None,
    restore_times: declared.Measured | None = None,
) -> declared.Declaration:
    """What proofs need of an environment; the arguments are those of `prove_environment`."""
    vault = declared.Vault(environment.lock.minimum, environment.lock.maximum)
    key = declared.Key(environment.keys.deletion_window, guarded=not environment.sandbox)
    return declared.Declaration(
        now=now,
        tiers={name: _tier(name, tier) for name, tier in environment.tiers.items()},
        datasets=tuple(
            declared.Dataset(
                each.name,
                each.kind.value,
                each.tier,
                selects=bool(each.select.tags or each.select.arns),
                all_named=bool(each.select.arns) and not each.select.tags,
            )
            for each in environment.datasets
        ),
        exclusions=tuple(declared.Exclusion(each.dataset, each.reason, each.until) for each in environment.exclusions),
        primary_vault=vault,
        recovery_vault=vault,
        primary_key=key,
        recovery_key=key,
        own_backup_account=environment.accounts.workload != environment.accounts.backup,
        evidence_kept=environment.evidence.retention,
        streams_replicated=STREAMS_REPLICATED,
        copy_time=_assumption("copy time", environment.assumptions.copy_time),
        restore_time=_assumption("restore time", environment.assumptions.restore_time),
        replication_lag=_assumption(RDS_REPLICATION_LAG.name, environment.assumptions.rds_replication_lag),
        copy_times=copy_times or {},
        restore_times=restore_times or {},
    )


def _tier(name: str, tier: Tier) -> declared.Tier:
    return declared.Tier(
        name=name,
        rules=tuple(_rule(rule) for rule in tier.rules),
        rpo={proof.Scenario(each.value): limit for each, limit in tier.rpo.items()},
        rto={proof.Scenario(each.value): limit for each, limit in tier.rto.items()},
        drill_every=tier.drill_every,
    )


def _rule(rule: Rule) -> declared.Rule:
    return declared.Rule(
        name=rule.name,
        delete_after=rule.delete_after,
        schedule=parse_schedule(rule.schedule, rule.timezone) if rule.schedule else None,
        continuous=rule.continuous,
        capture_every=rule.capture_every,
        start_window=rule.start_window,
        completion_window=rule.completion_window,
        cold_storage_after=rule.cold_storage_after,
        copy=_copy(rule.copy_to_recovery),
        air_gapped=rule.air_gapped.delete_after if rule.air_gapped else None,
        replicate_for=rule.replicate_for,
    )


def _copy(copy: Copy | None) -> declared.Copy | None:
    return declared.Copy(copy.delete_after, copy.cold_storage_after) if copy else None


def _assumption(name: str, assumed: Assumption) -> proof.Assumption:
    return proof.Assumption(name, assumed.value, proof.AssumptionSource(assumed.source.value), assumed.on)
