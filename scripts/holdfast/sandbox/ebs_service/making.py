"""How a snapshot, a copy or a volume is made: at once, unless a fault says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.sandbox.ebs_service import keys
from holdfast.sandbox.ebs_service.faults import Effect, Work
from holdfast.sandbox.ebs_service.images import damaged
from holdfast.sandbox.ebs_service.records import Image, Making
from holdfast.sandbox.ebs_service.world import World
from holdfast.sandbox.service.damage import Damage
from holdfast.sandbox.service.values import Place

_DONE = {Work.SNAPSHOT: "completed", Work.COPY: "completed", Work.VOLUME: "available"}


@dataclass(frozen=True)
class Made:
    """What came of it: its blocks, when it is ready, and when it says it was begun."""

    image: Image
    making: Making
    started: datetime


def make(world: World, work: Work, source: str, image: Image, older: Image) -> Made:
    """Make something of an image.

    Args:
        work: what.
        source: ARN of what it is made of.
        image: what that holds.
        older: what the snapshot before held, for faults.
    """
    now, job = world.clock.now(), work.value
    delay = world.faults.take(Effect.DELAY, source, job=job)
    ready = now + timedelta(seconds=delay.seconds if delay else 0.0)
    failure = world.faults.take(Effect.FAIL, source, job=job)
    if failure:
        return Made({}, Making(ready, "error", failure.message), now)
    if world.faults.take(Effect.STALE, source, job=job):
        image = older
    damage = world.faults.take(Effect.DAMAGE, source, job=job)
    if damage:
        image = damaged(image, Damage(damage.how), older, world.blobs)
    dated = world.faults.take(Effect.BACKDATE, source, job=job) if work is not Work.VOLUME else None
    started = now - timedelta(seconds=dated.seconds if dated else 0.0)
    return Made(image, Making(ready, _DONE[work]), started)


def under_key(world: World, made: Made, *wanted: tuple[Place, str | None]) -> tuple[Made, str | None]:
    """What was made, under the last of some keys; in state `error` when one of them cannot be used.

    Args:
        wanted: keys that have to be usable, each where it is; None for EBS's own.
    """
    arn = None
    try:
        for where, key in wanted:
            arn = keys.resolved(world.emulator("kms", where.region), key, where)
    except keys.KeyUnusable as error:
        return Made({}, Making(made.making.ready_at, "error", str(error)), made.started), None
    return made, arn
