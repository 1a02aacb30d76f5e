"""Each kind of drill as it is killed: what it is run on, what it may leave behind, and what it must not change.

A new kind needs one entry in `TRIALS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from applied_ground import PRIMARY, RECOVERY, Applied
from backup_ground import Protected, backup_environment
from ebs_ground import Volumes, ebs_environment
from kinds_ground import DATASETS, captured, push_tenant, ready, replicate
from postgres_ground import DATASET, Ground, postgres_environment, record
from rds_ground import DATASET as RDS_DATASET
from rds_ground import Ground as RdsGround
from rds_ground import rds_environment

from holdfast.aws.endpoints import Endpoints, read_endpoints
from holdfast.clock import SystemClock
from holdfast.drills.aws_backup.baselines import take
from holdfast.drills.game_day.plan import GameDay, Part
from holdfast.drills.lost_key import backup_key
from holdfast.drills.spec import LATEST, DrillSpec
from holdfast.environments.model import Environment

REGIONS = (PRIMARY, RECOVERY)
DAY = GameDay(
    name="day",
    steps=(
        Part(name="files", kind="object-recovery", dataset="project"),
        Part(name="setup", kind="configuration", after=("files",)),
    ),
)


@dataclass(frozen=True)
class Trial:
    """One kind, and how it is judged after it was killed.

    Args:
        kind: its name.
        prepare: applies an environment with something to drill in a folder.
        ground: the class of what `prepare` makes.
        scope: of the drill.
        left: what drills of the environment made elsewhere and have not taken away, by name. Locked canaries, which
            nobody can take away, are not among it.
        untouched: what a drill must leave as it was, as JSON values.
        once: what a drill does once however often it was killed, counted by drill id; every count must be 0 or 1.
        points: how many points are tried on one ground; evidence piles up in its bucket, so not all are.
    """

    kind: str
    prepare: Callable[[Endpoints, Path], Applied]
    ground: type[Applied] = Applied
    scope: dict[str, Any] = field(default_factory=dict)
    left: Callable[[Applied], list[str]] = lambda _: []
    untouched: Callable[[Applied], Any] = lambda _: None
    once: Callable[[Applied, str], list[int]] = lambda *_: []
    points: int = 12

    def spec(self, environment: Environment) -> DrillSpec:
        """The drill that is killed."""
        return DrillSpec(environment=environment.environment, kind=self.kind, **self.scope)

    def at(self, environment: Environment, endpoints: Endpoints, folder: Path) -> Applied:
        """The ground again, in another process and with a home folder of its own."""
        return self.ground(environment, endpoints, folder)


def with_sets(endpoints: Endpoints, folder: Path) -> Applied:
    """Sets, a tenant's, a capture, and replication."""
    applied = ready(endpoints, folder, datasets=DATASETS)
    applied.push()
    captured(applied)
    push_tenant(applied, "acme", {"a": b"acme"})
    replicate(applied)
    return applied


def with_bucket(endpoints: Endpoints, folder: Path) -> Protected:
    """A bucket that AWS Backup protects, and its baseline."""
    ground = Protected(backup_environment(), endpoints, folder).apply().protect()
    ground.make_bucket({f"n/{number}": bytes([number]) * 1000 for number in range(3)})
    ground.back_up()
    ground.take_baseline()
    return ground


def with_table(endpoints: Endpoints, folder: Path) -> Protected:
    """A table with point-in-time recovery, and its baseline."""
    ground = Protected(backup_environment(), endpoints, folder).apply()
    name = ground.make_table([{"id": {"S": str(number)}, "total": {"N": str(number)}} for number in range(5)])
    ground.client("dynamodb", PRIMARY).update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    take(ground.environment, ground.sessions, "orders", clock=SystemClock(), now=True)
    return ground


def with_volume(endpoints: Endpoints, folder: Path) -> Volumes:
    """A volume, the baseline of its snapshot, and that one's copy."""
    ground = Volumes(ebs_environment(), endpoints, folder).apply()
    ground.protect()
    return ground


def with_instance(endpoints: Endpoints, folder: Path) -> RdsGround:
    """An instance of RDS, its snapshot and the copy of that."""
    return RdsGround(rds_environment(), endpoints, folder).apply().protect()


