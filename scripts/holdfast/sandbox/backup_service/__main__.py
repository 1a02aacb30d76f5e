"""Run the service: `python -m holdfast.sandbox.backup_service PORT HOME`; the rest comes in environment variables."""

from __future__ import annotations

from holdfast.clock import SystemClock
from holdfast.sandbox.backup_service.service import NAME, AwsBackup, doors
from holdfast.sandbox.backup_service.world import World
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.running import Given, run
from holdfast.sandbox.service.serving import Service


def build(given: Given) -> Service:
    """The service, with nothing in it."""
    world = World(given.account, given.clients(), Blobs(given.folder / "recovery-points"), SystemClock())
    return Service(given.control(NAME, world.faults, doors(world)), (AwsBackup(world, given.host(world.faults)),))


if __name__ == "__main__":
    run("holdfast.sandbox.backup_service", build)
