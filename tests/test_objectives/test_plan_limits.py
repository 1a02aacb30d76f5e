"""What AWS Backup refuses in a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from declaring import CONTINUOUS, HALF_DAILY, HOUR, MINUTE, NOW, cron, declaration

from holdfast.objectives.horizon import horizon_from
from holdfast.objectives.plan_limits import prove_plan_limits, shortest_interval
from holdfast.objectives.proof import Verdict

HORIZON = horizon_from(NOW.date())


def verdict(rule, kind="rds"):
    (proof,) = prove_plan_limits(declaration(rule, kind=kind), HORIZON)
    return proof.verdict


@pytest.mark.parametrize(
    "changes",
    [
        {"start_window": 59 * MINUTE},
        {"start_window": 2 * HOUR, "completion_window": 3 * HOUR - MINUTE},
        {"schedule": cron("cron(0/30 * * * ? *)")},
        {"schedule": cron("cron(0,59 2 * * ? *)")},
        {"schedule": cron("cron(30 0,23 * * ? *)", "Europe/Berlin"), "start_window": timedelta()},
        {"schedule": cron("rate(1 day)")},
    ],
)
def test_what_aws_backup_refuses_is_refuted(changes):
    assert verdict(replace(HALF_DAILY, **changes)) is Verdict.REFUTED


@pytest.mark.parametrize(
    "changes",
    [
        {"start_window": HOUR, "completion_window": 2 * HOUR},
        {"schedule": cron("cron(0 * * * ? *)")},
        {"schedule": cron("cron(0 * * * ? *)", "America/New_York")},
        {"schedule": cron("cron(59 23,0 1 * ? *)")},
    ],
)
def test_what_aws_backup_takes_is_proved(changes):
    assert verdict(replace(HALF_DAILY, **changes)) is Verdict.PROVED


@pytest.mark.parametrize("kind", ["files", "s3", "configuration", "postgres"])
def test_what_aws_backup_does_not_run_has_no_limits(kind):
    rule = replace(HALF_DAILY, schedule=cron("rate(5 minutes)"))

    assert not list(prove_plan_limits(declaration(rule, kind=kind), HORIZON))


def test_a_continuous_rule_has_no_schedule_to_check():
    assert not list(prove_plan_limits(declaration(CONTINUOUS), HORIZON))


@pytest.mark.parametrize(
    ("expression", "interval"),
    [
        ("cron(0 2 * * ? *)", 24 * HOUR),
        ("cron(30 0,23 * * ? *)", HOUR),
        ("cron(30 0,23 ? * MON *)", 23 * HOUR),
        ("cron(0 1,5,6 ? * SAT-SUN *)", HOUR),
    ],
)
def test_the_shortest_interval_reaches_over_midnight(expression, interval):
    assert shortest_interval(cron(expression), HORIZON) == interval
