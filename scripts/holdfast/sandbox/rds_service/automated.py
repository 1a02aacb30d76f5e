"""Automated backups: begun with an instance, shipped while it runs, retained after it, replicated elsewhere."""

from __future__ import annotations

import threading
import traceback

from holdfast.errors import HoldfastError
from holdfast.sandbox.rds_service.engine.history import History
from holdfast.sandbox.rds_service.faults import Effect
from holdfast.sandbox.rds_service.records import AVAILABLE, Automated, Instance
from holdfast.sandbox.rds_service.world import World

SHIP_SECONDS = 2.0
"""How often the log is shipped; RDS does it every five minutes."""


def keep_backups(world: World, instance: Instance) -> None:
    """Begin an instance's automated backups, or end them where it is to keep none."""
    here = world.region(instance.place)
    if instance.retention and instance.history is None and instance.cluster:
        instance.history = History.begin(instance.cluster)
        kept = Automated(
            instance.place,
            instance.arn,
            world.new_id("ab-").lower(),
            instance.database,
            "active",
            instance.retention,
            instance.key,
            dict(instance.tags),
            instance.history,
        )
        here.automated[kept.id] = kept
    elif not instance.retention:
        leave_backups(world, instance, retain=False)


def leave_backups(world: World, instance: Instance, *, retain: bool) -> None:
    """What becomes of an instance's own backups when it is deleted; copies in other Regions stay as they are."""
    here = world.region(instance.place)
    if instance.history and instance.cluster and retain:
        instance.history.ship(instance.cluster)
    for each in [each for each in here.automated.values() if each.source == instance.arn and each.status == "active"]:
        if retain and each.history:
            each.history, each.status = each.history.kept(), "retained"
        else:
            del here.automated[each.id]
    if instance.history:
        instance.history.remove()
        instance.history = None


def ship_all(world: World) -> None:
    """Ship every running instance's log, and bring the copies in other Regions up to date."""
    with world.lock:
        instances = [each for region in world.regions.values() for each in region.instances.values()]
    for instance in instances:
        if instance.history and instance.cluster and instance.status == AVAILABLE:
            try:
                instance.history.ship(instance.cluster)
                replicate(world, instance)
            except (HoldfastError, OSError) as error:  # it is being ended, or busy: tried again the next time
                print(f"{instance.arn}: {error}", flush=True)  # noqa: T201  the service's log


def replicate(world: World, instance: Instance) -> None:
    """Bring the copies of an instance's backups up to date, unless a fault keeps them where they are."""
    for region in list(world.regions.values()):
        for each in list(region.automated.values()):
            is_copy = each.source == instance.arn and each.status == "replicating"
            if not is_copy or each.history is None or instance.history is None:
                continue
            if not world.faults.take(Effect.STALE, each.arn, job="replicate"):
                instance.history.copy_to(each.history)


def ship_for_ever(world: World, stopped: threading.Event) -> None:
    """Ship until told to stop."""
    while not stopped.wait(SHIP_SECONDS):
        try:
            ship_all(world)
        except Exception:  # noqa: BLE001  shipping goes on, whatever one round came to
            traceback.print_exc()
