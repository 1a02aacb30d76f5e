"""Asking a server: through its socket or a connection string, with a limit on time, read-only unless told."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from holdfast.postgres.errors import DriverNotFound, QueryFailed

if TYPE_CHECKING:
    import psycopg

    from holdfast.postgres.server import Server

APPLICATION = "holdfast"
_CONNECT_SECONDS = 10
_LOCK, _IDLE, _MILLISECOND = timedelta(seconds=10), timedelta(minutes=1), timedelta(milliseconds=1)


@contextmanager
def connected(
    conninfo: str,
    *,
    timeout: timedelta,
    read_only: bool = True,
    what: str = "a connection",
    password: str | None = None,
) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection for the block: one transaction, repeatable read, undone at its end where it is read-only.

    Args:
        conninfo: libpq's connection string; it may name a service or a password file, and should hold no password.
        timeout: what one statement may take.
        read_only: refuse every write.
        what: what is asked, for the error.
        password: kept out of the connection string; by default what libpq finds by itself.

    Raises:
        QueryFailed: the server does not let us in, or refused a statement of the block.
    """
    require_driver()
    import psycopg

    limits = {"statement_timeout": timeout, "lock_timeout": _LOCK, "idle_in_transaction_session_timeout": _IDLE}
    options = " ".join(f"-c {name}={value // _MILLISECOND}" for name, value in limits.items())
    try:
        with psycopg.connect(
            conninfo,
            options=options,
            application_name=APPLICATION,
            connect_timeout=_CONNECT_SECONDS,
            password=password,
        ) as connection:
            connection.read_only = read_only
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
            if read_only:
                connection.rollback()
    except psycopg.Error as error:
        raise QueryFailed(what=what, problem=in_words(error)) from error


def require_driver() -> None:
    """Look for psycopg.

    Raises:
        DriverNotFound: it is not installed.
    """
    if importlib.util.find_spec("psycopg") is None:
        raise DriverNotFound()


def conninfo_of(server: Server, database: str) -> str:
    """The connection string of a server on this machine."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(host=str(server.socket), port=5432, user=server.superuser, dbname=database)


def in_words(error: Exception) -> str:
    """The first line of what the server said, without details: those may hold data."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
