"""Row counts of a source instance, kept as a baseline: what a restored one is held against.

What was counted before a moment is in what is restored of it, so a table with fewer rows has lost some, unless rows are
meant to go from it (`may_shrink`). They are kept as a backup set: locked, in both Regions, under keys of their own.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.clock import Clock
from holdfast.drills.aws_backup.baseline import Baseline, Member, State
from holdfast.drills.aws_backup.baselines import Taken, keep, kept_in
from holdfast.drills.context import Drill
from holdfast.drills.interface import RecoveryPoint
from holdfast.drills.rds.errors import ConnectionNeeded, InstanceNotTold, InstanceUnfinished
from holdfast.drills.rds.instances import AVAILABLE
from holdfast.drills.rds.sources import instances
from holdfast.environments.model import Environment
from holdfast.environments.postgres import Postgres
from holdfast.postgres.connection import connected
from holdfast.postgres.row_counts import RowCounts, count_rows

TYPE = "RDS"
_SECONDS, _POLL_SECONDS = 120.0, 0.25


def take(
    environment: Environment,
    sessions: Sessions,
    name: str,
    *,
    clock: Clock,
    conninfo: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Taken]:
    """Count the rows of every table of a dataset's instance in the primary Region, and keep what was counted.

    Args:
        environment: what is declared.
        sessions: clients; the caller asks RDS, the backup writer keeps the counts.
        name: the dataset, of kind rds.
        clock: time.
        conninfo: how to connect to the instance, as somebody who may read every table. In a sandbox it may be left
            out: the master password is then set anew.
        say: told of the instance.

    Raises:
        ConnectionNeeded: it is left out and the environment is none of a sandbox.
        InstanceNotTold: nobody can tell which of the dataset's instances that is.
        QueryFailed: the server does not let us in, or refuses.
        ServiceError: RDS refuses or does not answer.
    """
    dataset, region = declared_dataset(environment, name), environment.regions.primary
    settings, rds = dataset.postgres or Postgres(), sessions.client("rds", region)
    there = instances(rds, environment, dataset, region)
    if conninfo is None and not environment.sandbox:
        raise ConnectionNeeded(dataset=name)
    told = _meant(there, conninfo, name, region)
    say(f"count the rows of {told['DBInstanceArn']}")
    password = None if conninfo else _new_password(rds, told, clock)
    where = conninfo or _conninfo(told, settings, sessions.endpoints.ca_bundle)
    with connected(where, timeout=timedelta(hours=1), what="its row counts", password=password) as connection:
        counted = count_rows(connection)
    baseline = Baseline(
        dataset=name,
        resource=told["DBInstanceArn"],
        type=TYPE,
        as_of=counted.counted_at,
        until=counted.counted_at,
        members=tuple(
            Member(name=f"{counted.database}/{table}", states=(State(sha256=_digest(rows), size=rows),))
            for table, rows in sorted(counted.tables.items())
        ),
    )
    return [Taken(baseline, keep(environment, sessions, baseline, clock))]


def counts_of(drill: Drill, point: RecoveryPoint, database: str) -> RowCounts | None:
    """The newest counts of the source from before a moment, read in the Region that is left; None when there are none.

    Raises:
        BaselineNotUsable: one is damaged.
        ServiceError: the Region refuses or does not answer.
    """
    dataset = declared_dataset(drill.environment, str(drill.spec.dataset))
    best: Baseline | None = None
    for _, baseline in kept_in(drill.environment, drill.sessions, dataset, point.region, drill.clock):
        fits = baseline.type == TYPE and baseline.resource == point.resource and baseline.as_of <= point.captured_at
        if fits and (best is None or baseline.as_of > best.as_of):
            best = baseline
    if best is None:
        return None
    prefix = f"{database}/"
    named = {each.name: each.states[0].size for each in best.members if each.states}
    tables = {name.removeprefix(prefix): rows for name, rows in named.items() if name.startswith(prefix)}
    return RowCounts(database, best.as_of, tables) if tables else None


def _meant(there: list[dict[str, Any]], conninfo: str | None, name: str, region: str) -> dict[str, Any]:
    """The instance a connection string leads to; the only one when there is one."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        host = conninfo_to_dict(conninfo or "").get("host")
    except ProgrammingError:
        host = None
    found = [each for each in there if host and each.get("Endpoint", {}).get("Address") == host]
    for each in (found, there):
        if len(each) == 1:
            return each[0]
    raise InstanceNotTold(dataset=name, region=region, there=", ".join(str(each["DBInstanceArn"]) for each in there))


def _new_password(rds: Any, told: dict[str, Any], clock: Clock) -> str:
    name, password = told["DBInstanceIdentifier"], secrets.token_urlsafe(24)
    deadline = clock.monotonic() + _SECONDS
    with translated(f"set the master password of {name}"):
        rds.modify_db_instance(DBInstanceIdentifier=name, MasterUserPassword=password, ApplyImmediately=True)
        while True:
            now = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
            if now["DBInstanceStatus"] == AVAILABLE and not now.get("PendingModifiedValues"):
                return password
            if clock.monotonic() >= deadline:
                raise InstanceUnfinished(instance=name, status=now["DBInstanceStatus"], seconds=_SECONDS)
            clock.sleep(_POLL_SECONDS)


def _conninfo(told: dict[str, Any], settings: Postgres, authority: str | None) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=told["Endpoint"]["Address"],
        port=told["Endpoint"]["Port"],
        user=told["MasterUsername"],
        dbname=settings.database,
        sslmode="verify-full",
        sslrootcert=authority,
    )


def _digest(rows: int) -> str:
    return hashlib.sha256(str(rows).encode()).hexdigest()
