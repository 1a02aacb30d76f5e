"""Getting into a restored instance: a new master password for each attempt, and TLS with the server's name checked."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.context import Drill
from holdfast.drills.rds.errors import InstanceUnreachable, NoCertificates
from holdfast.drills.rds.instances import wait
from holdfast.environments.postgres import Postgres
from holdfast.postgres.connection import connected
from holdfast.postgres.errors import QueryFailed

PASSWORD = "set-master-password"  # noqa: S105  the name of a step
_BYTES = 24
_PATIENCE = 120.0
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 10.0, 1.5
_USUAL = "~/.postgresql/root.crt"


@dataclass(frozen=True)
class Way:
    """The way into an instance. The password is nowhere else, and is not shown.

    Args:
        conninfo: without the password.
    """

    conninfo: str
    password: str = field(repr=False)


def authority(drill: Drill) -> str:
    """The file of certificates the server's is checked against: the sandbox's, or the one libpq is told of.

    Raises:
        NoCertificates: there is none.
    """
    own = drill.sessions.endpoints.ca_bundle
    path = Path(own or os.environ.get("PGSSLROOTCERT") or _USUAL).expanduser()
    if not path.is_file():
        raise NoCertificates(path=path)
    return str(path)


def way_into(drill: Drill, rds: Any, instance: str, settings: Postgres) -> Way:
    """Set a random master password and wait until it opens.

    The journal is told that it was set, and never which: a drill that is taken up again sets another one.

    Raises:
        InstanceNotRestored, InstanceUnfinished: the instance does not take it.
        InstanceUnreachable: nobody answers at its address.
        QueryFailed: the server does not let us in.
        ServiceError: RDS refuses or does not answer.
    """
    password = secrets.token_urlsafe(_BYTES)
    told = wait(drill, rds, instance)
    with drill.step(PASSWORD, instance=instance) as step:
        with translated(f"set the master password of {instance}"):
            rds.modify_db_instance(DBInstanceIdentifier=instance, MasterUserPassword=password, ApplyImmediately=True)
        step.done()
    told = wait(drill, rds, instance, over=lambda now: "MasterUserPassword" not in now.get("PendingModifiedValues", {}))
    way = Way(_conninfo(drill, told, settings), password)
    _try(drill, way, instance, int(told["Endpoint"]["Port"]), settings)
    return way


def _conninfo(drill: Drill, told: dict[str, Any], settings: Postgres) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=told["Endpoint"]["Address"],
        port=told["Endpoint"]["Port"],
        user=told["MasterUsername"],
        dbname=settings.database,
        sslmode="verify-full",
        sslrootcert=authority(drill),
    )


def _try(drill: Drill, way: Way, instance: str, port: int, settings: Postgres) -> None:
    """RDS says available a little before a new password opens."""
    began, pause = drill.clock.monotonic(), _FIRST_WAIT
    while True:
        try:
            with connected(
                way.conninfo, timeout=settings.statement_timeout, password=way.password, what="a connection"
            ):
                return
        except QueryFailed as error:
            if drill.clock.monotonic() - began > _PATIENCE:
                if "FATAL" in error.message:  # the server itself says no
                    raise
                raise InstanceUnreachable(instance=instance, port=port, problem=error.values["problem"]) from error
        drill.clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_WAIT)
