"""One tenant's rows into quarantine, out of a server that all tenants share: none of anybody else is handed over."""

from __future__ import annotations

import secrets
from datetime import timedelta

import psycopg
import pytest
from postgres_ground import postgres_environment
from psycopg import sql
from tenants_ground import BY_COLUMN, BY_DATABASE, BY_SCHEMA, ROWS, fill_tenants

from holdfast.clock import SystemClock
from holdfast.drills.tenant.errors import TenantNotTaken
from holdfast.drills.tenant.row_leaks import quarantine_checks
from holdfast.drills.tenant.taking import QUARANTINE, Taking
from holdfast.environments.model import Tenants
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import conninfo_of
from holdfast.postgres.private_folder import folder_for, make_folder, remove_folder
from holdfast.postgres.server import Server
from holdfast.postgres.server_user import server_user

pytestmark = pytest.mark.postgres
DATABASE = "app"


@pytest.fixture(scope="session")
def server():
    """A real server with three tenants, one for each xdist worker."""
    user, owner = server_user(), f"tenants-{secrets.token_hex(6)}"
    folder = folder_for(owner, user)
    make_folder(folder, owner, user)
    server = Server(folder, find_binaries(), user)
    try:
        server.initialize()
        server.configure({"fsync": "off"})
        server.start(SystemClock(), seconds=120)
        server.run("createdb", "-h", str(server.socket), "-U", server.superuser, DATABASE)
        fill_tenants(server, DATABASE)
        yield server
    finally:
        server.stop(at_once=True)
        remove_folder(folder)


@pytest.fixture
def taking_of(server):
    """Makes what takes a tenant out of it; the quarantine is dropped afterwards."""

    def make(tenants, tenant="acme"):
        return Taking(server, Tenants(**tenants), tenant, DATABASE, timedelta(minutes=5))

    yield make
    execute(conninfo_of(server, DATABASE), f"drop database if exists {QUARANTINE} with (force)")


def execute(conninfo, *statements):
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def held(conninfo):
    """Rows by table, where there are any."""
    tables = "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    with psycopg.connect(conninfo) as connection:
        counted = {
            f"{schema}.{name}": connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(schema, name))
            ).fetchone()[0]
            for schema, name in connection.execute(tables).fetchall()
        }
    return {name: rows for name, rows in counted.items() if rows}


def checked(taking, constraints=None):
    return {check.id: check for check in quarantine_checks(taking, constraints=constraints)}


def failing(checks):
    return {name for name, check in checks.items() if check.outcome == "failed"}


IN_COLUMN = {"public.accounts": ROWS, "public.notes": ROWS, "public.countries": 3, "tenant_acme.accounts": ROWS}
IN_SCHEMA = {"tenant_acme.accounts": ROWS, "tenant_acme.notes": ROWS, "public.countries": 3}
IN_DATABASE = {"public.accounts": ROWS, "public.notes": ROWS}


@pytest.mark.parametrize(
    ("tenants", "holds"), [(BY_COLUMN, IN_COLUMN), (BY_SCHEMA, IN_SCHEMA), (BY_DATABASE, IN_DATABASE)]
)
def test_a_tenant_is_taken_alone_with_its_keys_and_references(taking_of, tenants, holds):
    taking = taking_of(tenants)

    taken = taking.take()

    assert taken.constraints is None
    assert held(taking.quarantine) == holds == {name: rows for name, rows in taken.rows.items() if rows}
    assert failing(checked(taking)) == set()
    with psycopg.connect(taking.quarantine) as connection:
        references = connection.execute("select count(*) from pg_constraint where contype = 'f'").fetchone()[0]
    assert references


def test_each_tenant_gets_its_own_and_a_name_that_begins_alike_is_another(taking_of):
    taking = taking_of(BY_COLUMN, "acme-2")
    taking.take()

    with psycopg.connect(taking.quarantine) as connection:
        named = connection.execute("select distinct tenant_id, name from accounts").fetchall()
    assert named == [("acme-2", "canary of acme-2")]


def test_a_pattern_takes_what_follows_the_tenants_name(taking_of):
    taking = taking_of({"by": "column", "field": "path", "pattern": "/{tenant}/*"})
    taking.take()

    assert held(taking.quarantine) == {"public.pages": ROWS}
    assert failing(checked(taking)) == set()


