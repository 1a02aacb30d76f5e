"""The tables and their rows, against what the source counted before the base backup was made."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.drills.interface import Selection
from holdfast.postgres.archive import ArchiveReader
from holdfast.postgres.row_counts import RowCounts, count_rows, read_counts

if TYPE_CHECKING:
    import psycopg

_NAMED = 5


def counted_checks(
    connection: psycopg.Connection[tuple[Any, ...]], reader: ArchiveReader, selection: Selection
) -> tuple[Check, ...]:
    """Whether every table is there, and none has fewer rows than it had.

    Raises:
        ArchiveUnreadable: the counts in the archive are damaged.
        ServiceError: S3 refuses or does not answer.
    """
    backup = selection.point.id if selection.point else ""
    counted = _counts(reader, backup)
    if counted is None:
        reason = f"nobody counted the rows of {backup}; make base backups with: holdfast postgres base-backup"
        return (skipped("tables", CheckKind.COUNT, reason, essential=True),)
    settings = reader.archive.settings
    if counted.database != settings.database:
        reason = f"the rows of database {counted.database} were counted, not those of {settings.database}"
        return (skipped("tables", CheckKind.COUNT, reason, essential=True),)
    return compare_counts(connection, counted, settings.may_shrink)


def compare_counts(
    connection: psycopg.Connection[tuple[Any, ...]], counted: RowCounts, may_shrink: Collection[str]
) -> tuple[Check, Check]:
    """Whether every table that was counted is there, and none of them has fewer rows.

    Args:
        connection: to the restored server.
        counted: what was counted before.
        may_shrink: tables that may hold fewer.
    """
    found = count_rows(connection)
    missing = sorted(counted.tables.keys() - found.tables.keys())
    tables = compare(
        "tables",
        CheckKind.COUNT,
        expected=f"{len(counted.tables)} tables",
        observed=f"{len(counted.tables) - len(missing)} tables",
        because=f"missing: {_listed(missing)}",
    )
    kept = {name: rows for name, rows in counted.tables.items() if name in found.tables}
    fewer = [
        f"{name} has {found.tables[name]} rows, had {rows}"
        for name, rows in sorted(kept.items())
        if found.tables[name] < rows and name not in may_shrink
    ]
    rows = compare(
        "rows",
        CheckKind.COUNT,
        expected=0,
        observed=len(fewer),
        because=f"tables with fewer rows than before the base backup: {_listed(fewer)}",
    )
    return tables, rows


def _counts(reader: ArchiveReader, backup: str) -> RowCounts | None:
    key = reader.archive.counts(backup)
    kept = next((each for each in reader.under(key) if each.key == key), None)
    return read_counts(reader.small(kept), key) if kept else None


def _listed(names: list[str]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
