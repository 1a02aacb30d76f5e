"""What is left of a Region besides ordinary copies: what RDS replicates, and logically air-gapped copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from declaring import CONTINUOUS, DAY, HALF_DAILY, HOUR, MINUTE, NOW, assumed, cron, declaration, measured, only
from drawing import crons
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.objectives.declaration import Copy
from holdfast.objectives.exposure import Exposure
from holdfast.objectives.horizon import Horizon, horizon_from
from holdfast.objectives.keys import prove_keys
from holdfast.objectives.locks import prove_locks
from holdfast.objectives.proof import Verdict
from holdfast.objectives.rpo import prove_rpo
from holdfast.objectives.rto import prove_rto

HORIZON = horizon_from(NOW.date())
TWO_YEARS = Horizon(NOW.date(), 730)
REPLICATED = replace(CONTINUOUS, replicate_for=14 * DAY)
GAPPED = replace(HALF_DAILY, copy=None, air_gapped=365 * DAY)
LAG = "lag of replicated automated backups"


def declared(*rules, scenario="region_loss", limit=DAY, kind="rds", named=True, **changes):
    given = declaration(*rules, rpo={scenario: limit}, rto={scenario: DAY}, kind=kind, **changes)
    return replace(given, datasets=tuple(replace(each, all_named=named) for each in given.datasets))


def rpo(*rules, scenario="region_loss", horizon=HORIZON, **changes):
    exposure = Exposure(declared(*rules, scenario=scenario, **changes), horizon)
    return only(prove_rpo(exposure), f"rpo.orders.{scenario}")


@pytest.mark.parametrize(
    ("scenario", "kind", "named", "expected"),
    [
        ("region_loss", "rds", True, (Verdict.CONDITIONAL, 30 * MINUTE)),
        ("key_loss", "rds", True, (Verdict.CONDITIONAL, 30 * MINUTE)),
        ("account_loss", "rds", True, (Verdict.REFUTED, None)),
        ("corruption", "rds", True, (Verdict.PROVED, 5 * MINUTE)),
        ("region_loss", "rds", False, (Verdict.REFUTED, None)),
        ("region_loss", "aurora", True, (Verdict.REFUTED, None)),
        ("region_loss", "dynamodb", True, (Verdict.REFUTED, None)),
        ("region_loss", "postgres", True, (Verdict.REFUTED, None)),
    ],
)
def test_what_rds_replicates_is_left_of_a_region_and_of_a_key_and_not_of_its_account(scenario, kind, named, expected):
    proof = rpo(REPLICATED, scenario=scenario, kind=kind, named=named)

    assert (proof.verdict, proof.bound) == expected


def test_without_replicate_for_nothing_is_replicated():
    assert rpo(CONTINUOUS).verdict is Verdict.REFUTED


def test_the_lag_is_an_assumption_that_is_named_and_can_be_measured_or_too_long():
    lag = assumed(20 * MINUTE, "measured", on=NOW.date(), name=LAG)

    assert f"assumed: {LAG} 30 min (default)" in rpo(REPLICATED).because
    assert rpo(REPLICATED, replication_lag=lag, limit=20 * MINUTE).verdict is Verdict.PROVED
    assert rpo(REPLICATED, limit=29 * MINUTE).verdict is Verdict.REFUTED


def test_a_copy_that_is_proved_goes_before_a_lag_that_is_assumed():
    """Both keep the day. The lag loses less and nobody knows it; the copy was timed."""
    timed = {("orders", None): measured(30 * MINUTE)}
    proof = rpo(REPLICATED, HALF_DAILY, copy_times=timed)

    assert (proof.verdict, proof.bound) == (Verdict.PROVED, 16 * HOUR + 30 * MINUTE)
    assert rpo(REPLICATED, HALF_DAILY, copy_times=timed, limit=6 * HOUR).bound == 30 * MINUTE


def test_of_ways_that_rest_on_assumptions_the_one_that_loses_least_is_shown():
    assert rpo(REPLICATED, HALF_DAILY).bound == 30 * MINUTE


@pytest.mark.parametrize(
    ("scenario", "own_account", "expected"),
    [
        ("region_loss", True, (Verdict.CONDITIONAL, 17 * HOUR)),
        ("key_loss", True, (Verdict.CONDITIONAL, 17 * HOUR)),
        ("account_loss", True, (Verdict.CONDITIONAL, 17 * HOUR)),
        ("account_loss", False, (Verdict.REFUTED, None)),
        ("region_loss", False, (Verdict.CONDITIONAL, 17 * HOUR)),
    ],
)
def test_an_air_gapped_copy_is_left_where_other_copies_are(scenario, own_account, expected):
    proof = rpo(GAPPED, scenario=scenario, own_backup_account=own_account)

    assert (proof.verdict, proof.bound) == expected


def test_an_air_gapped_copy_takes_what_is_declared_and_not_what_a_drill_timed_of_the_other():
    timed = {("orders", None): measured(MINUTE)}

    assert rpo(GAPPED, copy_times=timed).bound == 17 * HOUR
    assert rpo(GAPPED, copy_times=timed).verdict is Verdict.CONDITIONAL
    assert rpo(replace(HALF_DAILY, air_gapped=365 * DAY), copy_times=timed).verdict is Verdict.PROVED


def test_an_air_gapped_copy_is_there_when_the_other_has_expired():
    weekly = replace(HALF_DAILY, schedule=cron("cron(0 2 ? * SUN *)"), copy=Copy(3 * DAY))

    assert rpo(weekly, limit=30 * DAY).verdict is Verdict.REFUTED
    kept = rpo(replace(weekly, air_gapped=30 * DAY), limit=30 * DAY)
    assert (kept.verdict, kept.bound) == (Verdict.CONDITIONAL, 7 * DAY + 5 * HOUR)


def test_what_is_pushed_is_in_no_air_gapped_vault():
    assert rpo(GAPPED, kind="files").verdict is Verdict.REFUTED


@pytest.mark.parametrize("rule", [REPLICATED, GAPPED])
def test_there_is_something_to_restore_from(rule):
    exposure = Exposure(declared(rule), HORIZON)

    assert only(prove_rto(exposure), "rto.orders.region_loss").verdict is Verdict.CONDITIONAL


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    expressions=st.lists(crons(), min_size=1, max_size=3, unique=True),
    copied=st.sampled_from([None, 2, 40]),
    gapped=st.sampled_from([7, 400]),
    copy_hours=st.integers(0, 30),
    limit=st.integers(1, 60),
    scenario=st.sampled_from(["region_loss", "key_loss", "account_loss"]),
    replicate=st.booleans(),
)
def test_a_further_copy_never_loses_more_and_each_way_is_that_of_its_copies_alone(
    expressions, copied, gapped, copy_hours, limit, scenario, replicate
):
    """The bound with both is the better of: all ordinary copies; and each rule's air-gapped copy for its own."""
    copy = Copy(copied * DAY) if copied else None
    rules = [
        replace(HALF_DAILY, name=f"rule-{number}", schedule=cron(each), copy=copy, delete_after=(90 - number) * DAY)
        for number, each in enumerate(expressions)
    ]
    further = [replace(rule, air_gapped=gapped * DAY) for rule in rules]
    alone = [replace(rule, copy=None) for rule in further]
    more = [*further, *([REPLICATED] if replicate else [])]
    settled = {
        "scenario": scenario,
        "limit": limit * DAY,
        "copy_time": assumed(copy_hours * HOUR),
        "horizon": TWO_YEARS,
    }

    without, with_it, only_gapped, everything = (rpo(*each, **settled) for each in (rules, further, alone, more))
    bounds = [proof.bound for proof in (without, only_gapped) if proof.bound is not None]

    assert with_it.bound == min(bounds, default=None)
    assert order(everything.verdict) <= order(with_it.verdict) <= order(without.verdict)
    assert with_it.verdict is not Verdict.PROVED


def order(verdict):
    return list(Verdict).index(verdict)


@pytest.mark.parametrize(
    ("air_gapped", "refuted"),
    [(30 * DAY, []), (29 * DAY, ["air-gapped-replica"]), (6 * DAY, ["air-gapped-retention", "air-gapped-replica"])],
)
def test_an_air_gapped_copy_is_held_against_its_vault_and_its_source(air_gapped, refuted):
    proofs = prove_locks(declared(replace(HALF_DAILY, air_gapped=air_gapped)))

    found = [each.id.split(".")[-1] for each in proofs if each.verdict is Verdict.REFUTED]
    assert found == refuted


def test_the_key_of_what_is_replicated_is_held_against_how_long_it_is_kept():
    def key(**changes):
        return [each for each in prove_keys(declared(REPLICATED, **changes)) if each.id == "key.copies"]

    (found,) = key()
    assert (found.verdict, found.bound) == (Verdict.PROVED, 14 * DAY)
    assert key(named=False) == []
    recovery = replace(declared().recovery_key, guarded=False, deletion_window=timedelta(days=7))
    assert key(recovery_key=recovery)[0].verdict is Verdict.REFUTED
