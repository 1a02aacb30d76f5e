"""The two APIs: EBS direct, and of EC2 what is about snapshots and volumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from holdfast.sandbox.ebs_service import direct, sharing, snapshots, volumes
from holdfast.sandbox.ebs_service.asking import asked, snapshot_arn, snapshot_keys
from holdfast.sandbox.ebs_service.forwarding import Forward
from holdfast.sandbox.ebs_service.tagging import retag
from holdfast.sandbox.ebs_service.world import Handler, Request, World
from holdfast.sandbox.service.api import Api, Host, not_served
from holdfast.sandbox.service.authorization import Asks
from holdfast.sandbox.service.protocol import QUERY_CODES
from holdfast.sandbox.service.query import Ec2Query, form_of
from holdfast.sandbox.service.rest_json import RestJson
from holdfast.sandbox.service.values import Answer, Call, Caller, Incoming, Place, Values

NAME = "ebs"
DIRECT: Mapping[str, Handler] = direct.SERVED
EC2: Mapping[str, Handler] = {**snapshots.SERVED, **sharing.SERVED, **volumes.SERVED}
_EC2_CODES = replace(QUERY_CODES, denied="UnauthorizedOperation")
_TAGGING = frozenset({"CreateTags", "DeleteTags"})


class EbsDirect(Api):
    """The EBS direct APIs.

    Which resource an action is decided for:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticblockstore.html
    """

    def __init__(self, world: World, host: Host) -> None:
        super().__init__(RestJson("ebs"), host)
        self._world = world

    def asks(self, call: Call, place: Place) -> Asks:
        """As `Api.asks`: every action is on a snapshot."""
        wanted = call.given.get("SnapshotId") or call.given.get("SecondSnapshotId") or "*"
        resource = snapshot_arn(place, str(wanted))
        return Asks(((f"ebs:{call.operation}", resource),), conditions=snapshot_keys(self._world, place, resource))

    def carry_out(self, call: Call, caller: Caller, place: Place) -> Values:
        """As `Api.carry_out`."""
        return _done(self._world, DIRECT, call, caller, place)


class Ec2(Api):
    """EC2's snapshots and volumes; everything else goes on to the emulator.

    Which resource an action is decided for:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """

    def __init__(self, world: World, host: Host, forward: Forward) -> None:
        super().__init__(Ec2Query("ec2", _EC2_CODES), host)
        self._world, self._forward = world, forward

    def called(self, incoming: Incoming) -> Answer:
        """As `Api.called`, for what is served here."""
        action = form_of(incoming.target, incoming.body).get("Action", "")
        if action in EC2:
            return super().called(incoming)
        answer = self._forward(incoming)
        if action in _TAGGING and answer.status < 300:
            call = self.protocol.read(incoming.method, incoming.target, incoming.named, incoming.body)
            with self._world.lock:
                retag(self._world, action, call.given)
        return answer

    def asks(self, call: Call, place: Place) -> Asks:
        """As `Api.asks`: on volumes and snapshots, made and used, and on the tags they are made with."""
        return asked(self._world, call, place)

    def carry_out(self, call: Call, caller: Caller, place: Place) -> Values:
        """As `Api.carry_out`."""
        return _done(self._world, EC2, call, caller, place)


def _done(world: World, served: Mapping[str, Handler], call: Call, caller: Caller, place: Place) -> Values:
    serve = served.get(call.operation)
    if serve is None:
        raise not_served(call.operation)
    with world.lock:
        return serve(Request(call.operation, call.given, place, caller.arn, world))
