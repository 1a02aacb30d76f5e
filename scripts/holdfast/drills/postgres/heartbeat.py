"""The newest heartbeat a restored server has: how much a disaster would have cost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from holdfast.drills.checks import Check, CheckKind, failed, skipped

if TYPE_CHECKING:
    import psycopg


def newest_beat(connection: psycopg.Connection[tuple[Any, ...]], table: str, column: str) -> datetime | Check:
    """The newest committed heartbeat; a check that says why there is none."""
    from psycopg import Error, sql

    query = sql.SQL("select max({}) from {}").format(sql.Identifier(column), sql.Identifier(*table.split(".")))
    try:
        row = connection.execute(query).fetchone()
    except Error as error:
        return failed("heartbeat", CheckKind.INTEGRITY, f"{table} cannot be read: {type(error).__name__}")
    if row is None or row[0] is None:
        return skipped("heartbeat", CheckKind.INTEGRITY, f"{table} is empty", essential=True)
    if not isinstance(row[0], datetime) or row[0].tzinfo is None:
        return failed("heartbeat", CheckKind.INTEGRITY, f"{table}.{column} is not of type timestamptz")
    return row[0].astimezone(UTC)
