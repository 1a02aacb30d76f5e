"""Damage done to a PostgreSQL archive, or to the server restored from it: what each has to come to, and why."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace

from applied_ground import RECOVERY
from postgres_ground import PREFIX, write

from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.postgres.kind import PostgresPitr
from holdfast.drills.postgres.restoring import restore
from holdfast.drills.postgres.scratch import scratch_server
from holdfast.drills.result import DrillResult
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import conninfo_of

MIB = 1024 * 1024


def drop_last(archive, recorded):
    """The end of the log is missing; nobody can tell from the archive, but the newest heartbeat is too old."""
    for name in recorded.segments()[-2:]:
        del archive[name]


def drop_one(archive, recorded):
    del archive[recorded.segments()[-2]]


def drop_first_needed(archive, recorded):
    info = archive[f"base/{recorded.backup}/backup.info"].decode()
    first = next(line for line in info.splitlines() if line.startswith("begin_wal=")).partition("=")[2]
    del archive[f"wals/{first[:16]}/{first}"]


def swap_two(archive, recorded):
    one, other = recorded.segments()[-2:]
    archive[one], archive[other] = archive[other], archive[one]


def truncate_segment(archive, recorded):
    name = recorded.segments()[-2]
    archive[name] = archive[name][: 8 * MIB]


def flip_log_byte(archive, recorded):
    """In the first record of the last segment; recovery takes it for the end of the log."""
    name = recorded.segments()[-1]
    archive[name] = flipped(archive[name], 70)


def flip_log_byte_before_the_end(archive, recorded):
    name = recorded.segments()[-2]
    archive[name] = flipped(archive[name], 70)


def second_timeline(archive, recorded):
    """Log of timeline 1 beyond the point timeline 2 branched off at: what was committed there is not restored."""
    archive.update(recorded.promoted)
    last = recorded.segments()[-1].rpartition("/")[2]
    beyond = f"{int(last, 16) + 8:024X}"
    archive[f"wals/{beyond[:16]}/{beyond}"] = archive[recorded.segments()[-1]]


def lost_history(archive, recorded):
    archive.update(recorded.promoted)
    del archive["wals/00000002.history"]


def another_cluster(archive, recorded):
    name = recorded.segments()[-1]
    content = bytearray(archive[name])
    content[24:32] = (4711).to_bytes(8, "little")
    archive[name] = bytes(content)


def flip_heap_byte(archive, recorded):
    """In a page of the orders' heap, in the base backup; nothing the log writes over."""
    key = f"base/{recorded.backup}/data.tar"
    content = bytearray(archive[key])
    with tarfile.open(fileobj=io.BytesIO(archive[key])) as tar:
        largest = max((each for each in tar if each.isfile() and "/base/" in f"/{each.name}"), key=lambda e: e.size)
    content[largest.offset_data + 8192 + 7000] ^= 0x10
    archive[key] = bytes(content)


