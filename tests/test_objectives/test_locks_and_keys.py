"""Lock algebra and the life of keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from declaring import CONTINUOUS, DAY, HALF_DAILY, declaration, only
from hypothesis import given
from hypothesis import strategies as st

from holdfast.objectives.declaration import Copy, Dataset, Key, Rule, Vault
from holdfast.objectives.keys import prove_keys
from holdfast.objectives.locks import prove_locks
from holdfast.objectives.proof import Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
days = st.integers(1, 3000).map(lambda count: count * DAY)


def lock(rule, name, **changes):
    return only(prove_locks(declaration(rule, **changes)), f"lock.gold.{rule.name}.{name}").verdict


@given(kept=days, minimum=days, maximum=days)
def test_retention_lies_within_the_lock(kept, minimum, maximum):
    rule = replace(HALF_DAILY, delete_after=kept)
    verdict = lock(rule, "retention", primary_vault=Vault(minimum, maximum))

    assert (verdict is PROVED) == (minimum <= kept <= maximum)


@given(kept=days, minimum=days, maximum=days)
def test_retention_of_a_copy_lies_within_the_lock_of_the_recovery_vault(kept, minimum, maximum):
    rule = replace(HALF_DAILY, copy=Copy(kept))
    verdict = lock(rule, "copy-retention", recovery_vault=Vault(minimum, maximum))

    assert (verdict is PROVED) == (minimum <= kept <= maximum)


@given(kept=days, copied=days)
def test_a_copy_is_kept_at_least_as_long_as_its_source(kept, copied):
    assert (lock(replace(HALF_DAILY, delete_after=kept, copy=Copy(copied)), "replica") is PROVED) == (copied >= kept)


@given(kept=days, cold=days)
def test_cold_storage_lasts_90_days(kept, cold):
    rule = Rule("yearly", kept, HALF_DAILY.schedule, cold_storage_after=cold, copy=Copy(kept, cold))

    assert (lock(rule, "cold-storage") is PROVED) == (kept >= cold + 90 * DAY)
    assert lock(rule, "copy-cold-storage") is lock(rule, "cold-storage")


@pytest.mark.parametrize(("kept", "verdict"), [(35 * DAY, PROVED), (36 * DAY, REFUTED)])
def test_point_in_time_recovery_reaches_back_35_days(kept, verdict):
    assert lock(replace(CONTINUOUS, delete_after=kept), "pitr") is verdict


def test_a_continuous_backup_has_no_cold_storage():
    rule = replace(CONTINUOUS, cold_storage_after=DAY)

    assert lock(rule, "pitr-cold-storage") is REFUTED


@pytest.mark.parametrize(("minimum", "verdict"), [(30 * DAY, PROVED), (29 * DAY, REFUTED)])
def test_the_recovery_vault_locks_at_least_as_long(minimum, verdict):
    changes = {"primary_vault": Vault(30 * DAY, 365 * DAY), "recovery_vault": Vault(minimum, 365 * DAY)}

    assert only(prove_locks(declaration(**changes)), "lock.vaults.replica").verdict is verdict


def test_a_tier_without_datasets_asks_nothing_of_a_vault():
    unused = declaration(replace(HALF_DAILY, delete_after=36_500 * DAY), datasets=())

    assert [proof.id for proof in prove_locks(unused)] == ["lock.vaults.replica"]


def key(name="key.primary", **changes):
    return only(prove_keys(declaration(**changes)), name)


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        (Key(30 * DAY, guarded=False), PROVED),  # backups are kept for 30 days
        (Key(29 * DAY, guarded=False), REFUTED),
        (Key(7 * DAY, guarded=True), CONDITIONAL),
        (Key(30 * DAY, guarded=True, expires=date(2026, 12, 21)), REFUTED),
        (Key(30 * DAY, guarded=True, expires=date(2026, 12, 22)), PROVED),
        (Key(30 * DAY, guarded=True, expires=date(2026, 1, 1)), REFUTED),
    ],
)
@pytest.mark.parametrize("name", ["primary", "recovery"])
def test_a_key_lives_as_long_as_what_it_encrypts(name, held, verdict):
    assert key(f"key.{name}", **{f"{name}_key": held}).verdict is verdict


def test_the_recovery_key_is_held_against_copies():
    held = Key(20 * DAY, guarded=False)
    rule = replace(HALF_DAILY, delete_after=10 * DAY, copy=Copy(25 * DAY))
    proofs = list(prove_keys(declaration(rule, primary_key=held, recovery_key=held)))

    assert only(proofs, "key.primary").verdict is PROVED
    assert only(proofs, "key.recovery").verdict is REFUTED
    assert only(proofs, "key.recovery").bound == 25 * DAY


def test_the_primary_key_is_held_against_evidence_as_well():
    held = Key(30 * DAY, guarded=False)
    proofs = list(prove_keys(replace(declaration(primary_key=held), evidence_kept=31 * DAY)))

    assert only(proofs, "key.primary").verdict is REFUTED
    assert only(proofs, "key.primary").bound == 31 * DAY


@pytest.mark.parametrize("kind", ["rds", "aurora", "ebs", "ec2"])
def test_backups_under_the_key_of_the_resource_are_conditional_on_it(kind):
    proof = key("key.orders.source", kind=kind)

    assert (proof.verdict, proof.bound) == (CONDITIONAL, 30 * DAY)


@pytest.mark.parametrize("kind", ["dynamodb", "efs", "s3", "files", "configuration", "postgres"])
def test_backups_under_the_key_of_the_vault_are_not(kind):
    assert [proof.id for proof in prove_keys(declaration(kind=kind))] == ["key.primary", "key.recovery"]


def test_every_dataset_of_a_kind_is_named():
    several = tuple(Dataset(name, "ebs", "gold") for name in ("a", "b"))
    found = {proof.id for proof in prove_keys(declaration(datasets=several))}

    assert {"key.a.source", "key.b.source"} <= found


def test_lengths_are_reported_in_seconds():
    document = only(prove_locks(declaration()), "lock.gold.half-daily.retention").document()

    assert (document["bound_seconds"], document["limit_seconds"]) == (30 * 86_400, 86_400)
    assert timedelta(seconds=document["bound_seconds"]) == HALF_DAILY.delete_after
