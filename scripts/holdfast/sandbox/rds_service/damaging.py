"""Data damaged on purpose: what a drill has to find."""

from __future__ import annotations

import os
from pathlib import Path

from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.roles import databases_of
from holdfast.sandbox.rds_service.faults import Damage

_LARGEST = """
select format('%I.%I', n.nspname, c.relname), pg_relation_filepath(c.oid)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by pg_relation_size(c.oid) desc, 1 limit 1
"""
_PAGE = 8192
_INSIDE = 4000


def damage(cluster: Cluster, how: Damage) -> None:
    """Damage the largest table of each database of a running server."""
    for database in databases_of(cluster):
        with cluster.asked(database) as connection:
            row = connection.execute(_LARGEST).fetchone()
            if row is None:
                continue
            table, path = str(row[0]), str(row[1])
            if how is Damage.MISSING_TABLE:
                connection.execute(f"drop table {table} cascade".encode())
            elif how is Damage.LOST_ROWS:
                connection.execute(b"set session_replication_role = replica")
                query = f"delete from {table} where ctid in (select ctid from {table} where random() < 0.5)"  # noqa: S608
                connection.execute(query.encode())
        if how in _IN_FILES:
            cluster.server.stop()
            _IN_FILES[how](cluster.server.data / path)
            cluster.start()


def _flip(path: Path) -> None:
    """Change bytes in the first page of a table, where a row is; the checksum tells."""
    with path.open("r+b") as file:
        file.seek(_PAGE - _INSIDE)
        before = file.read(8)
        file.seek(_PAGE - _INSIDE)
        file.write(bytes(each ^ 0xFF for each in before))


def _halve(path: Path) -> None:
    """Cut off the second half of a table, between two pages: what is left of it is whole."""
    os.truncate(path, path.stat().st_size // 2 // _PAGE * _PAGE)


def _swap(path: Path) -> None:
    """Exchange the first two pages of a table, each whole; the checksum covers where a page belongs."""
    with path.open("r+b") as file:
        one, other = file.read(_PAGE), file.read(_PAGE)
        file.seek(0)
        file.write(other + one)


_IN_FILES = {Damage.BIT_FLIP: _flip, Damage.TRUNCATE: _halve, Damage.SWAP: _swap}
