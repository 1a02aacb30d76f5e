"""What depends on today's date, what is a warning, and files that are only extended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from holdfast.environments.errors import UnknownEnvironment
from holdfast.environments.validating import LONGEST_EXCLUSION, validate_environment

TODAY = date(2026, 11, 22)
UNTIL = date(2027, 3, 31)


def validate(folder, name="whole", today=TODAY):
    return validate_environment(name, folder.path, today)


def test_a_good_environment_is_valid_without_warnings(folder):
    found = validate(folder)

    assert found.valid
    assert found.warnings == ()


def test_without_approvers_validation_says_that_every_restore_is_refused_and_what_to_do(folder):
    folder.write("prod", "extends: whole\nenvironment: prod\nrestore: null\n")
    folder.write("toy", "extends: prod\nenvironment: toy\nsandbox: true\n")

    (warning,) = validate(folder, "prod").warnings

    assert (warning.field, warning.problem) == (
        "restore.approvers",
        "nobody may approve, so every restore is refused",
    )
    assert "holdfast restore key" in warning.hint
    assert validate(folder, "toy").warnings == ()


@pytest.mark.parametrize("name", ["copy_time", "rds_replication_lag", "restore_time"])
def test_no_assumption_is_from_the_future(folder, name):
    folder.write("prod", f"extends: whole\nenvironment: prod\nassumptions: {{{name}: {{value: 1h, on: 2026-11-23}}}}\n")

    assert f"assumptions.{name}.on: is in the future" in validate(folder, "prod").error.message


def test_the_last_day_of_an_exclusion_still_counts(folder):
    found = validate(folder, today=UNTIL)

    assert found.valid
    assert [warning.problem for warning in found.warnings] == ["runs out soon"]


def test_an_exclusion_that_has_run_out_is_an_error(folder):
    found = validate(folder, today=UNTIL + timedelta(days=1))

    assert not found.valid
    assert (
        "whole.yaml:23: exclusions.search-index.until: the exclusion has run out (got 2027-03-31" in found.error.message
    )
    assert "decide again" in found.error.hint


def test_an_exclusion_that_has_run_out_keeps_nobody_from_loading(folder):
    folder.write(
        "prod", "extends: whole\nenvironment: prod\nexclusions: [{dataset: search-index, until: 2001-01-01}]\n"
    )

    assert folder.load("prod").environment.exclusions[0].until == date(2001, 1, 1)
    assert not validate(folder, "prod").valid


@pytest.mark.parametrize(("late", "valid"), [(timedelta(0), True), (timedelta(days=1), False)])
def test_an_exclusion_lasts_at_most_two_years(folder, late, valid):
    until = TODAY + LONGEST_EXCLUSION + late
    folder.write(
        "prod", f"extends: whole\nenvironment: prod\nexclusions: [{{dataset: search-index, until: {until}}}]\n"
    )

    assert validate(folder, "prod").valid is valid


def test_an_assumption_of_today_is_from_no_future(folder):
    folder.write("prod", "extends: whole\nenvironment: prod\nassumptions: {copy_time: {value: 1h, on: 2026-11-23}}\n")

    assert validate(folder, "prod", today=date(2026, 11, 23)).valid


@pytest.mark.parametrize(
    ("deviation", "field"),
    [
        ('accounts: {backup: "111111111111"}', "accounts.backup"),
        ("state: null", "state"),
        ("lock: {mode: GOVERNANCE}", "lock.mode"),
        ("keys: {rotation: 91d}", "keys.rotation"),
    ],
)
def test_what_deserves_a_second_thought_is_a_warning_outside_a_sandbox(folder, deviation, field):
    folder.write("prod", f"extends: whole\nenvironment: prod\n{deviation}\n")
    folder.write("toy", "extends: prod\nenvironment: toy\nsandbox: true\n")

    found = validate(folder, "prod")
    assert found.valid
    assert [warning.field for warning in found.warnings] == [field]
    assert all(warning.hint for warning in found.warnings)
    assert validate(folder, "toy").warnings == ()


def test_a_file_only_to_be_extended_may_be_incomplete(folder):
    folder.write("base", "abstract: true\nenvironment: base\nlock: {minimum: 7d}\n")

    found = validate(folder, "base")

    assert found.valid
    assert found.abstract


def test_a_file_only_to_be_extended_may_not_be_wrong(folder):
    folder.write("base", "abstract: true\nenvironment: other\nlock: {minimum: 7, maximun: 7y}\n")

    found = validate(folder, "base")

    assert [problem.field for problem in found.error.problems] == ["environment", "lock.minimum", "lock.maximun"]


def test_a_file_that_is_no_yaml_is_a_finding_not_a_crash(folder):
    folder.write("prod", "a: [")

    assert "this is not YAML" in validate(folder, "prod").error.message


def test_an_environment_that_is_not_there_cannot_be_validated(folder):
    with pytest.raises(UnknownEnvironment):
        validate(folder, "nowhere")
