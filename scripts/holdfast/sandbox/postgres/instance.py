"""An RDS instance for a dataset in the sandbox, with data in it, a snapshot, and a copy in the recovery Region."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.clock import Clock
from holdfast.environments.model import Dataset
from holdfast.environments.postgres import Postgres
from holdfast.postgres.connection import connected
from holdfast.postgres.row_counts import count_rows
from holdfast.sandbox.postgres.errors import SeedUnfinished

if TYPE_CHECKING:
    import psycopg

_DATA = Path(__file__).with_name("data.sql")
_MASTER = "holdfast"
_SECONDS, _POLL_SECONDS = 180.0, 0.25
_MINUTE = timedelta(minutes=1)
_MORE = b"insert into orders (customer_id, cents) select n, 1 from generate_series(1, 10) as n"


@dataclass(frozen=True)
class SeededInstance:
    """What there is now.

    Args:
        arn: the instance.
        rows: how many rows its tables hold together.
        snapshot: ARN of the newest snapshot.
        copy: ARN of its copy in the recovery Region; None where no key for it is applied yet.
    """

    arn: str
    rows: int
    snapshot: str
    copy: str | None


def seed_instance(sessions: Sessions, dataset: Dataset, clock: Clock) -> SeededInstance:
    """Make the instance of a dataset, or find it; write into it; take a snapshot and copy it.

    Its master password is set anew each time and kept nowhere.

    Args:
        sessions: of a sandbox environment, as its root.
        dataset: of kind rds.
        clock: time.

    Raises:
        SeedUnfinished: the sandbox takes too long.
        ServiceError: it refuses.
    """
    region, settings = sessions.environment.regions.primary, dataset.postgres or Postgres()
    rds, name = sessions.client("rds", region), _name(sessions, dataset)
    password = secrets.token_urlsafe(24)
    with translated(f"make instance {name}"):
        if not _make(rds, name, dataset, settings, password):
            rds.modify_db_instance(DBInstanceIdentifier=name, MasterUserPassword=password, ApplyImmediately=True)
        told = _settled(clock, lambda: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0])
    rows = _fill(sessions, told, settings, password)
    with translated(f"take a snapshot of {name}"):
        snapshot = f"{name}-{clock.now():%Y%m%dt%H%M%S}"
        rds.create_db_snapshot(DBSnapshotIdentifier=snapshot, DBInstanceIdentifier=name)
        taken = _settled(clock, lambda: _snapshot(rds, snapshot))
        copy = _copied(sessions, taken["DBSnapshotArn"], snapshot, clock)
    return SeededInstance(told["DBInstanceArn"], rows, taken["DBSnapshotArn"], copy)


def _name(sessions: Sessions, dataset: Dataset) -> str:
    named = [arn.rsplit(":", 1)[-1] for arn in dataset.select.arns]
    environment = sessions.environment
    return named[0] if named else f"{environment.organization}-{environment.environment}-{dataset.name}"


def _make(rds: Any, name: str, dataset: Dataset, settings: Postgres, password: str) -> bool:
    """Whether it was made now."""
    try:
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MasterUsername=_MASTER,
            MasterUserPassword=password,
            **({} if settings.database == "postgres" else {"DBName": settings.database}),
            AllocatedStorage=20,
            StorageEncrypted=True,
            BackupRetentionPeriod=7,
            CopyTagsToSnapshot=True,
            PubliclyAccessible=False,
            Tags=[{"Key": key, "Value": value} for key, value in dataset.select.tags.items()],
        )
    except ClientError as error:
        if code_of(error) != "DBInstanceAlreadyExists":
            raise
        return False
    return True


def _fill(sessions: Sessions, told: dict[str, Any], settings: Postgres, password: str) -> int:
    """Make the tables, or add to them; the heartbeat beats once."""
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    conninfo = make_conninfo(
        host=told["Endpoint"]["Address"],
        port=told["Endpoint"]["Port"],
        user=_MASTER,
        dbname=settings.database,
        sslmode="verify-full",
        sslrootcert=sessions.endpoints.ca_bundle,
    )
    table, column = sql.Identifier(*settings.heartbeat.table.split(".")), sql.Identifier(settings.heartbeat.column)
    schema = sql.Identifier(settings.heartbeat.table.partition(".")[0])
    with connected(conninfo, timeout=_MINUTE, read_only=False, what="data", password=password) as connection:
        connection.execute(_MORE if _has_orders(connection) else _DATA.read_bytes())
        connection.execute(sql.SQL("create schema if not exists {}").format(schema))
        connection.execute(sql.SQL("create table if not exists {} ({} timestamptz not null)").format(table, column))
        connection.execute(sql.SQL("insert into {} values (clock_timestamp())").format(table))
        connection.commit()
        return sum(count_rows(connection).tables.values())


def _has_orders(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    row = connection.execute("select to_regclass('public.orders') is not null").fetchone()
    return bool(row and row[0])


def _copied(sessions: Sessions, source: str, name: str, clock: Clock) -> str | None:
    """A copy under the environment's key of the recovery Region; None where that is not applied yet."""
    regions, names = sessions.environment.regions, sessions.names
    kms, rds = sessions.client("kms", regions.recovery), sessions.client("rds", regions.recovery)
    keys = [found for alias in (names.copy_key_alias, names.vault_key_alias) if (found := _key(kms, alias))]
    if not keys:
        return None
    rds.copy_db_snapshot(
        SourceDBSnapshotIdentifier=source,
        TargetDBSnapshotIdentifier=name,
        SourceRegion=regions.primary,
        KmsKeyId=keys[0],
        CopyTags=True,
    )
    return str(_settled(clock, lambda: _snapshot(rds, name))["DBSnapshotArn"])


def _snapshot(rds: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
    return found | {"DBInstanceStatus": found["Status"]}


def _key(kms: Any, alias: str) -> str | None:
    try:
        return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])
    except ClientError:
        return None


def _settled(clock: Clock, look: Any) -> dict[str, Any]:
    """What is looked at, once it is available."""
    began = clock.monotonic()
    while (told := look())["DBInstanceStatus"] != "available":
        waited = clock.monotonic() - began
        if told["DBInstanceStatus"] == "failed" or waited > _SECONDS:
            raise SeedUnfinished(status=told["DBInstanceStatus"], seconds=waited)
        clock.sleep(_POLL_SECONDS)
    found: dict[str, Any] = told
    return found
