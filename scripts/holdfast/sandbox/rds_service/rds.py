"""The API of RDS: what its callers have to be allowed, and what it does."""

from __future__ import annotations

from holdfast.sandbox.rds_service.arns import AUTOMATED, INSTANCE, SNAPSHOT, SUBNETS, arn, taken_apart
from holdfast.sandbox.rds_service.documents import tags_given
from holdfast.sandbox.rds_service.served import SERVED
from holdfast.sandbox.rds_service.world import Request, World
from holdfast.sandbox.service.api import Api, Host, not_served
from holdfast.sandbox.service.authorization import Asks, tag_keys
from holdfast.sandbox.service.query import Query
from holdfast.sandbox.service.values import Call, Caller, Place, Values

_NAMED = (
    ("ResourceName", ""),
    ("SourceDBInstanceArn", INSTANCE),
    ("SourceDBInstanceAutomatedBackupsArn", AUTOMATED),
    ("DBInstanceAutomatedBackupsArn", AUTOMATED),
    ("TargetDBSnapshotIdentifier", SNAPSHOT),
    ("TargetDBInstanceIdentifier", INSTANCE),
    ("DBInstanceIdentifier", INSTANCE),
    ("DBSnapshotIdentifier", SNAPSHOT),
    ("DBSubnetGroupName", SUBNETS),
)
"""Which field names what an action is decided for, the first that is given."""
_ALSO = {
    "CopyDBSnapshot": (("SourceDBSnapshotIdentifier", SNAPSHOT),),
    "RestoreDBInstanceFromDBSnapshot": (("DBSnapshotIdentifier", SNAPSHOT), ("DBSubnetGroupName", SUBNETS)),
    "RestoreDBInstanceToPointInTime": (
        ("SourceDBInstanceIdentifier", INSTANCE),
        ("SourceDBInstanceAutomatedBackupsArn", AUTOMATED),
        ("TargetDBInstanceIdentifier", INSTANCE),
        ("DBSubnetGroupName", SUBNETS),
    ),
}
"""What is asked besides: source and target both have to be allowed.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
"""


class Rds(Api):
    """RDS.

    Args:
        world: what it remembers and works with.
        host: who may call, what goes wrong.
    """

    def __init__(self, world: World, host: Host) -> None:
        super().__init__(Query("rds"), host)
        self.world = world

    def asks(self, call: Call, place: Place) -> Asks:
        """The action on the resource it is about, on its source, and the tags it brings along."""
        given = call.given
        fields = [(name, kind) for name, kind in _NAMED if given.get(name)][:1]
        fields += [each for each in _ALSO.get(call.operation, ()) if given.get(each[0]) and each not in fields]
        resources = [_resource(place, kind, str(given[name])) for name, kind in fields] or ["*"]
        actions = [(f"rds:{call.operation}", resource) for resource in resources]
        if given.get("Tags") and call.operation != "AddTagsToResource":
            target = next((n for n, (name, _) in enumerate(fields) if name.startswith("Target")), 0)
            actions.append(("rds:AddTagsToResource", resources[target]))
        asked = tag_keys("Request", tags_given(given.get("Tags")))
        keys = {each: {**tag_keys("Resource", self._tags(each)), **asked} for each in resources}
        return Asks(tuple(actions), conditions=keys)

    def _tags(self, resource: str) -> dict[str, str]:
        """The tags of what is there under an ARN; none of what is not."""
        parts = taken_apart(resource)
        if parts is None:
            return {}
        with self.world.lock:
            here = self.world.region(parts[0])
            there = {INSTANCE: here.instances, SNAPSHOT: here.snapshots, AUTOMATED: here.automated}.get(parts[1], {})
            found = there.get(parts[2])  # type: ignore[attr-defined]  # each is a dictionary of what has tags
            return dict(found.tags) if found else {}

    def carry_out(self, call: Call, caller: Caller, place: Place) -> Values:
        """Do what an operation does."""
        serve = SERVED.get(call.operation)
        if serve is None:
            raise not_served(call.operation)
        with self.world.lock:
            return serve(Request(call.operation, call.given, place, self.world))


def _resource(place: Place, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else arn(place, kind, name.lower())