def truncate_base(archive, recorded):
    key = f"base/{recorded.backup}/data.tar"
    archive[key] = archive[key][: len(archive[key]) // 2]


def more_rows_counted(archive, recorded):
    change_counts(archive, recorded, lambda tables: tables.update({"public.orders": 20_011}))


def table_counted(archive, recorded):
    change_counts(archive, recorded, lambda tables: tables.update({"public.invoices": 3}))


def older_segment(archive, recorded):
    """What a segment's file held before it was written anew under its next name."""
    earlier, later = recorded.segments()[-2:]
    archive[later] = archive[earlier]


def extra_segment(archive, recorded):
    """A segment after the last one, with an earlier one's content."""
    last = recorded.segments()[-1]
    archive[f"{last[:-24]}{int(last[-24:], 16) + 1:024X}"] = archive[last]


def lost_base(archive, recorded):
    del archive[f"base/{recorded.backup}/data.tar"]


def uncounted(archive, recorded):
    del archive[f"counts/{recorded.backup}.json"]


def flipped(content, offset):
    changed = bytearray(content)
    changed[offset] ^= 0x01
    return bytes(changed)


def change_counts(archive, recorded, change):
    key = f"counts/{recorded.backup}.json"
    document = json.loads(archive[key])
    change(document["tables"])
    archive[key] = json.dumps(document).encode()


ARCHIVES = {
    "a segment is missing": (drop_one, Verdict.FAILED, "log-sequence: missing-segment"),
    "a segment the base backup needs is missing": (drop_first_needed, Verdict.FAILED, "restore-carried-out"),
    "two segments are swapped": (swap_two, Verdict.FAILED, "log-segments"),
    "an older segment in place of a newer one": (older_segment, Verdict.FAILED, "log-segments"),
    "a segment too many": (extra_segment, Verdict.FAILED, "log-segments"),
    "a segment is cut short": (truncate_segment, Verdict.FAILED, "log-segments"),
    "a bit of the last segment is flipped": (flip_log_byte, Verdict.FAILED, "replayed-to-the-end"),
    "a bit of an earlier segment is flipped": (flip_log_byte_before_the_end, Verdict.FAILED, "replayed-to-the-end"),
    "the log goes on beside the newest timeline": (second_timeline, Verdict.FAILED, "second-timeline"),
    "the history of the newest timeline is missing": (lost_history, Verdict.FAILED, "no-history"),
    "a segment of another cluster": (another_cluster, Verdict.FAILED, "of another cluster"),
    "a bit of a heap page is flipped": (flip_heap_byte, Verdict.FAILED, "invalid page|verification failed|incorrect"),
    "the data of the base backup is missing": (lost_base, Verdict.INCONCLUSIVE, "no base backup .* it has no data"),
    "the base backup is cut short": (truncate_base, Verdict.FAILED, "restore-carried-out"),
    "rows that were counted are missing": (
        more_rows_counted,
        Verdict.FAILED,
        "public.orders has 20010 rows, had 20011",
    ),
    "a table that was counted is missing": (table_counted, Verdict.FAILED, "missing: public.invoices"),
    "nobody counted the rows": (uncounted, Verdict.INCONCLUSIVE, "nobody counted the rows"),
}


@dataclass(frozen=True)
class Damaging(PostgresPitr):
    """The same kind, with a restored server that is changed by SQL before it is verified."""

    statements: tuple[str, ...] = ()

    def restore(self, drill, selection):
        restored = restore(drill, selection)
        server = scratch_server(drill, find_binaries(), "postgres")
        source = type("Restored", (), {"conninfo": conninfo_of(server, "app")})
        for statement in self.statements:
            write(source, statement)
        return restored


SERVERS = {
    "a table is dropped": ("drop table orders", Verdict.FAILED, "missing: public.orders"),
    "rows are deleted": ("delete from orders where id % 7 = 0", Verdict.FAILED, "public.orders has"),
    "a reference is broken": (
        "alter table orders drop constraint orders_customer_id_fkey; delete from customers where id = 7;"
        "insert into customers (name) select 'x' from generate_series(1, 9)",
        Verdict.FAILED,
        "application-orders-have-customers: expected 0",
    ),
    "the newest data is of an hour ago": (
        "delete from holdfast_heartbeat where beat_at > (select min(beat_at) from holdfast_heartbeat);"
        "update holdfast_heartbeat set beat_at = now() - interval '1 hour'",
        Verdict.FAILED,
        "recovery-point: .* over the objective",
    ),
    "the rows are another tenant's": (
        "update customers set name = 'umbra ' || name",
        Verdict.FAILED,
        "application-nobody-elses: expected 0",
    ),
    "the heartbeat is empty": ("truncate holdfast_heartbeat", Verdict.FAILED, "holdfast_heartbeat has 0 rows"),
    "the heartbeat is gone": ("drop table holdfast_heartbeat", Verdict.FAILED, "heartbeat"),
    "an index misses rows": (
        "update pg_index set indisvalid = true, indisready = false where indexrelid = 'orders_pkey'::regclass;"
        "insert into orders (customer_id, cents) values (1, 1);"
        "update pg_index set indisready = true where indexrelid = 'orders_pkey'::regclass",
        Verdict.FAILED,
        "structure: pg_amcheck",
    ),
}

FOREIGN_KEY = "a segment lies under a key of another account"
UNCOUNTED, NO_BASE = "nobody counted the rows", "the data of the base backup is missing"
"""No damage that is claimed to be found: there is nothing to compare with, or nothing that is a recovery point."""
EARLY = "the log ends too early"
DAMAGES = (*(each for each in ARCHIVES if each not in (UNCOUNTED, NO_BASE)), EARLY, FOREIGN_KEY, *SERVERS)


def damaged_drill(damage: str, recorded, ground_for: Callable) -> DrillResult:
    """The drill of an archive, or of a restored server, that was damaged so."""
    archive, kinds, settings = dict(recorded.simple), KINDS, {}
    if damage in ARCHIVES:
        ARCHIVES[damage][0](archive, recorded)
    elif damage == EARLY:
        drop_last(archive, recorded)
        settings = {"rpo": "1s"}
    elif damage in SERVERS:
        statements = tuple(SERVERS[damage][0].split(";"))
        kinds, settings = {**KINDS, "postgres-pitr": Damaging(statements=statements)}, {"rpo": "30m"}
    ground = ground_for(**settings).put(archive, RECOVERY)
    if damage == FOREIGN_KEY:
        put_under_foreign_key(ground, recorded.segments()[-1], archive)
    spec = DrillSpec(environment=ground.environment.environment, kind="postgres-pitr", dataset="ledger")
    result = run(spec, replace(ground.surroundings, kinds=kinds))
    assert ground.left_over() == []
    return result


def put_under_foreign_key(ground, name, archive):
    """The same bytes, under a key whose owner may take it away."""
    ground.s3(RECOVERY).put_object(
        Bucket=ground.bucket(RECOVERY),
        Key=PREFIX + name,
        Body=archive[name],
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=f"arn:aws:kms:{RECOVERY}:999999999999:key/theirs",
    )
