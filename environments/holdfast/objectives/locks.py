"""Lock algebra: what rules ask for against what the vaults' locks allow.

A backup or copy job whose retention lies outside the limits of a locked vault fails, every time it runs
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html), and S3 refuses a
lifecycle that removes what is locked: both look like a working plan until somebody needs a backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from holdfast.objectives.declaration import Declaration, Rule, Vault
from holdfast.objectives.proof import Proof, Verdict, spell

COLD_MINIMUM = timedelta(days=90)
"""Shortest stay in cold storage (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html)."""

AIR_GAPPED_MINIMUM = timedelta(days=7)
"""Shortest retention a logically air-gapped vault can be made for
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateLogicallyAirGappedBackupVault.html)."""

PITR_MAXIMUM = timedelta(days=35)
"""Longest retention of a continuous backup
(https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html)."""


def prove_locks(declaration: Declaration) -> Iterator[Proof]:
    """Every rule of every tier that has datasets, and every copy, against the lock of its vault."""
    used = {dataset.tier for dataset in declaration.datasets}
    for tier in declaration.tiers.values():
        for rule in tier.rules if tier.name in used else ():
            yield from _rule(f"lock.{tier.name}.{rule.name}", f"{tier.name}/{rule.name}", rule, declaration)
    here, there = declaration.primary_vault.minimum, declaration.recovery_vault.minimum
    because = f"the lock of the primary vault begins at {spell(here)}, that of the recovery vault at {spell(there)}"
    yield _proof("lock.vaults.replica", "vaults", there, here, because, holds=there >= here)


def _rule(name: str, subject: str, rule: Rule, declaration: Declaration) -> Iterator[Proof]:
    kept = rule.delete_after
    yield _within_lock(f"{name}.retention", subject, kept, declaration.primary_vault)
    yield from _cold(f"{name}.cold-storage", subject, kept, rule.cold_storage_after)
    if rule.continuous:
        yield from _continuous(name, subject, rule)
    if rule.copy is not None:
        copy = rule.copy.delete_after
        yield _within_lock(f"{name}.copy-retention", subject, copy, declaration.recovery_vault)
        yield from _cold(f"{name}.copy-cold-storage", subject, copy, rule.copy.cold_storage_after)
        because = f"kept for {spell(kept)}, its copy for {spell(copy)}"
        yield _proof(f"{name}.replica", subject, copy, kept, because, holds=copy >= kept)
    if rule.air_gapped is not None:
        vault = replace(declaration.recovery_vault, minimum=max(declaration.recovery_vault.minimum, AIR_GAPPED_MINIMUM))
        yield _within_lock(f"{name}.air-gapped-retention", subject, rule.air_gapped, vault)
        because = f"kept for {spell(kept)}, its air-gapped copy for {spell(rule.air_gapped)}"
        yield _proof(
            f"{name}.air-gapped-replica", subject, rule.air_gapped, kept, because, holds=rule.air_gapped >= kept
        )


def _within_lock(name: str, subject: str, kept: timedelta, vault: Vault) -> Proof:
    """Retention between minimum and maximum of a vault's lock; `limit` is the minimum unless the maximum is broken."""
    limit = vault.maximum if kept > vault.maximum else vault.minimum
    because = f"kept for {spell(kept)}; the vault's lock allows {spell(vault.minimum)} to {spell(vault.maximum)}"
    return _proof(name, subject, kept, limit, because, holds=vault.minimum <= kept <= vault.maximum)


def _cold(name: str, subject: str, kept: timedelta, cold_after: timedelta | None) -> Iterator[Proof]:
    if cold_after is not None:
        least = cold_after + COLD_MINIMUM
        because = f"kept for {spell(kept)}; in cold storage after {spell(cold_after)}, and there for 90 d or more"
        yield _proof(name, subject, kept, least, because, holds=kept >= least)


def _continuous(name: str, subject: str, rule: Rule) -> Iterator[Proof]:
    kept = rule.delete_after
    because = f"kept for {spell(kept)}; point-in-time recovery reaches back {spell(PITR_MAXIMUM)} at most"
    yield _proof(f"{name}.pitr", subject, kept, PITR_MAXIMUM, because, holds=kept <= PITR_MAXIMUM)
    if rule.cold_storage_after is not None:
        because = "a continuous backup cannot move to cold storage"
        yield Proof(f"{name}.pitr-cold-storage", subject, Verdict.REFUTED, because)


def _proof(name: str, subject: str, value: timedelta, limit: timedelta, because: str, *, holds: bool) -> Proof:
    verdict = Verdict.PROVED if holds else Verdict.REFUTED
    return Proof(name, subject, verdict, because, None, value, limit)
