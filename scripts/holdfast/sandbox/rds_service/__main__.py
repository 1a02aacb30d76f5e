"""Run the service: `python -m holdfast.sandbox.rds_service PORT HOME`."""

from __future__ import annotations

import os
import tempfile
import threading
from functools import partial

from holdfast.clock import SystemClock
from holdfast.sandbox.rds_service.automated import ship_for_ever
from holdfast.sandbox.rds_service.engine.ground import Ground
from holdfast.sandbox.rds_service.engine.recorded import record_servers
from holdfast.sandbox.rds_service.faults import VOCABULARY
from holdfast.sandbox.rds_service.keeper import keep
from holdfast.sandbox.rds_service.rds import Rds
from holdfast.sandbox.rds_service.world import World
from holdfast.sandbox.service.faults import Faults
from holdfast.sandbox.service.running import Given, run
from holdfast.sandbox.service.serving import Service


class _Running:
    """What is to be ended with the service."""

    world: World | None = None


def build(given: Given) -> Service:
    """The service, with nothing in it yet."""
    clock, faults = SystemClock(), Faults(VOCABULARY)

    def make_ground() -> Ground:
        os.environ.pop("TMPDIR", None)  # the run's folder is for its owner alone, and its path too long for a socket
        tempfile.tempdir = None
        record = partial(record_servers, given.folder)
        ground = Ground.make(given.run, given.certificate, given.certificate_key, clock, record)
        keep(ground)
        threading.Thread(target=ship_for_ever, args=(world, threading.Event()), daemon=True).start()
        return ground

    world = World(given.account, given.clients(), make_ground, clock, faults)
    _Running.world = world
    return Service(given.control("rds", faults), (Rds(world, given.host(faults)),))


def end() -> None:
    """End every server."""
    if _Running.world and _Running.world.has_ground:
        _Running.world.ground.end()


if __name__ == "__main__":
    run("holdfast.sandbox.rds_service", build, end)