def with_archive(endpoints: Endpoints, folder: Path) -> Ground:
    """The archive of a PostgreSQL server, recorded once for all grounds."""
    kept = folder.parent / "recorded"
    if not kept.exists():
        (folder / "source").mkdir(parents=True, exist_ok=True)
        keep_archive(record(endpoints, folder / "source").simple, kept)
    archive = {str(each.relative_to(kept)): each.read_bytes() for each in kept.rglob("*") if each.is_file()}
    return Ground(postgres_environment(), endpoints, folder).apply().put(archive, RECOVERY)


def keep_archive(archive: dict[str, bytes], folder: Path) -> None:
    """Lay a recorded archive down, so that grounds in other processes need not record one."""
    for key, content in archive.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def settings_of(applied: Applied, region: str) -> Any:
    """What protects a bucket."""
    s3, where = applied.s3(region), {"Bucket": applied.bucket(region)}
    found = (
        s3.get_bucket_versioning(**where),
        s3.get_object_lock_configuration(**where),
        s3.get_bucket_lifecycle_configuration(**where),
        s3.get_bucket_policy(**where),
    )
    return json.loads(json.dumps([{**each, "ResponseMetadata": None} for each in found], default=str))


def vault(applied: Applied) -> Any:
    """What nobody may have changed: the state of the keys, the buckets' settings, and every object outside canaries."""
    return {
        region: {
            "key": backup_key(applied.sessions, region).state,
            "settings": settings_of(applied, region),
            "objects": sorted(
                (each["Key"], each["VersionId"])
                for prefix in ("objects/", "sets/")
                for each in applied.versions(prefix, region)
            ),
        }
        for region in REGIONS
    }


def canaries(applied: Applied, drill_id: str) -> list[int]:
    """Versions of each canary of a drill, in each Region."""
    found: dict[tuple[str, str], int] = {}
    for region in REGIONS:
        for each in applied.versions("", region):
            if drill_id in each["Key"]:
                found[region, each["Key"]] = found.get((region, each["Key"]), 0) + 1
    return list(found.values())


def restore_jobs(ground: Protected, drill_id: str) -> list[int]:
    """Restore jobs of a drill."""
    jobs = [each for each in ground.restore_jobs() if each.get("CreatedResourceArn", "").endswith(drill_id.lower())]
    return [len(jobs)]


def _owner(folder: Path) -> str:
    """Whose a folder is, as its name or the marker in it says."""
    marker = folder / "holdfast-owner"
    return marker.read_text() if marker.exists() else folder.name


def _of_sets(kind: str, **scope: Any) -> Trial:
    return Trial(kind, with_sets, scope=scope, untouched=vault)


_ALL = (
    _of_sets("object-recovery", dataset="project"),
    _of_sets("tenant", dataset="exports", tenant="acme"),
    _of_sets("configuration"),
    _of_sets("key-loss", dataset="project"),
    _of_sets("region-loss", dataset="project"),
    _of_sets("game-day", game_day=DAY),
    Trial("replication", with_sets, untouched=vault, once=canaries),
    Trial("immutability", with_sets, untouched=vault, once=canaries),
    Trial("access-control", with_sets, untouched=vault),
    Trial(
        "aws-backup",
        with_bucket,
        Protected,
        {"dataset": "exports"},
        left=lambda ground: ground.made_by_drills(),
        once=restore_jobs,
    ),
    Trial("dynamodb", with_table, Protected, {"dataset": "orders"}, left=lambda ground: ground.made_by_drills(PRIMARY)),
    Trial(
        "rds",
        with_instance,
        RdsGround,
        {"dataset": RDS_DATASET, "set_id": LATEST},
        left=lambda ground: ground.left_over(),
        points=40,
    ),
    Trial("ebs", with_volume, Volumes, {"dataset": "disk"}, left=lambda ground: ground.made_by_drills()),
    Trial(
        "postgres-pitr",
        with_archive,
        Ground,
        {"dataset": DATASET},
        left=lambda ground: [f"{each} of {_owner(each)}" for each in ground.left_over()],
        points=40,
    ),
)
TRIALS = {each.kind: each for each in _ALL}


def endpoints_in(folder: Path) -> Endpoints:
    """The sandbox a folder names."""
    endpoints = read_endpoints(folder)
    assert endpoints is not None
    return endpoints
