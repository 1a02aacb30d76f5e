"""Automated backups: told of, replicated into this Region, deleted."""

from __future__ import annotations

from collections.abc import Callable

from holdfast.sandbox.rds_service.arns import taken_apart
from holdfast.sandbox.rds_service.documents import automated_document, tags_given
from holdfast.sandbox.rds_service.errors import invalid, no_automated_backup, wrong_state
from holdfast.sandbox.rds_service.faults import Effect
from holdfast.sandbox.rds_service.keys import new_key
from holdfast.sandbox.rds_service.records import Automated
from holdfast.sandbox.rds_service.world import Request, serves
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_USUAL_DAYS, _MOST_DAYS = 7, 35
_FILTERS: dict[str, Callable[[Automated], str]] = {
    "status": lambda each: each.status,
    "db-instance-id": lambda each: each.database.identifier,
    "dbi-resource-id": lambda each: each.database.resource_id,
}
_FIELDS: dict[str, Callable[[Automated], str]] = {
    "DBInstanceAutomatedBackupsArn": lambda each: each.arn,
    "DBInstanceIdentifier": lambda each: each.database.identifier,
    "DbiResourceId": lambda each: each.database.resource_id,
}


@serves("DescribeDBInstanceAutomatedBackups")
def describe(request: Request) -> Values:
    """The automated backups kept in this Region, those of other Regions' instances included."""
    given = request.given
    found = list(request.here.automated.values())
    for field, of in _FIELDS.items():
        if given.get(field):
            found = [each for each in found if of(each) == given[field]]
    for each_filter in given.get("Filters", []):
        if each_filter["Name"] not in _FILTERS:
            raise invalid(f"Filter {each_filter['Name']}; allowed: {', '.join(_FILTERS)}")
        of = _FILTERS[each_filter["Name"]]
        found = [each for each in found if of(each) in each_filter["Values"]]
    found = [each for each in found if not request.world.faults.take(Effect.MISSING, each.arn)]
    if not found and given.get("DBInstanceAutomatedBackupsArn"):
        raise no_automated_backup(str(given["DBInstanceAutomatedBackupsArn"]))
    return {"DBInstanceAutomatedBackups": [automated_document(each, each.history) for each in found]}


@serves("StartDBInstanceAutomatedBackupsReplication")
def start(request: Request) -> Values:
    """Keep a copy of an instance's automated backups in this Region, under a key of this Region."""
    world, given = request.world, request.given
    source = str(given["SourceDBInstanceArn"])
    parts = taken_apart(source)
    if parts is None or parts[0].region == request.place.region:
        raise invalid(f"SourceDBInstanceArn has to name an instance of another Region, not {source}")
    instance = world.instance(request.place, source)
    if instance.history is None:
        raise wrong_state(f"{source} keeps no automated backups that could be replicated.")
    if any(each.source == source and each.status == "replicating" for each in request.here.automated.values()):
        raise ServiceAnswer("InvalidDBInstanceState", f"The automated backups of {source} are replicated already.")
    days = int(given.get("BackupRetentionPeriod", _USUAL_DAYS))
    if not 1 <= days <= _MOST_DAYS:
        raise invalid(f"BackupRetentionPeriod {days}; allowed: 1 to {_MOST_DAYS}")
    asked = given.get("KmsKeyId")
    if instance.key and not asked:
        raise invalid("KmsKeyId is required to replicate the backups of an encrypted instance.")
    replica = Automated(
        request.place,
        source,
        world.new_id("ab-").lower(),
        instance.database,
        "pending",
        days,
        new_key(request.kms, request.place, str(asked)) if asked else None,
        tags_given(given.get("Tags")),
    )
    request.here.automated[replica.id] = replica
    history = instance.history

    def replicate() -> None:
        replica.history = history.replicated()
        replica.status = "replicating"
        instance.replications.append(replica.arn)

    world.in_background(replicate)
    return {"DBInstanceAutomatedBackup": automated_document(replica, None)}


@serves("StopDBInstanceAutomatedBackupsReplication")
def stop(request: Request) -> Values:
    """No more copies; what was copied goes."""
    source = str(request.given["SourceDBInstanceArn"])
    found = [each for each in request.here.automated.values() if each.source == source and each.status != "active"]
    if not found:
        raise no_automated_backup(source)
    return _forget(request, found[0])


@serves("DeleteDBInstanceAutomatedBackup")
def delete(request: Request) -> Values:
    """Remove retained or replicated backups."""
    given = request.given
    wanted = {given.get("DbiResourceId"), given.get("DBInstanceAutomatedBackupsArn")} - {None}
    here = request.here.automated.values()
    found = [each for each in here if {each.arn, each.database.resource_id} & wanted]
    if not found:
        raise no_automated_backup(", ".join(str(each) for each in wanted))
    if found[0].status == "active":
        raise wrong_state("The automated backups of an instance that is there go with it.")
    return _forget(request, found[0])


def _forget(request: Request, kept: Automated) -> Values:
    document = automated_document(kept, kept.history)
    del request.here.automated[kept.id]
    for region in request.world.regions.values():
        for instance in region.instances.values():
            instance.replications = [each for each in instance.replications if each != kept.arn]
    if kept.history:
        kept.history.remove()
    return {"DBInstanceAutomatedBackup": document | {"Status": "deleting"}}
