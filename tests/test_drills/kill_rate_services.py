"""Damage to what services restored: tables, buckets, PostgreSQL servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from applied_ground import PRIMARY, RECOVERY
from backup_ground import Protected, backup_environment
from kill_rows import Row, row
from kinds_ground import begun, spec_for
from postgres_damages import DAMAGES, damaged_drill
from postgres_ground import Ground, postgres_environment, record
from service_damages import ITEMS, OBJECTS, in_bucket, in_table

from holdfast.clock import SystemClock
from holdfast.drills.aws_backup.baselines import take
from holdfast.drills.aws_backup.choosing import point_again
from holdfast.drills.aws_backup.points import place_of
from holdfast.drills.aws_backup.targets import name_of, remove
from holdfast.drills.aws_backup.verifying import key_check
from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.verdict import Verdict, judge


def of_services(emulator, folder: Path) -> Iterator[Row]:
    """A table and a bucket restored once each; then damaged, verified and mended in turn."""
    ground = Protected(backup_environment(), emulator, folder).apply().protect()
    ground.make_bucket(OBJECTS)
    table = ground.make_table(ITEMS)
    enabled = {"PointInTimeRecoveryEnabled": True}
    ground.client("dynamodb", PRIMARY).update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification=enabled
    )
    ground.back_up()
    ground.take_baseline("exports")
    ground.take_baseline("orders")
    take(ground.environment, ground.sessions, "orders", clock=SystemClock(), now=True)
    for kind, dataset, service, region, damages in (
        ("dynamodb", "orders", "dynamodb", PRIMARY, in_table),
        ("aws-backup", "orders", "dynamodb", RECOVERY, in_table),
        ("aws-backup", "exports", "s3", RECOVERY, in_bucket),
    ):
        client = ground.client(service, region)
        yield from _of_restored(ground, spec_for(ground, kind, dataset=dataset), lambda where: damages(client, where))  # noqa: B023  # used before the next
    late = SystemClock().now() + timedelta(hours=25)
    for kind, dataset in (("dynamodb", "orders"), ("aws-backup", "exports")):
        spec = spec_for(ground, kind, dataset=dataset, failed_at=late)
        yield row(kind, "stale point: older than the objective", run(spec, ground.surroundings).checks)
    yield _under_the_lost_key(ground)
    for kind, dataset, what in (
        ("dynamodb", "orders", "table"),
        ("aws-backup", "orders", "table"),
        ("aws-backup", "exports", "bucket"),
    ):
        gone = replace(ground.surroundings, kinds={**KINDS, kind: _without_target(KINDS[kind])})
        yield row(kind, f"{what}: gone", run(spec_for(ground, kind, dataset=dataset), gone).checks)


def _of_restored(ground, spec, damages) -> Iterator[Row]:
    what = {"orders": "table: ", "exports": "bucket: "}[spec.dataset]
    with begun(ground, spec) as (kind, drill):
        selection = kind.select(drill)
        restored = kind.restore(drill, selection)
        assert judge(kind.verify(drill, selection, restored).checks).verdict is Verdict.PASSED, "without damage"
        for name, damage in damages(name_of(ground.environment, drill.drill_id)):
            damage()
            yield row(spec.kind, f"{what}{name}", kind.verify(drill, selection, restored).checks)
        kind.clean_up(drill)


def _under_the_lost_key(ground) -> Row:
    """Both vaults of a sandbox's Regions have keys of their own: a point that says otherwise is made up here."""
    with begun(ground, ground.spec()) as (kind, drill):
        selection = kind.select(drill)
        place = place_of(ground.environment, drill.spec.scenario)
        point, _ = point_again(drill, place, selection.point.id)
        lost = ground.names.alias_arn(ground.names.key_alias, account="000000000000", region=PRIMARY)
        return row(
            "aws-backup",
            "wrong key: under the key of the lost Region",
            (key_check(drill, place, replace(point, key=lost)),),
        )


def _without_target(kind):
    """The same kind; what it restored is gone before it is verified."""

    class Gone(type(kind)):
        def verify(self, drill, selection, restored):
            assert remove(drill.sessions, selection.point.region, restored.location) is None
            return super().verify(drill, selection, restored)

    return Gone()


def of_postgres(emulator, folder: Path) -> Iterator[Row]:
    """Each damage in a drill of its own."""
    recorded = record(emulator, folder)
    for number, damage in enumerate(DAMAGES):
        place = folder / f"damage-{number}"
        place.mkdir()
        result = damaged_drill(damage, recorded, lambda **settings: postgres_ground(emulator, place, **settings))  # noqa: B023  # used before the next
        yield row("postgres-pitr", damage, result.checks)


def postgres_ground(emulator, folder: Path, **settings) -> Ground:
    """An environment of its own with a PostgreSQL dataset."""
    return Ground(postgres_environment(**settings), emulator, folder).apply()
