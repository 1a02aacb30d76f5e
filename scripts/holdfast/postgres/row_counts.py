"""How many rows each table holds: taken before a base backup is made, compared with what was restored.

What was counted before the backup began is in it, so a restored table with fewer rows has lost some, unless rows are
meant to go from it (`may_shrink`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from holdfast.postgres.errors import ArchiveUnreadable

if TYPE_CHECKING:
    import psycopg

SCHEMA = "holdfast.postgres-counts/1"
_TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1, 2
"""


@dataclass(frozen=True)
class RowCounts:
    """The counts of one database at one moment.

    Args:
        database: which.
        counted_at: the server's time of the snapshot they were taken in.
        tables: rows by `schema.table`.
    """

    database: str
    counted_at: datetime
    tables: Mapping[str, int]

    def document(self) -> bytes:
        """As it is kept in the archive."""
        document = {
            "schema": SCHEMA,
            "database": self.database,
            "counted_at": self.counted_at.isoformat(),
            "tables": dict(self.tables),
        }
        return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode()


def count_rows(connection: psycopg.Connection[tuple[Any, ...]]) -> RowCounts:
    """Count every permanent table of the database, in the one snapshot of the connection's transaction."""
    from psycopg import sql

    row = connection.execute("select current_database(), now()").fetchone()
    if row is None:
        raise ArchiveUnreadable(what="the server", problem="it does not say its time")
    tables = connection.execute(_TABLES).fetchall()
    counts = {}
    for schema, name in tables:
        counted = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(schema, name))).fetchone()
        counts[f"{schema}.{name}"] = int(counted[0]) if counted else 0
    return RowCounts(str(row[0]), row[1].astimezone(UTC), counts)


def read_counts(content: bytes, name: str) -> RowCounts:
    """Read counts from the archive.

    Raises:
        ArchiveUnreadable: they are not what Holdfast writes.
    """
    try:
        document = json.loads(content)
        if document["schema"] != SCHEMA:
            raise ArchiveUnreadable(what=name, problem=f"it is not of schema {SCHEMA}")
        tables = {str(table): int(rows) for table, rows in document["tables"].items()}
        counted_at = datetime.fromisoformat(document["counted_at"]).astimezone(UTC)
        return RowCounts(str(document["database"]), counted_at, tables)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ArchiveUnreadable(what=name, problem="it is not what Holdfast writes there") from error
