"""The limits of backup rules."""

from __future__ import annotations

import pytest

DAILY = "tiers: {critical: {rules: [{name: daily, %s}]}}\n"
CONTINUOUS = "tiers: {critical: {rules: [{name: continuous, %s}]}}\n"

BROKEN = [
    (DAILY % "schedule: null", "daily.schedule", "is missing"),
    (DAILY % 'schedule: "cron(0 2 * * *)"', "daily.schedule", "there are 5 fields"),
    (DAILY % 'schedule: "cron(0 25 * * ? *)"', "daily.schedule", "25"),
    (DAILY % 'schedule: "rate(0 hours)"', "daily.schedule", "rate"),
    (DAILY % "timezone: Europe/Berln", "daily.timezone", "is not a time zone (got 'Europe/Berln'"),
    (DAILY % "timezone: ../../etc/passwd", "daily.timezone", "is not a time zone"),
    (DAILY % "timezone: America", "daily.timezone", "is not a time zone"),
    (DAILY % "start_window: 59m", "daily.start_window", "is too short (got 59m; allowed: 1h"),
    (DAILY % "start_window: 3601s", "daily.start_window", "is not a whole number of minutes"),
    (DAILY % "completion_window: 119m", "daily.completion_window", "is too short (got 119m; allowed: 2h"),
    (DAILY % "start_window: 3h", "daily.completion_window", "is too short (got 3h; allowed: 4h"),
    (DAILY % "capture_every: 5m", "daily.capture_every", "belongs to continuous rules"),
    (DAILY % "delete_after: 6d", "daily.delete_after", "is too short (got 6d; allowed: 7d to 2555d)"),
    (DAILY % "delete_after: 8y", "daily.delete_after", "is too long (got 2920d; allowed: 7d to 2555d)"),
    (DAILY % "delete_after: 721h", "daily.delete_after", "is not a whole number of days"),
    (DAILY % "copy: {delete_after: 29d}", "daily.copy.delete_after", "is too short (got 29d; allowed: 30d to 2555d)"),
    (DAILY % "copy: {delete_after: 8y}", "daily.copy.delete_after", "is too long (got 2920d"),
    (
        DAILY % "cold_storage_after: 1d",
        "daily.cold_storage_after",
        "is never reached (got 1d; allowed: none with delete_after 30d",
    ),
    (
        DAILY % "copy: {delete_after: 120d, cold_storage_after: 31d}",
        "daily.copy.cold_storage_after",
        "is too long (got 31d; allowed: 1d to 30d)",
    ),
    (CONTINUOUS % "schedule: rate(1 hour)", "continuous.schedule", "a continuous rule has no schedule"),
    (
        CONTINUOUS % "delete_after: 36d",
        "continuous.delete_after",
        "is too long for continuous backup (got 36d; allowed: at most 35d)",
    ),
    (CONTINUOUS % "copy: {delete_after: 90d}", "continuous.copy", "a continuous rule is not copied"),
]


@pytest.mark.parametrize(("deviation", "field", "says"), BROKEN)
def test_a_rule_over_a_limit_is_refused(folder, deviation, field, says):
    error = folder.refused(deviation)

    assert [problem.field for problem in error.problems] == [f"tiers.critical.rules.{field}"]
    assert says in error.message
    assert error.hint


@pytest.mark.parametrize(
    "deviation",
    [
        DAILY % 'schedule: "rate(12 hours)"',
        DAILY % "timezone: Europe/Berlin",
        DAILY % "start_window: 60m, completion_window: 120m",
        DAILY % "delete_after: 7d",
        DAILY % "delete_after: 7y, copy: {delete_after: 7y}",
        DAILY % "copy: {delete_after: 30d}",
        DAILY % "copy: null",
        DAILY % "delete_after: 91d, copy: null, cold_storage_after: 1d",
        CONTINUOUS % "capture_every: 30s",
        CONTINUOUS % "delete_after: 7d",
    ],
)
def test_a_rule_at_a_limit_is_allowed(folder, deviation):
    assert folder.load_with(deviation).environment.tiers["critical"].rules


def test_a_continuous_rule_has_no_cold_storage(folder):
    error = folder.refused(CONTINUOUS % "cold_storage_after: 1d")

    assert "tiers.critical.rules.continuous.cold_storage_after" in [problem.field for problem in error.problems]


def test_rules_of_a_tier_have_different_names(folder):
    error = folder.refused(
        "tiers:\n  other:\n    rules:\n"
        "      - {name: daily, schedule: rate(1 day), delete_after: 7d}\n"
        "      - {name: daily, schedule: rate(2 days), delete_after: 7d}\n"
    )

    assert "prod.yaml:7: tiers.other.rules.daily.name: another rule of the tier has this name" in error.message


def test_a_misspelt_time_zone_is_answered_with_the_closest(folder):
    assert folder.refused(DAILY % "timezone: Europe/Berln").hint == "did you mean Europe/Berlin?"


def test_the_problem_of_a_rule_changed_from_two_files_is_on_the_line_at_fault(folder):
    error = folder.refused("lock:\n  minimum: 31d\n")

    assert error.source.path.name == "whole.yaml"
    assert [problem.field for problem in error.problems] == ["tiers.critical.rules.daily.delete_after"]
    assert error.source.line == 17
