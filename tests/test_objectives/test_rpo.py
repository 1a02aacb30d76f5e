"""Recovery point objectives: which recovery points survive which disaster, and how old the newest is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from declaring import CONTINUOUS, DAY, HALF_DAILY, HOUR, MINUTE, NOW, cron, declaration, measured, only

from holdfast.objectives.declaration import Copy
from holdfast.objectives.exposure import Exposure
from holdfast.objectives.horizon import horizon_from
from holdfast.objectives.proof import Scenario, Verdict
from holdfast.objectives.rpo import prove_rpo

HORIZON = horizon_from(NOW.date())
LOSSES = ["region_loss", "key_loss", "account_loss"]


def rpo(scenario, *rules, limit=DAY, **changes):
    return only(
        prove_rpo(Exposure(declaration(*rules, rpo={scenario: limit}, **changes), HORIZON)), f"rpo.orders.{scenario}"
    )


def test_a_schedule_within_its_objective_is_proved():
    proof = rpo("corruption", limit=16 * HOUR)

    assert (proof.verdict, proof.bound, proof.witness) == (Verdict.PROVED, 16 * HOUR, None)


def test_a_minute_too_long_is_refuted_with_the_interval():
    proof = rpo("corruption", limit=16 * HOUR - MINUTE)

    assert proof.verdict is Verdict.REFUTED
    assert proof.witness.end - proof.witness.start == 16 * HOUR
    assert proof.witness.start >= NOW
    assert "1 min too long" in proof.because


def test_a_daily_backup_does_not_meet_24_hours():
    proof = rpo("corruption", replace(HALF_DAILY, schedule=cron("cron(0 2 * * ? *)")))

    assert (proof.verdict, proof.bound) == (Verdict.REFUTED, 28 * HOUR)


def test_the_interval_is_shown_in_the_zone_of_the_schedule():
    schedule = cron("cron(30 2 * * ? *)", "Europe/Berlin")
    proof = rpo("corruption", replace(HALF_DAILY, schedule=schedule), limit=30 * HOUR)

    assert proof.witness.timezone == "Europe/Berlin"
    assert proof.document()["witness"] == {"from": "2027-03-27T01:30:00Z", "to": "2027-03-29T04:30:00Z"}


@pytest.mark.parametrize("scenario", LOSSES)
def test_other_losses_rest_on_the_assumed_copy_time(scenario):
    proof = rpo(scenario)

    assert (proof.verdict, proof.bound) == (Verdict.CONDITIONAL, 17 * HOUR)
    assert "copy time 1 h (default)" in proof.because


def test_a_copy_time_measured_of_late_is_not_an_assumption():
    copy_times = {("orders", None): measured(30 * MINUTE)}
    proof = rpo("region_loss", copy_times=copy_times)

    assert (proof.verdict, proof.bound) == (Verdict.PROVED, 16 * HOUR + 30 * MINUTE)


@pytest.mark.parametrize("on", [date(2026, 8, 1), date(2027, 1, 1), None])
def test_a_copy_time_measured_too_long_ago_or_in_the_future_is_one(on):
    assert rpo("region_loss", copy_times={("orders", None): measured(HOUR, on)}).verdict is Verdict.CONDITIONAL


def test_a_measurement_of_the_scenario_goes_before_one_of_all():
    copy_times = {("orders", None): measured(HOUR), ("orders", Scenario.REGION_LOSS): measured(3 * HOUR)}

    assert rpo("region_loss", copy_times=copy_times).bound == 19 * HOUR
    assert rpo("key_loss", copy_times=copy_times).bound == 17 * HOUR


@pytest.mark.parametrize("scenario", LOSSES)
def test_without_a_copy_nothing_is_left(scenario):
    proof = rpo(scenario, replace(HALF_DAILY, copy=None), limit=3650 * DAY)

    assert (proof.verdict, proof.bound, proof.witness) == (Verdict.REFUTED, None, None)
    assert "no rule copies" in proof.because


def test_copies_in_the_account_that_is_lost_do_not_count():
    proof = rpo("account_loss", own_backup_account=False)

    assert proof.verdict is Verdict.REFUTED
    assert "account of its own" in proof.because or "id of its own" in proof.because
    assert rpo("region_loss", own_backup_account=False).verdict is Verdict.CONDITIONAL


@pytest.mark.parametrize("kind", ["rds", "aurora", "dynamodb"])
def test_continuous_backup_is_as_old_as_its_service_publishes(kind):
    proof = rpo("corruption", CONTINUOUS, kind=kind, limit=5 * MINUTE)

    assert (proof.verdict, proof.bound) == (Verdict.PROVED, 5 * MINUTE)
    assert rpo("corruption", CONTINUOUS, kind=kind, limit=4 * MINUTE).verdict is Verdict.REFUTED


def test_continuous_s3_backup_has_no_published_figure():
    assert rpo("corruption", CONTINUOUS, kind="s3", limit=15 * MINUTE).verdict is Verdict.CONDITIONAL


@pytest.mark.parametrize("kind", ["ebs", "ec2", "efs", "files", "configuration"])
def test_kinds_without_continuous_backup_get_nothing_from_it(kind):
    proof = rpo("corruption", CONTINUOUS, kind=kind)

    assert proof.verdict is Verdict.REFUTED
    assert "has no continuous backup" in proof.because


def test_continuous_backup_is_lost_with_its_region():
    assert rpo("region_loss", CONTINUOUS).verdict is Verdict.REFUTED


def test_a_copied_continuous_backup_is_a_snapshot_at_the_default_time():
    """Every day at 5:00, 1 h to start, 3 h to complete, 1 h to copy."""
    proof = rpo("region_loss", replace(CONTINUOUS, copy=Copy(35 * DAY)), limit=2 * DAY)

    assert proof.bound == 29 * HOUR


def test_scheduled_backups_help_where_continuous_ones_do_not():
    proof = rpo("region_loss", CONTINUOUS, HALF_DAILY)

    assert (proof.verdict, proof.bound) == (Verdict.CONDITIONAL, 17 * HOUR)
    assert rpo("corruption", CONTINUOUS, HALF_DAILY).bound == 5 * MINUTE


@pytest.mark.parametrize("kind", ["files", "s3", "configuration"])
@pytest.mark.parametrize("scenario", LOSSES)
def test_what_is_pushed_is_in_both_regions_at_once(kind, scenario):
    proof = rpo(scenario, kind=kind, limit=16 * HOUR)

    assert (proof.verdict, proof.bound) == (Verdict.PROVED, 16 * HOUR)


def test_what_is_pushed_without_a_copy_is_lost_with_the_region():
    assert rpo("region_loss", replace(HALF_DAILY, copy=None), kind="files").verdict is Verdict.REFUTED


def test_a_push_may_follow_a_rate():
    rate = replace(HALF_DAILY, schedule=cron("rate(1 hour)"))

    assert rpo("region_loss", rate, kind="files", limit=5 * HOUR).verdict is Verdict.PROVED
    refuted = rpo("region_loss", rate, kind="files", limit=4 * HOUR)
    assert refuted.witness.end - refuted.witness.start == 5 * HOUR


def test_pushed_rules_do_not_drop_each_other():
    long = replace(HALF_DAILY, name="long", delete_after=90 * DAY, copy=None, start_window=10 * HOUR)

    assert rpo("region_loss", HALF_DAILY, long, kind="files").bound == 16 * HOUR
    assert rpo("region_loss", HALF_DAILY, long, kind="rds").verdict is Verdict.REFUTED


def test_a_change_log_is_as_old_as_its_interval():
    proof = rpo("corruption", replace(CONTINUOUS, capture_every=MINUTE), kind="postgres", limit=MINUTE)

    assert (proof.verdict, proof.bound) == (Verdict.CONDITIONAL, MINUTE)
    assert "1 min (declared)" in proof.because


def test_a_change_log_survives_a_region_only_where_it_is_replicated():
    log = replace(CONTINUOUS, capture_every=MINUTE)

    assert rpo("region_loss", log, kind="postgres", streams_replicated=True).bound == 16 * MINUTE
    assert rpo("region_loss", log, kind="postgres").verdict is Verdict.REFUTED


def test_copies_deleted_too_soon_leave_nothing():
    weekly = replace(HALF_DAILY, schedule=cron("cron(0 2 ? * SUN *)"), copy=Copy(3 * DAY))
    proof = rpo("region_loss", weekly, limit=30 * DAY)

    assert (proof.verdict, proof.bound) == (Verdict.REFUTED, None)
    assert "deleted before" in proof.because
    assert proof.witness.end - proof.witness.start == 7 * DAY + 5 * HOUR


def test_a_schedule_that_ends_is_refuted_from_its_last_run():
    ends = replace(HALF_DAILY, schedule=cron("cron(0 2 * * ? 2026-2027)"), delete_after=36_500 * DAY)
    proof = rpo("corruption", ends, limit=2 * DAY)

    assert proof.verdict is Verdict.REFUTED
    assert proof.document()["witness"] == {"from": "2027-12-31T02:00:00Z", "to": "2058-01-01T00:00:00Z"}


def test_a_schedule_that_never_runs_is_refuted():
    proof = rpo("corruption", replace(HALF_DAILY, schedule=cron("cron(0 2 30 2 ? *)")), limit=timedelta(days=36_500))

    assert (proof.verdict, proof.bound, proof.witness) == (Verdict.REFUTED, None, None)
