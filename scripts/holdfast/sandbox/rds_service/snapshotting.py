"""Taking snapshots of running instances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from holdfast.sandbox.rds_service.documents import tags_given
from holdfast.sandbox.rds_service.engine.copies import copied, copy_of
from holdfast.sandbox.rds_service.errors import snapshot_exists
from holdfast.sandbox.rds_service.faults import Effect
from holdfast.sandbox.rds_service.records import AVAILABLE, Instance, Snapshot
from holdfast.sandbox.rds_service.working import EndsIn
from holdfast.sandbox.rds_service.world import World


def begin_snapshot(
    world: World, instance: Instance, name: str, tags: list[dict[str, Any]] | None
) -> Callable[[], None]:
    """Announce a snapshot of an instance; what is returned takes it.

    Raises:
        ServiceAnswer: there is one of that name.
    """
    here = world.region(instance.place)
    if name.lower() in here.snapshots:
        raise snapshot_exists(name)
    copied_tags = instance.tags if instance.settings.get("CopyTagsToSnapshot") else {}
    snapshot = Snapshot(
        instance.place,
        name.lower(),
        instance.database,
        world.clock.now(),
        "manual",
        instance.key,
        {**copied_tags, **tags_given(tags)},
    )
    here.snapshots[snapshot.name] = snapshot
    return lambda: _take(world, instance, snapshot)


def before(world: World, snapshot: Snapshot) -> list[Snapshot]:
    """The snapshots of the same instance before this one, in the same Region, oldest first."""
    earlier = [
        each
        for each in world.region(snapshot.place).snapshots.values()
        if each.database.resource_id == snapshot.database.resource_id and each.copy and each.began < snapshot.began
    ]
    return sorted(earlier, key=lambda each: each.began)


def _take(world: World, instance: Instance, snapshot: Snapshot) -> None:
    if instance.cluster is None:
        raise EndsIn("failed")
    snapshot.began = world.clock.now()
    backdated = world.faults.take(Effect.BACKDATE, snapshot.arn, job="snapshot")
    if backdated:
        snapshot.began -= timedelta(seconds=backdated.seconds)
    earlier = [each.copy for each in before(world, snapshot) if each.copy]
    if earlier and world.faults.take(Effect.STALE, snapshot.arn, job="snapshot"):
        snapshot.copy = copied(world.ground, earlier[-1])
    else:
        snapshot.copy = copy_of(instance.cluster)
    snapshot.status = AVAILABLE
