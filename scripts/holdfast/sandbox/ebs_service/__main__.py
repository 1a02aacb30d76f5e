"""Run the service: `python -m holdfast.sandbox.ebs_service PORT HOME`; the rest comes in environment variables."""

from __future__ import annotations

from holdfast.clock import SystemClock
from holdfast.sandbox.ebs_service.apis import NAME, EbsDirect, Ec2
from holdfast.sandbox.ebs_service.forwarding import to_emulator
from holdfast.sandbox.ebs_service.world import World
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.running import Given, run
from holdfast.sandbox.service.serving import Service


def build(given: Given) -> Service:
    """The service, with nothing in it."""
    beneath = given.clients(beneath=True)
    world = World(given.account, beneath, Blobs(given.folder / "blocks"), SystemClock())
    host = given.host(world.faults)
    ec2 = Ec2(world, host, to_emulator(beneath.address, given.authority))
    return Service(given.control(NAME, world.faults), (EbsDirect(world, host), ec2))


if __name__ == "__main__":
    run("holdfast.sandbox.ebs_service", build)
