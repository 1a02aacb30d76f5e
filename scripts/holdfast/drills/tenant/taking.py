"""Taking one tenant's rows out of a restored server into a database of their own: tables as they are, rows by owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from holdfast.drills.tenant.errors import TenantNotTaken
from holdfast.environments.tenants import Tenants, TenantsBy
from holdfast.postgres.connection import connected, conninfo_of
from holdfast.postgres.errors import PostgresFailed, QueryFailed
from holdfast.postgres.server import Server

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

    Connection = psycopg.Connection[tuple[Any, ...]]

QUARANTINE = "holdfast_quarantine"
_PLACES = {
    TenantsBy.SCHEMA: "select 1 from pg_namespace where nspname = %s",
    TenantsBy.DATABASE: "select 1 from pg_database where datname = %s",
}
_MOST_SECONDS = 6 * 3600.0
_PIECE_TIMEOUT = timedelta(hours=6)
_TABLES = """
select n.nspname, c.relname, array_agg(a.attname order by a.attnum),
    array_agg(a.attname order by a.attnum) filter (where a.attgenerated = '')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
group by 1, 2 order by 1, 2
"""


@dataclass(frozen=True)
class Table:
    """A table, its columns, and those that are copied: generated ones are not."""

    schema: str
    name: str
    columns: tuple[str, ...]
    copied: tuple[str, ...]

    @property
    def full(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Taken:
    """What was taken.

    Args:
        rows: by table.
        constraints: the first key or reference that does not hold, in the server's words; None when all do.
    """

    rows: Mapping[str, int]
    constraints: str | None


@dataclass(frozen=True)
class Taking:
    """One tenant of a restored server.

    Args:
        server: the scratch server; it runs.
        tenants: how tenants are told apart.
        tenant: which.
        database: the dataset's database.
        timeout: what one statement of a check may take.
    """

    server: Server
    tenants: Tenants
    tenant: str
    database: str
    timeout: timedelta

    @property
    def source(self) -> str:
        """How to connect to the database the tenant's rows are in."""
        return conninfo_of(self.server, self._database)

    @property
    def quarantine(self) -> str:
        """How to connect to the quarantine."""
        return conninfo_of(self.server, QUARANTINE)

    @property
    def _database(self) -> str:
        return self.tenants.place(self.tenant) if self.tenants.by is TenantsBy.DATABASE else self.database

    def is_there(self) -> bool:
        """Whether the tenant's schema or database was restored; true where rows alone tell tenants apart."""
        query = _PLACES.get(self.tenants.by)
        if query is None:
            return True
        main = conninfo_of(self.server, self.database)
        with connected(main, timeout=self.timeout, what="whether the tenant is there") as connection:
            return connection.execute(query.encode(), (self.tenants.place(self.tenant),)).fetchone() is not None

    def take(self) -> Taken:
        """Make the quarantine: the tables, the tenant's rows, then keys and references.

        Raises:
            TenantNotTaken: the tables cannot be made, or the rows not copied.
        """
        try:
            self._run("createdb", "--template=template0", QUARANTINE)
            if not self.is_there():
                return Taken({}, None)
            with connected(self.source, timeout=self.timeout, what="which tables there are") as connection:
                tables = [each for each in tables_of(connection) if self._is_taken(each)]
            self._shape("pre-data", tables)
            rows = self._copy(tables)
        except (PostgresFailed, QueryFailed) as error:
            raise TenantNotTaken(tenant=self.tenant, problem=error.values["problem"]) from error
        try:
            self._shape("post-data", tables)
        except PostgresFailed as error:
            return Taken(rows, str(error.values["problem"]).partition("DETAIL")[0])
        return Taken(rows, None)

    def count(self) -> tuple[dict[str, int], int, dict[str, int]]:
        """In the restored database: the tenant's rows by table, how many others there are, and nobody's by table.

        Raises:
            QueryFailed: it cannot be asked.
        """
        own: dict[str, int] = {}
        unnamed: dict[str, int] = {}
        others = 0
        with connected(self.source, timeout=self.timeout, what="whose rows there are") as connection:
            for table in tables_of(connection):
                mine = self._rows(connection, table, self._mine(table)) if self._is_taken(table) else 0
                if mine:
                    own[table.full] = mine
                if table.full not in self.tenants.shared:
                    others += self._rows(connection, table) - mine
                if nobody := self._nobodys(connection, table):
                    unnamed[table.full] = nobody
        return own, others, unnamed

    def quarantined(self, connection: Connection) -> dict[str, int]:
        """In quarantine: all rows by table."""
        return {each.full: self._rows(connection, each) for each in tables_of(connection)}

    def _is_taken(self, table: Table) -> bool:
        """Whether rows of a table may be the tenant's."""
        if table.full in self.tenants.shared or self.tenants.by is TenantsBy.DATABASE:
            return True
        if self.tenants.by is TenantsBy.SCHEMA:
            return table.schema == self.tenants.place(self.tenant)
        return self.tenants.field in table.columns

    def _mine(self, table: Table) -> sql.Composable:
        """The condition a row of a table fulfils when it is the tenant's."""
        from psycopg import sql

        if table.full in self.tenants.shared or not self.tenants.by_field:
            return sql.SQL("true")
        compared = "starts_with({}::text, {})" if self.tenants.pattern.endswith("*") else "{}::text = {}"
        place = sql.Literal(self.tenants.place(self.tenant))
        return sql.SQL(compared).format(sql.Identifier(str(self.tenants.field)), place)

    def _rows(self, connection: Connection, table: Table, where: sql.Composable | None = None) -> int:
        from psycopg import sql

        query = sql.SQL("select count(*) from {} where {}")
        row = connection.execute(
            query.format(sql.Identifier(table.schema, table.name), where or sql.SQL("true"))
        ).fetchone()
        return int(row[0]) if row else 0

    def _nobodys(self, connection: Connection, table: Table) -> int:
        """Rows of a table that should name a tenant and name none."""
        from psycopg import sql

        if not self.tenants.by_field or self.tenants.field not in table.columns:
            return 0
        return self._rows(connection, table, sql.SQL("{} is null").format(sql.Identifier(self.tenants.field)))

    def _copy(self, tables: list[Table]) -> dict[str, int]:
        """Row by row through this process; nothing is written to a file."""
        from psycopg import sql

        rows: dict[str, int] = {}
        with (
            connected(self.source, timeout=_PIECE_TIMEOUT, what="the tenant's rows") as reading,
            connected(self.quarantine, timeout=_PIECE_TIMEOUT, read_only=False, what="the tenant's rows") as writing,
        ):
            for table in tables:
                name = sql.Identifier(table.schema, table.name)
                columns = sql.SQL(", ").join(map(sql.Identifier, table.copied))
                query = sql.SQL("copy (select {} from {} where {}) to stdout").format(columns, name, self._mine(table))
                into = sql.SQL("copy {} ({}) from stdin").format(name, columns)
                with reading.cursor().copy(query) as source, writing.cursor() as cursor:
                    with cursor.copy(into) as sink:
                        for piece in source:
                            sink.write(piece)
                    rows[table.full] = cursor.rowcount
            writing.commit()
        return rows

    def _shape(self, section: str, tables: list[Table]) -> None:
        """Make tables, or keys and references, in quarantine as they are in the restored database.

        Raises:
            PostgresFailed: a statement is refused.
        """
        whole = self.tenants.by is not TenantsBy.SCHEMA
        shared = [each for each in tables if each.full in self.tenants.shared]
        selections: list[tuple[str, ...]] = [()]
        if not whole:
            selections = [("--schema", f'"{self.tenants.place(self.tenant)}"', "--extension=*")]
        if not whole and shared:
            selections.insert(0, tuple(f'--table="{each.schema}"."{each.name}"' for each in shared))
        for number, selection in enumerate(selections):
            file = self.server.folder / f"{section}-{number}.sql"
            options = ("--schema-only", f"--section={section}", "--no-owner", "--no-privileges", f"--file={file}")
            self._run("pg_dump", *options, *selection, f"--dbname={self._database}")
            self._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), f"--dbname={QUARANTINE}")

    def _run(self, program: str, *arguments: str) -> None:
        where = ("-h", str(self.server.socket), "-p", "5432", "-U", self.server.superuser, "--no-password")
        self.server.run(program, *where, *arguments, timeout=_MOST_SECONDS)


def tables_of(connection: Connection) -> list[Table]:
    """Every permanent table of a database, partitions each for itself."""
    rows = connection.execute(_TABLES.encode())
    return [Table(schema, name, tuple(columns), tuple(copied or ())) for schema, name, columns, copied in rows]