DAMAGES = {
    "another tenant's row": (
        BY_COLUMN,
        "insert into accounts (id, tenant_id, name, country) overriding system value values (999, 'bolt', 'x', 'at')",
        "nothing-of-another-tenant",
        "table public.accounts holds of other tenants 1 rows",
    ),
    "a row of a tenant whose name begins alike": (
        BY_COLUMN,
        "insert into accounts (id, tenant_id, name, country) overriding system value values (999, 'acme-2', 'x', 'at')",
        "nothing-of-another-tenant",
        "table public.accounts holds of other tenants 1 rows",
    ),
    "a row without a tenant": (
        BY_COLUMN,
        "update notes set tenant_id = null where id = (select min(id) from notes)",
        "nothing-of-another-tenant",
        "table public.notes holds without a tenant 1 rows",
    ),
    "rows nobody can tell whose": (
        BY_COLUMN,
        "create table loose as select n from generate_series(1, 5) as n",
        "nothing-of-another-tenant",
        "table public.loose has no column tenant_id and holds 5 rows",
    ),
    "another tenant's schema": (
        BY_SCHEMA,
        "create schema tenant_bolt create table accounts (id bigint)",
        "no-schema-of-another-tenant",
        "tenant_bolt",
    ),
    "rows in another tenant's schema": (
        BY_SCHEMA,
        "create schema tenant_bolt; create table tenant_bolt.accounts as select 1 as id",
        "nothing-of-another-tenant",
        "table tenant_bolt.accounts is in another schema and holds 1 rows",
    ),
    "another tenant's row in the tenant's schema": (
        BY_SCHEMA,
        "insert into tenant_acme.accounts values (99, 'bolt', 'x', 'at')",
        "nothing-of-another-tenant",
        "table tenant_acme.accounts holds of other tenants 1 rows",
    ),
    "another tenant's row in the tenant's database": (
        {**BY_DATABASE, "field": "tenant_id"},
        "insert into accounts values (99, 'bolt', 'x')",
        "nothing-of-another-tenant",
        "table public.accounts holds of other tenants 1 rows",
    ),
    "a large object": (BY_COLUMN, "select lo_from_bytea(0, 'x')", "no-large-objects", "expected 0, observed 1"),
    "a row of the tenant is missing": (
        BY_COLUMN,
        "delete from notes where id = (select min(id) from notes)",
        "tenant-complete",
        f"public.notes has {ROWS - 1} rows, not {ROWS}",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_the_tenants_fails_and_is_named_with_its_count(taking_of, damage):
    tenants, statement, id_, says = DAMAGES[damage]
    taking = taking_of(tenants)
    taking.take()
    execute(taking.quarantine, statement)

    checks = checked(taking)

    assert id_ in failing(checks)
    assert says in checks[id_].reason
    assert "'x'" not in checks[id_].reason


def test_a_tenant_whose_rows_need_a_table_that_is_not_shared_does_not_stand_by_itself(taking_of):
    taking = taking_of({**BY_COLUMN, "shared": []})

    taken = taking.take()

    assert "foreign key" in taken.constraints
    assert failing(checked(taking, taken.constraints)) == {"tenant-constraints"}


@pytest.mark.parametrize("tenants", [BY_COLUMN, BY_SCHEMA, BY_DATABASE])
def test_a_tenant_that_is_not_there_shows_nothing(taking_of, tenants):
    taking = taking_of({**tenants, "shared": []}, "nobody")
    taking.take()

    checks = checked(taking)

    assert checks["tenant-complete"].outcome == "skipped"
    assert checks["tenant-complete"].essential
    assert failing(checks) == set()


def test_rows_that_name_nobody_are_told(taking_of):
    taking = taking_of({"by": "column", "field": "path", "pattern": "/{tenant}/*"})
    taking.take()

    assert "1 of public.pages" in checked(taking)["rows-of-nobody"].reason


def test_a_database_that_cannot_be_read_is_an_error_in_words(taking_of, server):
    with pytest.raises(TenantNotTaken, match="acme"):
        Taking(server, Tenants(**BY_COLUMN), "acme", "no_such_database", timedelta(minutes=1)).take()


def test_the_environment_may_tell_tenants_of_a_database_apart():
    dataset = postgres_environment().dataset("ledger").model_copy(update={"tenants": Tenants(**BY_SCHEMA)})
    assert dataset.tenants.place("acme") == "tenant_acme"
