"""How long a PostgreSQL server of a given size takes to come back, and how much is lost with a short archive_timeout.

A source server in a sandbox of its own is filled to the size and backed up; it goes on writing, then the primary Region
is lost, and the drill `postgres-pitr` restores from the recovery Region. Everything is real but AWS.

    python benchmarks/postgres_restore.py [--gib 1] [--seconds 90]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "test_drills"))

import psycopg
from applied_ground import PRIMARY, RECOVERY
from postgres_ground import DATASET, Ground, postgres_environment
from psycopg import sql

from holdfast.clock import SystemClock
from holdfast.postgres.connection import connected
from holdfast.sandbox import lifecycle
from holdfast.sandbox.postgres.ending import stop_source
from holdfast.sandbox.postgres.shipping import archive_command
from holdfast.sandbox.postgres.source import Source, start_source

RPO, RTO = timedelta(seconds=60), timedelta(minutes=5)
GIB = 1024**3
ROWS_PER_GIB = 1_000_000  # of about 1 KiB each


def fill(source: Source, gib: float) -> int:
    """Fill a table and return the size of the database. Its log is thrown away: the base backup comes after it."""
    hours = timedelta(hours=1)
    with connected(source.conninfo, timeout=hours, read_only=False) as connection:
        connection.execute("create table ballast (id bigint primary key, junk bytea not null)")
        rows = int(ROWS_PER_GIB * gib)
        connection.execute(
            "insert into ballast select n, decode(repeat(md5(n::text), 62), 'hex') from generate_series(1, %s) as n",
            (rows,),
        )
        connection.commit()
        (size,) = connection.execute("select pg_database_size(current_database())").fetchone()
    with psycopg.connect(source.conninfo, autocommit=True) as connection:
        # The first reader after a bulk load writes every page once more, and with checksums that goes into the log.
        connection.execute("vacuum (freeze) ballast")
        connection.execute("checkpoint")
    while backlog(source.conninfo):
        time.sleep(0.5)
    command = archive_command(source.server.folder / "spool")
    with psycopg.connect(source.conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("alter system set archive_command = {}").format(sql.Literal(command)))
        connection.execute("select pg_reload_conf()")
    return int(size)


def backlog(conninfo: str) -> int:
    """How many segments wait to be archived."""
    with connected(conninfo, timeout=timedelta(minutes=1)) as connection:
        query = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"
        return int(connection.execute(query).fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=1.0, help="size of the database")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long it goes on writing after the base backup")
    asked = parser.parse_args()
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = postgres_environment(rpo="60s", archive_timeout="30s")
        ground = Ground(environment, lifecycle.start(home), Path(folder)).apply()
        rule = {
            "ID": "copy-streams",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"Prefix": "streams/"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{ground.bucket(RECOVERY)}"},
        }
        ground.s3(PRIMARY).put_bucket_replication(
            Bucket=ground.bucket(PRIMARY),
            ReplicationConfiguration={"Role": "arn:aws:iam::000000000000:role/replication", "Rules": [rule]},
        )
        try:
            source, _ = start_source(ground.sessions, DATASET, home, clock, settings={"archive_command": "true"})
            size = fill(source, asked.gib)
            began = time.monotonic()
            source.base_backup(ground.sessions)
            backup = time.monotonic() - began
            time.sleep(asked.seconds)
            result = ground.drill()
        finally:
            stop_source(environment.environment, DATASET, home, clock)
            lifecycle.stop(home)
    report = {
        "database_gib": round(size / GIB, 2),
        "base_backup_seconds": round(backup, 1),
        "verdict": result.verdict.value,
        "rpo_seconds": result.rpo.seconds,
        "rto_seconds": result.rto.seconds,
        "phases": result.seconds_by_phase,
        "probe_seconds": next(each.seconds for each in result.times if each.phase.value == "probe"),
        "log_segments": result.selection.point.files,
        "load": round(os.getloadavg()[0], 1),
        "reasons": list(result.reasons),
    }
    print(json.dumps(report, indent=2))
    kept = result.rpo.seconds <= RPO.total_seconds() and result.rto.seconds <= RTO.total_seconds()
    print("promise kept" if kept else "promise broken")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
