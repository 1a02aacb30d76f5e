"""An archive of a real PostgreSQL server, recorded once, and grounds to put it, or a damaged copy, into."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from applied_ground import PRIMARY, RECOVERY, Applied, make_environment

from holdfast.aws.endpoints import write_endpoints
from holdfast.clock import SystemClock
from holdfast.drills.engine import run
from holdfast.drills.spec import DrillSpec
from holdfast.postgres.connection import connected
from holdfast.sandbox.postgres.ending import stop_source
from holdfast.sandbox.postgres.source import start_source

DATASET = "ledger"
ORDERS = 20_000
PREFIX = f"streams/{DATASET}/main/"
MINUTE = timedelta(minutes=1)
CHECKS = [
    {
        "name": "orders-have-customers",
        "sql": "select count(*) from orders o where not exists (select from customers c where c.id = o.customer_id)",
        "equals": 0,
    },
    {"name": "nobody-elses", "sql": "select count(*) from customers where name like 'umbra%'", "equals": 0},
    {"name": "any-orders", "sql": "select exists (select from orders)", "equals": 1},
]


def postgres_environment(rpo="1h", **postgres):
    settings = {"database": "app", "archive_timeout": "1h", "may_shrink": ["public.sessions"], "checks": CHECKS}
    tiers = {
        "journal": {
            "rpo": {"corruption": rpo, "region_loss": rpo},
            "rto": {"corruption": "1h", "region_loss": "1h"},
            "rules": [{"name": "log", "continuous": True, "capture_every": "30s", "delete_after": "3d"}],
        }
    }
    dataset = {"name": DATASET, "kind": "postgres", "tier": "journal", "postgres": settings | postgres}
    return make_environment(tiers=tiers, datasets=[dataset])


@dataclass(frozen=True)
class Recorded:
    """What lay in the vault bucket, by key below the server's prefix.

    Args:
        backup: id of the base backup.
        simple: the archive while there was one timeline.
        promoted: the same after the source had failed over once: two timelines, one after the other.
        mistaken: the same after all orders had been deleted.
        before_mistake: a moment before that, when there were 20 010.
    """

    backup: str
    simple: dict[str, bytes]
    promoted: dict[str, bytes]
    mistaken: dict[str, bytes]
    before_mistake: datetime

    def segments(self, timeline=1):
        return sorted(key for key in self.simple if key.startswith(f"wals/{timeline:08X}") and len(key) == 46)


def record(emulator, folder: Path) -> Recorded:
    """Run a source server: base backup, more rows, a mistake, a failover; keep what it archived at each point."""
    applied = Applied(postgres_environment(), emulator, folder).apply()
    write_endpoints(applied.home, emulator)
    clock = SystemClock()
    try:
        source, _ = start_source(applied.sessions, DATASET, applied.home, clock)
        backup = source.base_backup(applied.sessions).backup.id
        write(source, "insert into orders (customer_id, cents) select n, 1 from generate_series(1, 10) as n")
        switch(source, applied)
        write(source, "insert into customers (name) values ('after')")
        switch(source, applied)
        write(source, "insert into customers (name) values ('and after that')")
        switch(source, applied)
        simple = kept(applied)
        promote(source, clock)
        write(source, "insert into customers (name) values ('on timeline 2')")
        switch(source, applied)
        promoted = kept(applied)
        after = answer(source, "select clock_timestamp()")
        until(lambda: answer(source, "select max(beat_at) from holdfast_heartbeat") > after)
        before = answer(source, "select clock_timestamp()")
        write(source, "delete from orders")
        switch(source, applied)
        return Recorded(backup, simple, promoted, kept(applied), before)
    finally:
        stop_source(applied.environment.environment, DATASET, applied.home, clock)


def write(source, statement):
    with connected(source.conninfo, timeout=MINUTE, read_only=False) as connection:
        connection.execute(statement)
        connection.commit()


def answer(source, query):
    with connected(source.conninfo, timeout=MINUTE) as connection:
        return connection.execute(query).fetchone()[0]


def switch(source, applied):
    """Have the segment that is being written archived, and wait until it lies in the bucket."""
    with connected(source.conninfo, timeout=MINUTE, read_only=False) as connection:
        name = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()[0]
        connection.commit()
    until(lambda: any(each["Key"].endswith(name) for each in applied.versions(f"{PREFIX}wals/")))


def promote(source, clock):
    """What a failover does to the archive: recovery to the end of the log there is, and a new timeline after it."""
    server = source.server
    server.stop(at_once=True)
    with (server.folder / "server.conf").open("a") as file:
        file.write("restore_command = 'false'\nhot_standby = off\n")
    signal = server.data / "recovery.signal"
    signal.touch()
    server.user.own(signal)
    server.start(clock, seconds=60)


@dataclass
class Ground(Applied):
    """An environment of its own with an archive in both Regions' buckets."""

    def put(self, archive: dict[str, bytes], *regions) -> Ground:
        for region in regions or (PRIMARY, RECOVERY):
            for key, content in archive.items():
                self.s3(region).put_object(Bucket=self.bucket(region), Key=PREFIX + key, Body=content)
        return self

    def drill(self, **changes):
        spec = DrillSpec(environment=self.environment.environment, kind="postgres-pitr", dataset=DATASET)
        return run(spec.model_copy(update=changes), self.surroundings)

    def left_over(self):
        """Servers and folders a drill left."""
        scratch = self.home / "scratch"
        return [*(scratch.iterdir() if scratch.is_dir() else ()), *server_folders(self.home)]


def server_folders(home: Path):
    """Folders of servers of the drills that are journalled below a home."""
    text = "".join(path.read_text() for path in home.glob("*/drills/*/journal.jsonl"))
    folders = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")}
    found = {each for folder in folders for each in folder.glob("holdfast-pg-*")}
    return [each for each in found if str(each) in text]


def kept(applied, region=PRIMARY) -> dict[str, bytes]:
    s3, bucket = applied.s3(region), applied.bucket(region)
    keys = [each["Key"] for each in applied.versions(PREFIX, region)]
    return {
        key.removeprefix(PREFIX): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in dict.fromkeys(keys)
    }


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
