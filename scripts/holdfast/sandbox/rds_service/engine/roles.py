"""The roles of an instance: the master user, who is no superuser, and its password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.ground import ADMIN

if TYPE_CHECKING:
    import psycopg

_GRANTED = ("pg_monitor", "pg_signal_backend", "pg_checkpoint")


def make_master(cluster: Cluster, name: str, password: str, database: str | None) -> None:
    """Make the master user, its database, and the database the service keeps for itself.

    Args:
        cluster: a new one.
        name: the master user.
        password: its password; only its verifier reaches the server.
        database: a database of its own, when one is asked for.
    """
    from psycopg import sql

    role = sql.Identifier(name)
    with cluster.asked("postgres") as connection:
        verifier = _verifier(connection, name, password)
        connection.execute(sql.SQL("create role {} login createdb createrole password {}").format(role, verifier))
        for granted in _GRANTED:
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(granted), role))
    _create(cluster, ADMIN, ADMIN)
    if database and database != "postgres":
        _create(cluster, database, name)
    with cluster.asked(database or "postgres") as connection:
        connection.execute(sql.SQL("grant create on schema public to {}").format(role))


def set_password(cluster: Cluster, name: str, password: str) -> None:
    """Give a role another password; only its verifier reaches the server."""
    from psycopg import sql

    with cluster.asked("postgres") as connection:
        verifier = _verifier(connection, name, password)
        connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(name), verifier))


def databases_of(cluster: Cluster) -> list[str]:
    """The databases that are a user's."""
    query = "select datname from pg_database where not datistemplate and datname <> %s order by 1"
    with cluster.asked("postgres", read_only=True) as connection:
        return [str(row[0]) for row in connection.execute(query, (ADMIN,)).fetchall()]


def _create(cluster: Cluster, database: str, owner: str) -> None:
    where = ("-h", str(cluster.server.socket), "-p", str(cluster.port), "-U", ADMIN)
    cluster.server.run("createdb", *where, "-O", owner, database)


def _verifier(connection: psycopg.Connection[tuple[Any, ...]], name: str, password: str) -> Any:
    from psycopg import sql

    return sql.Literal(connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode())
