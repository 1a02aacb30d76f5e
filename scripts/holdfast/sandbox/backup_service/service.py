"""AWS Backup: its API on the service's memory, and the door that follows the plans at once."""

from __future__ import annotations

from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.authorization import asks_of
from holdfast.sandbox.backup_service.protocol import aws_backup
from holdfast.sandbox.backup_service.scheduling import run_plans
from holdfast.sandbox.backup_service.served import SERVED
from holdfast.sandbox.backup_service.world import Request, World
from holdfast.sandbox.service.api import Api, Host, not_served
from holdfast.sandbox.service.authorization import Asks
from holdfast.sandbox.service.control import Door
from holdfast.sandbox.service.values import Call, Caller, Place, Values

NAME = "aws-backup"


class AwsBackup(Api):
    """The API of AWS Backup.

    Args:
        world: what the service remembers.
    """

    def __init__(self, world: World, host: Host) -> None:
        super().__init__(aws_backup(), host)
        self._world = world

    def asks(self, call: Call, place: Place) -> Asks:
        """As `Api.asks`."""
        return asks_of(self._world, call, Home(place.account, place.region))

    def carry_out(self, call: Call, caller: Caller, place: Place) -> Values:
        """As `Api.carry_out`."""
        serve = SERVED.get(call.operation)
        if serve is None:
            raise not_served(call.operation)
        with self._world.lock:
            home = Home(place.account, place.region)
            return serve(Request(call.operation, call.given, home, caller.arn, self._world))


def doors(world: World) -> dict[str, Door]:
    """What the sandbox can do with it and AWS cannot: `run-plans` follows the plans of a Region now."""

    def follow(document: Values) -> Values:
        names = frozenset(document["plans"]) if "plans" in document else None
        begun = run_plans(world, Home(world.account, str(document["region"])), names)
        return {"jobs": [each.id for each in begun]}

    return {"run-plans": follow}
