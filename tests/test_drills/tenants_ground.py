"""An archive of a real server that holds three tenants in three ways: by column, by schema, and in databases."""

from __future__ import annotations

import psycopg
from applied_ground import Applied
from postgres_ground import DATASET, Ground, Recorded, kept, postgres_environment, switch

from holdfast.aws.endpoints import write_endpoints
from holdfast.clock import SystemClock
from holdfast.environments.model import Tenants
from holdfast.postgres.connection import conninfo_of
from holdfast.postgres.server import Server
from holdfast.sandbox.postgres.ending import stop_source
from holdfast.sandbox.postgres.source import start_source

TENANTS = ("acme", "acme-2", "bolt")
BY_COLUMN = {"by": "column", "field": "tenant_id", "shared": ["public.countries"]}
BY_SCHEMA = {"by": "schema", "pattern": "tenant_{tenant}", "field": "tenant_id", "shared": ["public.countries"]}
BY_DATABASE = {"by": "database", "pattern": "db_{tenant}"}
ROWS = 40
_SHARED = """
create table countries (code text primary key);
insert into countries values ('at'), ('de'), ('es');
create type mood as enum ('good', 'bad');
create table accounts (
    id bigint generated always as identity primary key, tenant_id text, name text not null,
    country text not null references countries, shout text generated always as (upper(name)) stored);
create table pages (path text, n bigint);
insert into pages (n) values (0);
create table notes (id bigint primary key, tenant_id text, account bigint references accounts, how mood not null);
"""
_ROWS = """
insert into accounts (tenant_id, name, country) select %(tenant)s, 'canary of ' || %(tenant)s, 'at'
from generate_series(1, %(rows)s);
insert into pages select '/' || %(tenant)s || '/' || n, n from generate_series(1, %(rows)s) as n;
insert into notes select id, tenant_id, id, 'good' from accounts where tenant_id = %(tenant)s;
"""
_OWN = """
create table {place}accounts (id bigint primary key, tenant_id text not null, name text not null{reference});
insert into {place}accounts select n, '{tenant}', 'canary'{country} from generate_series(1, {rows}) as n;
create table {place}notes (id bigint primary key, account bigint references {place}accounts);
insert into {place}notes select n, n from generate_series(1, {rows}) as n;
"""


def fill_tenants(server: Server, database: str) -> None:
    """Three tenants in one database, by column and by schema, and each in a database of its own."""
    with psycopg.connect(conninfo_of(server, database), autocommit=True) as connection:
        connection.execute(_SHARED)
        for tenant in TENANTS:
            psycopg.ClientCursor(connection).execute(_ROWS, {"tenant": tenant, "rows": ROWS})
            connection.execute(f'create schema "tenant_{tenant}"')
            reference = ", country text references public.countries"
            own = _OWN.format(
                place=f'"tenant_{tenant}".', tenant=tenant, rows=ROWS, reference=reference, country=", 'at'"
            )
            connection.execute(own)
            connection.execute(f'create database "db_{tenant}"')
    for tenant in TENANTS:
        with psycopg.connect(conninfo_of(server, f"db_{tenant}"), autocommit=True) as connection:
            connection.execute(_OWN.format(place="", tenant=tenant, rows=ROWS, reference="", country=""))


def record_tenants(emulator, folder) -> Recorded:
    """Run a source server with three tenants and keep its archive."""
    applied = Applied(postgres_environment(), emulator, folder).apply()
    write_endpoints(applied.home, emulator)
    clock = SystemClock()
    try:
        source, _ = start_source(applied.sessions, DATASET, applied.home, clock)
        fill_tenants(source.server, "app")
        backup = source.base_backup(applied.sessions).backup.id
        switch(source, applied)
        return Recorded(backup, kept(applied), {}, {}, clock.now())
    finally:
        stop_source(applied.environment.environment, DATASET, applied.home, clock)


def ground_with(tenants, recorded, emulator, folder, region) -> Ground:
    """An environment of its own whose database tells tenants apart as declared, with that archive."""
    environment = postgres_environment(checks=[])
    datasets = tuple(each.model_copy(update={"tenants": Tenants(**tenants)}) for each in environment.datasets)
    ground = Ground(environment.model_copy(update={"datasets": datasets}), emulator, folder).apply()
    return ground.put(recorded.simple, region)
