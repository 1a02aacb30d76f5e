"""What the application asks of its own data: the checks an environment declares, one answer each."""

from __future__ import annotations

from holdfast.drills.checks import Check, CheckKind, failed, passed, skipped
from holdfast.environments.postgres import Postgres, SqlCheck
from holdfast.postgres.connection import connected, in_words


def application_checks(conninfo: str, settings: Postgres, password: str | None = None) -> tuple[Check, ...]:
    """Every declared check, each in a read-only transaction of its own; only counts come back, never data.

    Args:
        conninfo: where the server is, and as whom it is asked.
        settings: what is declared.
        password: where the server wants one.

    Raises:
        QueryFailed: the server does not let us in.
    """
    if not settings.checks:
        reason = "the environment declares no checks of this dataset (datasets.….postgres.checks)"
        return (skipped("application", CheckKind.APPLICATION, reason, essential=False),)
    return tuple(_check(conninfo, settings, each, password) for each in settings.checks)


def _check(conninfo: str, settings: Postgres, check: SqlCheck, password: str | None) -> Check:
    import psycopg

    name, expected = f"application-{check.name}", check.expectation
    with connected(conninfo, timeout=settings.statement_timeout, what=name, password=password) as connection:
        try:
            # Prepared, so that the server takes one statement and no more.
            rows = connection.execute(check.sql.encode(), prepare=True).fetchmany(2)
        except psycopg.Error as error:
            connection.rollback()
            said = type(error).__name__ if error.diag.sqlstate is None else f"SQLSTATE {error.diag.sqlstate}"
            reason = f"the query failed: {said}, {in_words(error).partition(':')[0]}"
            return failed(name, CheckKind.APPLICATION, reason, expected=expected)
    if len(rows) != 1 or len(rows[0]) != 1 or not isinstance(rows[0][0], int):
        reason = "the answer has to be one row with one integer or boolean"
        return failed(name, CheckKind.APPLICATION, reason, expected=expected)
    answer = int(rows[0][0])
    if not check.holds(answer):
        reason = f"expected {expected}, got {answer}"
        return failed(name, CheckKind.APPLICATION, reason, expected=expected, observed=str(answer))
    return passed(name, CheckKind.APPLICATION, expected=expected, observed=str(answer))
