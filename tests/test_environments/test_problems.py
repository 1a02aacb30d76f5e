"""Values that are not allowed: file and line, field, value, what is allowed, what to do; all of them at once."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("deviation", "message", "hint"),
    [
        (
            "lokc: {}\n",
            "prod.yaml:3: lokc: there is no such setting (got 'lokc'; allowed: extends, abstract, environment",
            "did you mean lock?",
        ),
        (
            "lock:\n  minimun: 7d\n",
            "prod.yaml:4: lock.minimun: there is no such setting (got 'minimun'; allowed: mode",
            "did you mean minimum?",
        ),
        (
            "lock: {mode: GOVERNENCE}\n",
            "prod.yaml:3: lock.mode: is not one of those allowed (got 'GOVERNENCE'; allowed: COMPLIANCE, GOVERNANCE",
            "did you mean GOVERNANCE?",
        ),
        (
            "accounts: {workload: 111111111111}\n",
            "accounts.workload: is not text (got 111111111111; allowed: Account that runs",
            "write it in quotes",
        ),
        ('accounts: {workload: "12"}\n', "accounts.workload: is not written as it has to be (got '12'", ""),
        (
            "sandbox: 1\n",
            "sandbox: is not true or false (got 1; allowed: true or false",
            "write true or false, without quotes",
        ),
        ("lock: {minimum: 7 days}\n", "lock.minimum: a duration is a whole positive number", ""),
        ("lock: {minimum: 0d}\n", "lock.minimum: a duration is a whole positive number", ""),
        ("lock: {minimum: 7}\n", "lock.minimum: a duration is a whole positive number", ""),
        ("lock: {minimum: 9999999y}\n", "lock.minimum: this duration is longer than can be counted", ""),
        ("tls_minimum: 1.2\n", "tls_minimum: is not text (got 1.2", "write it in quotes"),
        ('tls_minimum: "1.1"\n', "tls_minimum: is not written as it has to be (got '1.1'", ""),
        ("regions: {primary: useast1}\n", "regions.primary: is not written as it has to be (got 'useast1'", ""),
        ("organization: Acme Corp\n", "organization: is not written as it has to be", ""),
        (
            "tiers: {critical: {rpo: {coruption: 5m}}}\n",
            "tiers.critical.rpo.coruption: this name is not allowed (got 'coruption'; allowed: corruption, region_loss",
            "did you mean corruption?",
        ),
        (
            "tiers:\n  Bad Tier: {rules: [{name: daily, continuous: true, delete_after: 30d}]}\n",
            "prod.yaml:4: tiers.Bad Tier: this name is not allowed (got 'Bad Tier'; allowed: 2 to 40 of a-z",
            "",
        ),
        (
            "tiers: {other: {rules: []}}\n",
            "tiers.other.rules: is empty (got a list; allowed: a list of one or more",
            "",
        ),
        ("tiers: {other: {}}\n", "tiers.other.rules: is missing (got nothing", "add it: "),
        (
            "datasets:\n  - {name: orders, kind: rdss}\n",
            "prod.yaml:4: datasets.orders.kind: is not one of those allowed (got 'rdss'; allowed: s3, files, rds",
            "did you mean rds?",
        ),
        ("datasets: [7]\n", "datasets.2: is not a mapping (got 7; allowed: a mapping with name, kind, tier", ""),
        (
            "datasets: [{name: orders, tenants: prefix}]\n",
            "datasets.orders.tenants: is not a mapping (got 'prefix'; allowed: a mapping with by",
            "",
        ),
        (
            "datasets: [{name: orders, select: {arns: arn}}]\n",
            "datasets.orders.select.arns: is not a list (got 'arn'; allowed: a list",
            "",
        ),
        ("tags: [a]\n", "tags: is not a mapping (got a list; allowed: a mapping of names to values", ""),
        ("tags: {cost-centre: 7}\n", "tags.cost-centre: is not text (got 7", "write it in quotes"),
        ('tags: {"a.b": 7}\n', 'tags."a.b": is not text (got 7', "write it in quotes"),
        (
            "exclusions: [{dataset: search-index, reason: old}]\n",
            "exclusions.search-index.reason: is too short (got 'old'; allowed: Why losing it is acceptable, 10 char",
            "",
        ),
        (
            "exclusions: [{dataset: search-index, until: 2027-02-31}]\n",
            "exclusions.search-index.until: there is no such day in the calendar (got '2027-02-31'",
            "",
        ),
        (
            "exclusions: [{dataset: search-index, until: 7}]\n",
            "exclusions.search-index.until: a day is written as year-month-day",
            "",
        ),
        (
            "exclusions: [{dataset: search-index, until: 2027-03-31T00:00:00Z}]\n",
            "exclusions.search-index.until: a day is written as year-month-day",
            "",
        ),
        (
            "tiers: {critical: {rules: [{name: daily, schedule: daily}]}}\n",
            "tiers.critical.rules.daily.schedule: is not written as it has to be (got 'daily'",
            "",
        ),
        ("<<: {sandbox: true}\n", "<<: there is no such setting", ""),
    ],
)
def test_a_value_that_is_not_allowed_is_told_in_full(folder, deviation, message, hint):
    error = folder.refused(deviation)

    assert message in error.message
    assert error.message.startswith(f"{folder.path / 'prod.yaml'}:")
    assert hint in error.hint
    assert "  also" not in error.message, "one mistake is one problem"


def test_a_problem_is_where_the_value_was_written_not_where_the_environment_is(folder):
    whole = (folder.path / "whole.yaml").read_text()
    folder.write("whole", whole.replace("{corruption: 1h}", "{corruption: soon}"))

    error = folder.refused("tags: {}\n")

    assert error.source.path.name == "whole.yaml"
    assert error.source.line == whole.splitlines().index("    rto: {corruption: 1h}") + 1


def test_all_problems_are_told_at_once_the_first_as_headline(folder):
    error = folder.refused("sandbox: 1\nlokc: {}\nregions: {primary: x}\n")

    assert [problem.field for problem in error.problems] == ["sandbox", "lokc", "regions.primary"]
    assert [problem.source.line for problem in error.problems] == [3, 4, 5]
    headline, *others = error.message.splitlines()
    assert "sandbox" in headline
    assert [line.split(":")[0].strip() for line in others] == [f"also {folder.path / 'prod.yaml'}"] * 2
    assert "did you mean lock?" in others[0]


def test_a_page_of_problems_is_cut_short_and_counted(folder):
    error = folder.refused("".join(f"nonsense{n}: 1\n" for n in range(50)))

    assert len(error.problems) == 50
    assert error.message.splitlines()[-1] == "  and 30 more"


def test_the_document_of_the_error_has_every_problem(folder):
    document = folder.refused("sandbox: 1\nlokc: {}\n").document()

    assert document["schema"] == "holdfast.error/1"
    assert document["error"] == "invalid-environment"
    assert document["line"] == 3
    assert [(each["field"], each["line"]) for each in document["problems"]] == [("sandbox", 3), ("lokc", 4)]
    assert document["problems"][1]["hint"] == "did you mean lock?"


def test_a_long_value_is_shortened(folder):
    error = folder.refused(f"organization: {'x' * 5000}\n")

    assert len(error.message) < 1000


def test_problems_of_single_values_and_between_values_are_not_mixed(folder):
    error = folder.refused("sandbox: 1\nregions: {recovery: us-east-1}\n")

    assert [problem.field for problem in error.problems] == ["sandbox"]
