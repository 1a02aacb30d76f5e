"""Whether a quarantine holds a row of anybody else: every table of it, read anew, and told by name and count.

It does not ask the query that took the rows: it lists what is there and judges each place and each name by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.tenant.taking import Table, Taking, tables_of
from holdfast.environments.tenants import Tenants, TenantsBy
from holdfast.postgres.connection import connected

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

_NAMED = 5
_SCHEMAS = "select nspname from pg_namespace where nspname <> 'information_schema' and nspname !~ '^pg_' order by 1"


def quarantine_checks(taking: Taking, *, constraints: str | None) -> Iterator[Check]:
    """Whether the quarantine holds all of the tenant and nothing else.

    Args:
        taking: the tenant and the restored server.
        constraints: the first key or reference that did not hold when the rows were taken.

    Raises:
        QueryFailed: the server cannot be asked.
    """
    own, others, unnamed = taking.count() if taking.is_there() else ({}, 0, {})
    with connected(taking.quarantine, timeout=taking.timeout, what="the quarantine") as connection:
        found = taking.quarantined(connection)
        leaks = tuple(_leaks(connection, taking.tenants, taking.tenant, others=others))
    yield _complete(own, found)
    yield from leaks
    if constraints:
        reason = f"what was taken does not stand by itself: {constraints}"
        yield failed("tenant-constraints", CheckKind.INTEGRITY, reason, expected="every key and reference holds")
    else:
        yield passed("tenant-constraints", CheckKind.INTEGRITY, expected="every key and reference holds")
    if unnamed:
        words = ", ".join(f"{count} of {name}" for name, count in sorted(unnamed.items())[:_NAMED])
        reason = f"rows that name no tenant, which no tenant's restore brings back: {words}"
        yield skipped("rows-of-nobody", CheckKind.COUNT, reason, essential=False)


def _complete(own: Mapping[str, int], found: Mapping[str, int]) -> Check:
    total, name = sum(own.values()), "tenant-complete"
    if not total:
        return skipped(name, CheckKind.COUNT, "the restored server holds no row of this tenant", essential=True)
    differ = [
        f"{table} has {found.get(table, 0)} rows, not {rows}"
        for table, rows in sorted(own.items())
        if found.get(table, 0) != rows
    ]
    return compare(
        name,
        CheckKind.COUNT,
        expected=f"{total} rows in {len(own)} tables, 0 tables other than restored",
        observed=f"{total} rows in {len(own)} tables, {len(differ)} tables other than restored",
        because="; ".join(differ[:_NAMED]),
    )


def _leaks(connection: Connection, tenants: Tenants, tenant: str, *, others: int) -> Iterator[Check]:
    """The leak check; `others` is how many rows of anybody else were restored beside the tenant's."""
    leaks = [leak for table in tables_of(connection) for leak in _in_table(connection, table, tenants, tenant)]
    rows = sum(count for _, count in leaks)
    words = "; ".join(f"{place} {count} rows" for place, count in leaks[:_NAMED])
    yield compare(
        "nothing-of-another-tenant",
        CheckKind.LEAK,
        expected=f"0 rows in 0 tables, of {others} rows of others",
        observed=f"{rows} rows in {len(leaks)} tables, of {others} rows of others",
        because=f"not the tenant's: {words}",
    )
    if tenants.by is TenantsBy.SCHEMA:
        allowed = {tenants.place(tenant), "public", *(name.partition(".")[0] for name in tenants.shared)}
        strange = sorted(str(name) for (name,) in connection.execute(_SCHEMAS) if name not in allowed)
        yield compare(
            "no-schema-of-another-tenant",
            CheckKind.LEAK,
            expected=0,
            observed=len(strange),
            because=f"schemas that are not the tenant's: {', '.join(strange[:_NAMED])}",
        )
    row = connection.execute("select count(*) from pg_largeobject_metadata").fetchone()
    yield compare("no-large-objects", CheckKind.LEAK, expected=0, observed=int(row[0]) if row else None)
    if not others:
        reason = "the restored server holds no row of anybody else, so there was nothing to be told apart from"
        yield skipped("other-tenants", CheckKind.LEAK, reason, essential=False)


def _in_table(connection: Connection, table: Table, tenants: Tenants, tenant: str) -> Iterator[tuple[str, int]]:
    """Where rows of a table are not the tenant's, and how many."""
    from psycopg import sql

    if table.full in tenants.shared:
        return
    name = sql.Identifier(table.schema, table.name)
    if tenants.by is TenantsBy.SCHEMA and table.schema != tenants.place(tenant):
        yield (
            f"table {table.full} is in another schema and holds",
            _count(connection, sql.SQL("select count(*) from {}").format(name)),
        )
        return
    if tenants.field is None or tenants.field not in table.columns:
        count = _count(connection, sql.SQL("select count(*) from {}").format(name))
        if tenants.by_field and count:
            yield f"table {table.full} has no column {tenants.field} and holds", count
        return
    field = sql.Identifier(tenants.field)
    query = sql.SQL("select {}::text, count(*) from {} group by 1").format(field, name)
    unnamed = other = 0
    for value, count in connection.execute(query):
        own = tenants.is_of(value, tenant) if tenants.by_field else value == tenant
        unnamed += count if value is None else 0
        other += count if value is not None and not own else 0
    if other:
        yield f"table {table.full} holds of other tenants", other
    if unnamed:
        yield f"table {table.full} holds without a tenant", unnamed


def _count(connection: Connection, query: Any) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
