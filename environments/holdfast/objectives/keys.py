"""A key lives at least as long as anything encrypted under it: a lock protects nothing whose key is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.objectives.declaration import Declaration, Key
from holdfast.objectives.proof import Assumption, AssumptionSource, Proof, Verdict, spell

NEVER_SCHEDULED = Assumption("nobody schedules its deletion", None, AssumptionSource.DECLARED)
SOURCE_KEPT = Assumption("that key outlives them", None, AssumptionSource.DEFAULT)


def prove_keys(declaration: Declaration) -> Iterator[Proof]:
    """The keys of both Regions, evidence included, and the key of every resource whose backups stay under it.

    Backups of what AWS Backup does not fully manage "typically inherit the encryption settings from their source
    resource" (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html): deleting that key, which
    Holdfast does not declare, ruins backups that are locked. Copies are under the key of the recovery vault, those in a
    logically air-gapped vault under one AWS owns, which is nobody's to lose.
    """
    used = {dataset.tier for dataset in declaration.datasets}
    rules = [rule for tier in declaration.tiers.values() if tier.name in used for rule in tier.rules]
    kept = max((rule.delete_after for rule in rules), default=timedelta())
    kept = max(kept, declaration.evidence_kept)
    yield _prove("key.primary", "primary key", declaration.primary_key, kept, declaration)
    if copies := [rule.copy.delete_after for rule in rules if rule.copy]:
        yield _prove("key.recovery", "recovery key", declaration.recovery_key, max(copies), declaration)
    if replicated := _replicated(declaration):
        yield _prove("key.copies", "key of copies", declaration.recovery_key, replicated, declaration)
    for dataset in declaration.datasets:
        if dataset.service.source_key:
            longest = max(rule.delete_after for rule in declaration.tier_of(dataset).rules)
            because = f"backups stay under the key of the resource; assumed: {SOURCE_KEPT}"
            yield Proof(
                f"key.{dataset.name}.source",
                dataset.name,
                Verdict.CONDITIONAL,
                because,
                bound=longest,
                assumptions=(SOURCE_KEPT,),
            )


def _replicated(declaration: Declaration) -> timedelta | None:
    """How long RDS keeps what it replicates, under a key of the workload's account in the recovery Region."""
    kept = [
        rule.replicate_for
        for dataset in declaration.datasets
        for rule in declaration.tier_of(dataset).rules
        if dataset.replicated and rule.replicate_for is not None
    ]
    return max(kept, default=None)


def _prove(name: str, subject: str, key: Key, kept: timedelta, declaration: Declaration) -> Proof:
    """`bound`: how long the longest backup needs the key; `limit`: how long the key is sure to be there."""
    if key.expires is not None:
        left = max(key.expires - declaration.today, timedelta())
        if left < kept:
            because = f"key material expires on {key.expires}, what it encrypts is kept for {spell(kept)}"
            return Proof(name, subject, Verdict.REFUTED, because, None, kept, left)
    if key.deletion_window >= kept:
        because = f"deletion takes {spell(key.deletion_window)}, what it encrypts is kept for {spell(kept)}"
        return Proof(name, subject, Verdict.PROVED, because, None, kept, key.deletion_window)
    if key.guarded:
        because = f"what it encrypts is kept for {spell(kept)}, break-glass can delete it; assumed: {NEVER_SCHEDULED}"
        return Proof(name, subject, Verdict.CONDITIONAL, because, None, kept, None, None, (NEVER_SCHEDULED,))
    because = f"the key can be deleted within {spell(key.deletion_window)}, what it encrypts is kept for {spell(kept)}"
    return Proof(name, subject, Verdict.REFUTED, because, None, kept, key.deletion_window)
