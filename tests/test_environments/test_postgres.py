"""What a PostgreSQL dataset may say of its server, and each thing it may not, with its line."""

from __future__ import annotations

from datetime import timedelta

import pytest

SERVER = """\
datasets:
  - name: accounts
    kind: postgres
    tier: critical
    postgres:
      database: app
"""


def loaded(folder, *lines):
    text = SERVER + "".join(f"      {line}\n" for line in lines)
    return folder.load_with(text).environment.dataset("accounts").postgres


def test_everything_has_a_default(folder):
    made = loaded(folder)
    assert (made.server, made.superuser, made.archive_timeout) == ("main", "postgres", timedelta(seconds=30))
    assert (made.heartbeat.table, made.heartbeat.column) == ("public.holdfast_heartbeat", "beat_at")


def test_a_check_says_what_it_expects(folder):
    made = loaded(folder, "checks:", "  - {name: orders, sql: select 1, at_least: 1, at_most: 5}")
    (check,) = made.checks
    assert check.expectation == "at least 1 and at most 5"
    assert [check.holds(number) for number in (0, 1, 5, 6)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        (["checks: [{name: orders, sql: select 1}]"], 9, "expects nothing"),
        (["checks: [{name: orders, sql: select 1, equals: 1, at_least: 1}]"], 9, "is given beside a range"),
        (["checks: [{name: orders, sql: select 1, at_least: 5, at_most: 4}]"], 9, "is above at_most"),
        (
            ["checks:", "  - {name: orders, sql: select 1, equals: 1}", "  - {name: orders, sql: select 2, equals: 2}"],
            11,
            "another check has this name",
        ),
        (["checks: [{name: orders, sql: '', equals: 1}]"], 9, "checks.0.sql"),
        (["checks: [{name: orders, sql: select 1, equals: '1'}]"], 9, "checks.0.equals"),
        (["archive_timeout: 2h"], 9, "is too long"),
        (["heartbeat: {table: Heartbeat; drop}"], 9, "heartbeat.table"),
        (["superuser: 'po stgres'"], 9, "superuser"),
        (["may_shrink: [orders]"], 9, "may_shrink"),
        (["pasword: secret"], 9, "pasword"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_line(folder, lines, line, says):
    error = folder.refused(SERVER + "".join(f"      {each}\n" for each in lines))
    assert says in error.message
    assert error.source.line == line


def test_only_a_postgres_dataset_has_a_server(folder):
    error = folder.refused("datasets: [{name: exports, postgres: {database: app}}]\n")
    assert "a dataset of kind s3 has no server of this sort" in error.message


@pytest.mark.parametrize("line", ["server: own", "superuser: boss", "archive_timeout: 60s"])
def test_what_rds_decides_is_not_declared(folder, line):
    rds = SERVER.replace("kind: postgres", "kind: rds\n    select: {tags: {backup: accounts}}")
    error = folder.refused(f"{rds}      {line}\n")
    assert "is for RDS to say" in error.message
    assert error.source.line == 10
