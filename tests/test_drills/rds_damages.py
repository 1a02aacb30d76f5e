"""Damage to restored RDS instances and to the copies they are restored from, each in a drill of its own.

tests/test_drills/rds_damages.py --write
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from applied_ground import ACCOUNT, PRIMARY, RECOVERY
from kill_rows import Row, row
from postgres_ground import write
from rds_ground import DATASET, Ground, rds_environment, until

from holdfast.clock import SystemClock
from holdfast.drills.baselining import take
from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.rds.choosing import client_of, dataset_of
from holdfast.drills.rds.connecting import way_into
from holdfast.drills.rds.kind import RdsInstance
from holdfast.drills.rds.restoring import RESTORE
from holdfast.drills.result import DrillResult
from holdfast.drills.spec import LATEST
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.environments.postgres import Postgres
from holdfast.sandbox.postgres.instance import seed_instance

WAYS = {"snapshot": {"set_id": LATEST}, "point in time": {"scenario": Scenario.CORRUPTION}}
Act = Callable[[Ground], DrillResult]


def standing_ground(emulator, folder: Path) -> Ground:
    """An instance whose rows were counted, with a snapshot from before and one from after, each copied."""
    ground = Ground(rds_environment(), emulator, folder).apply().protect()
    ground.add_orders(10)
    (ground.counted,) = take(ground.environment, ground.sessions, DATASET, clock=SystemClock())
    ground.seeded = seed_instance(ground.sessions, ground.dataset, SystemClock())
    return ground


def copy(ground: Ground, what: str, **options) -> str:
    """A copy of the newest snapshot in the recovery Region, newer than all others there."""
    name = f"{what}-{secrets.token_hex(4)}"
    rds = ground.client("rds", RECOVERY)
    source = {"SourceDBSnapshotIdentifier": ground.seeded.snapshot, "SourceRegion": PRIMARY}
    rds.copy_db_snapshot(TargetDBSnapshotIdentifier=name, CopyTags=True, **source, **options)
    until(lambda: ground.snapshot(name, RECOVERY)["Status"] != "creating")
    return name


@dataclass(frozen=True)
class Damaging(RdsInstance):
    """The same kind, with a restored instance that is changed by SQL before it is verified."""

    statements: tuple[str, ...] = ()

    def verify(self, drill, selection, restored):
        instance = drill.steps(RESTORE)[-1].announced["instance"]
        way = way_into(drill, client_of(drill), instance, dataset_of(drill).postgres or Postgres())
        for statement in self.statements:
            write(type("Restored", (), {"conninfo": f"{way.conninfo} password={way.password}"}), statement)
        return super().verify(drill, selection, restored)


def by_restore(how: str, **options) -> Act:
    """The service restores, and what it restored is damaged."""

    def act(ground: Ground) -> DrillResult:
        ground.fault({"effect": "damage", "job": "restore", "how": how, "resource": "*-drill-*"})
        return ground.drill(**options)

    return act


def by_sql(*statements: str, **options) -> Act:
    """The restored instance holds something else."""

    def act(ground: Ground) -> DrillResult:
        kinds = {**KINDS, "rds": Damaging(statements=statements)}
        return run(ground.spec(**options), replace(ground.surroundings, kinds=kinds))

    return act


def stale(**options) -> Act:
    """The disaster comes so late that the newest row is older than the objective of an hour."""
    return lambda ground: ground.drill(failed_at=SystemClock().now() + timedelta(hours=2), **options)


def under_another_key(ground: Ground) -> DrillResult:
    wrong = ground.client("kms", RECOVERY).create_key()["KeyMetadata"]["Arn"]
    return ground.drill(set_id=copy(ground, "wrong-key", KmsKeyId=wrong))


def under_awss_own_key(ground: Ground) -> DrillResult:
    alias = f"arn:aws:kms:{RECOVERY}:{ACCOUNT}:alias/aws/rds"
    return ground.drill(set_id=copy(ground, "own-key", KmsKeyId=alias))


def under_a_lost_key(ground: Ground) -> DrillResult:
    kms = ground.client("kms", RECOVERY)
    lost = kms.create_key()["KeyMetadata"]["Arn"]
    name = copy(ground, "lost-key", KmsKeyId=lost)
    kms.disable_key(KeyId=lost)
    return ground.drill(set_id=name)


def shared(ground: Ground) -> DrillResult:
    name = copy(ground, "shared", KmsKeyId=ground.copy_key)
    ground.client("rds", RECOVERY).modify_db_snapshot_attribute(
        DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["999999999999"]
    )
    return ground.drill(set_id=name)


BROKEN_PAGE = {"verify-carried-out"}
THEIRS = "update customers set name = 'umbra ' || name"
_ANY: dict[str, tuple[Callable[..., Act], set[str]]] = {
    "bit flip in a page": (lambda **way: by_restore("bit-flip", **way), BROKEN_PAGE),
    "table cut off in the middle": (lambda **way: by_restore("truncate", **way), {"rows", "application-orders"}),
    "two pages swapped": (lambda **way: by_restore("swap", **way), BROKEN_PAGE),
    "table missing": (
        lambda **way: by_restore("missing-table", **way),
        {"tables", "application-orders", "application-orders-have-customers"},
    ),
    "half of the rows lost": (lambda **way: by_restore("lost-rows", **way), {"rows", "application-orders"}),
    "older state": (lambda **way: by_restore("older", **way), set()),
    "all tables empty": (
        lambda **way: by_sql("truncate orders, customers cascade", **way),
        {"rows", "application-orders"},
    ),
    "a row refers to nothing": (
        lambda **way: by_sql(
            "alter table orders drop constraint orders_customer_id_fkey",
            "update orders set customer_id = -1 where id = (select min(id) from orders)",
            **way,
        ),
        {"application-orders-have-customers"},
    ),
    "rows of another tenant": (lambda **way: by_sql(THEIRS, **way), {"application-nobody-elses"}),
    "heartbeat gone": (lambda **way: by_sql("drop table holdfast_heartbeat", **way), {"tables", "heartbeat"}),
    "stale point: older than the objective": (stale, {"recovery-point"}),
}
_OLDER = {"snapshot: older state": {"rows"}, "point in time: older state": {"tables", "heartbeat"}}
"""The snapshot from before ten orders more were counted; the instance as it was made, with nothing in it."""
DAMAGES: dict[str, tuple[Act, set[str]]] = {
    **{
        f"{way}: {name}": (act(**options), found | _OLDER.get(f"{way}: {name}", set()))
        for way, options in WAYS.items()
        for name, (act, found) in _ANY.items()
    },
    "point in time: a row from after the moment": (
        by_sql("insert into holdfast_heartbeat values (now() + interval '1 hour')", **WAYS["point in time"]),
        {"not-younger-than-the-moment"},
    ),
    "copy: under a key nobody declared": (under_another_key, {"key-is-the-environments"}),
    "copy: under AWS's own key": (under_awss_own_key, {"key-is-the-environments"}),
    "copy: under a key that is gone": (under_a_lost_key, {"restore-carried-out"}),
    "copy: shared with another account": (shared, {"shared-with-nobody-else"}),
}
"""What each does, and the checks that have to find it, among others."""


def damaged(ground: Ground, damage: str) -> tuple[DrillResult, Row]:
    """The drill of one damage, and its row."""
    ground.fault()
    try:
        result = DAMAGES[damage][0](ground)
    finally:
        ground.fault()
    return result, row("rds", damage, result.checks)


def of_instances(emulator, folder: Path) -> Iterator[Row]:
    """Every damage; without damage it passes."""
    ground = standing_ground(emulator, folder)
    for options in WAYS.values():
        assert ground.drill(**options).verdict is Verdict.PASSED, "without damage"
    for damage in DAMAGES:
        yield damaged(ground, damage)[1]
    assert ground.left_over() == []


if __name__ == "__main__":
    from kill_page import rewrite

    rewrite({"rds": of_instances}, write=sys.argv[1:] == ["--write"])
