"""Lock algebra: what rules ask for against what the vaults' locks allow.

A backup or copy job whose retention lies outside the limits of a locked vault fails, every time it runs
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html), and S3 refuses a
lifecycle that removes what is locked: both look like a working plan until somebody needs a backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.objectives.declaration import Declaration, Rule, Vault
from holdfast.objectives.proof import Proof, Verdict, spell

COLD_MINIMUM = timedelta(days=90)
"""Shortest stay in cold storage (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html)."""

PITR_MAXIMUM = timedelta(days=35)
"""Longest retention of a continuous backup
(https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html)."""


def prove_locks(declaration: Declaration) -> Iterator[Proof]:
    """Every rule of every tier that has datasets, and every copy, against the lock of its vault."""
    used = {dataset.tier for dataset in declaration.datasets}
    for tier in declaration.tiers.values():
        for rule in tier.rules if tier.name in used else ():
            name, subject = f"lock.{tier.name}.{rule.name}", f"{tier.name}/{rule.name}"
            yield from _kept(f"{name}.retention", subject, rule.delete_after, declaration.primary_vault)
            yield from _cold(f"{name}.cold-storage", subject, rule.delete_after, rule.cold_storage_after)
            yield from _continuous(name, subject, rule)
            if rule.copy is not None:
                yield from _kept(f"{name}.copy-retention", subject, rule.copy.delete_after, declaration.recovery_vault)
                yield from _cold(
                    f"{name}.copy-cold-storage", subject, rule.copy.delete_after, rule.copy.cold_storage_after
                )
                yield _at_least(
                    f"{name}.replica",
                    subject,
                    rule.copy.delete_after,
                    rule.delete_after,
                    "the copy is kept and locked at least as long as its source",
                )
    yield _at_least(
        "lock.vaults.replica",
        "vaults",
        declaration.recovery_vault.minimum,
        declaration.primary_vault.minimum,
        "the lock of the recovery vault is at least that of the primary one",
    )


def _kept(name: str, subject: str, kept: timedelta, vault: Vault) -> Iterator[Proof]:
    """Retention between the minimum and the maximum of a vault's lock."""
    yield _at_least(f"{name}-minimum", subject, kept, vault.minimum, "kept at least the minimum of the vault's lock")
    yield _at_most(f"{name}-maximum", subject, kept, vault.maximum, "kept at most the maximum of the vault's lock")


def _cold(name: str, subject: str, kept: timedelta, cold_after: timedelta | None) -> Iterator[Proof]:
    if cold_after is not None:
        yield _at_least(name, subject, kept, cold_after + COLD_MINIMUM, "90 days in cold storage before expiry")


def _continuous(name: str, subject: str, rule: Rule) -> Iterator[Proof]:
    if not rule.continuous:
        return
    yield _at_most(
        f"{name}.pitr", subject, rule.delete_after, PITR_MAXIMUM, "point-in-time recovery of at most 35 days"
    )
    if rule.cold_storage_after is not None:
        because = "a continuous backup cannot move to cold storage"
        yield Proof(f"{name}.pitr-cold-storage", subject, Verdict.REFUTED, because)


def _at_least(name: str, subject: str, value: timedelta, limit: timedelta, rule: str) -> Proof:
    return _compared(name, subject, value, limit, rule, holds=value >= limit)


def _at_most(name: str, subject: str, value: timedelta, limit: timedelta, rule: str) -> Proof:
    return _compared(name, subject, value, limit, rule, holds=value <= limit)


def _compared(name: str, subject: str, value: timedelta, limit: timedelta, rule: str, *, holds: bool) -> Proof:
    verdict = Verdict.PROVED if holds else Verdict.REFUTED
    because = f"{rule}: {spell(value)} against {spell(limit)}"
    return Proof(name, subject, verdict, because, None, value, limit)
