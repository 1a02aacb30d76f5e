"""Instances: made, told of, changed, deleted."""

from __future__ import annotations

import re
from typing import Any

from holdfast.sandbox.rds_service.automated import keep_backups, leave_backups
from holdfast.sandbox.rds_service.documents import instance_document, tags_given
from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.roles import make_master, set_password
from holdfast.sandbox.rds_service.errors import contradictory, instance_exists, invalid, no_subnets, wrong_state
from holdfast.sandbox.rds_service.keys import DataKey, new_key
from holdfast.sandbox.rds_service.records import AVAILABLE, Database, Instance
from holdfast.sandbox.rds_service.snapshotting import begin_snapshot
from holdfast.sandbox.rds_service.working import work_on
from holdfast.sandbox.rds_service.world import MOST_INSTANCES, Request, World, serves
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_IDENTIFIER = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9]){0,62}")
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 128
_NOT_IN_PASSWORDS = frozenset('/"@ ')
_SETTINGS = (
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "DBSubnetGroupName",
    "DeletionProtection",
    "MultiAZ",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "PubliclyAccessible",
    "StorageType",
    "VpcSecurityGroupIds",
)
_USUAL: Values = {
    "AutoMinorVersionUpgrade": True,
    "CopyTagsToSnapshot": False,
    "DBInstanceClass": "db.t4g.micro",
    "DeletionProtection": False,
    "MultiAZ": False,
    "PreferredBackupWindow": "03:00-03:30",
    "PreferredMaintenanceWindow": "sun:04:00-sun:04:30",
    "PubliclyAccessible": False,
    "StorageType": "gp3",
}


@serves("CreateDBInstance")
def create(request: Request) -> Values:
    """A new server with the master user, then its first backup."""
    given, world = request.given, request.world
    name = admit(request, str(given["DBInstanceIdentifier"]))
    if given["Engine"] != "postgres":
        raise invalid(f"the sandbox runs postgres and no {given['Engine']}")
    master, password = str(given.get("MasterUsername", "")), _password(given)
    if not _ROLE.fullmatch(master) or master.startswith(("pg_", "rdsadmin")):
        raise invalid("MasterUsername is required, and no reserved word")
    database = Database(
        identifier=name,
        resource_id=world.new_id("db-"),
        version=_version(world, given.get("EngineVersion")),
        master=master,
        database=given.get("DBName"),
        created=request.now,
        storage=int(given.get("AllocatedStorage", 20)),
    )
    key = new_key(request.kms, request.place, given.get("KmsKeyId")) if given.get("StorageEncrypted") else None
    instance = new_instance(request, database, key, retention=int(given.get("BackupRetentionPeriod", 1)))

    def make() -> None:
        cluster = Cluster.at(world.ground)
        instance.cluster = cluster
        cluster.initialize()
        cluster.start()
        make_master(cluster, master, password, database.database)
        into_service(world, instance)

    work_on(world, "create", instance, make)
    return told(world, instance)


@serves("DescribeDBInstances")
def describe(request: Request) -> Values:
    """The instances of the Region, or one."""
    world, name = request.world, request.given.get("DBInstanceIdentifier")
    found = [world.instance(request.place, str(name))] if name else list(request.here.instances.values())
    for each in request.given.get("Filters", []):
        wanted = {str(value).rsplit(":", 1)[-1] for value in each["Values"]}
        by_name = each["Name"] == "db-instance-id"
        found = [one for one in found if (one.database.identifier if by_name else one.database.resource_id) in wanted]
    return {"DBInstances": [instance_document(each, world.subnets_of(each)) for each in found]}


@serves("ModifyDBInstance")
def modify(request: Request) -> Values:
    """Settings at once; another password, or keeping backups, a little later."""
    world, given = request.world, request.given
    instance = world.instance(request.place, str(given["DBInstanceIdentifier"]))
    if instance.status != AVAILABLE:
        raise wrong_state(f"Database instance is not in available state: {instance.status}")
    instance.settings |= {name: given[name] for name in _SETTINGS if given.get(name) is not None}
    if given.get("MasterUserPassword"):
        _change_password(world, instance, _password(given))
    if given.get("BackupRetentionPeriod") is not None:
        instance.retention = int(given["BackupRetentionPeriod"])
        instance.status = "modifying"
        work_on(world, "modify", instance, lambda: into_service(world, instance))
    return told(world, instance)


@serves("DeleteDBInstance")
def delete(request: Request) -> Values:
    """End the server and remove it, with its own backups unless they are to be retained."""
    world, given = request.world, request.given
    instance = world.instance(request.place, str(given["DBInstanceIdentifier"]))
    if instance.settings.get("DeletionProtection"):
        raise contradictory("Cannot delete protected DB Instance, please disable deletion protection and try again.")
    if instance.status in {"creating", "deleting"}:
        raise wrong_state(f"Instance {instance.database.identifier} is {instance.status}.")
    final = given.get("FinalDBSnapshotIdentifier")
    if bool(given.get("SkipFinalSnapshot")) == bool(final):
        raise contradictory("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is given, and not with it.")
    document = told(world, instance)
    taking = begin_snapshot(world, instance, str(final), given.get("Tags")) if final else None
    instance.status = "deleting"
    retain = given.get("DeleteAutomatedBackups") is False

    def remove() -> None:
        if taking:
            taking()
        leave_backups(world, instance, retain=retain)
        if instance.cluster:
            instance.cluster.remove()
        with world.lock:
            world.region(instance.place).instances.pop(instance.database.identifier, None)

    work_on(world, "delete", instance, remove)
    document["DBInstance"]["DBInstanceStatus"] = "deleting"
    return document


def admit(request: Request, asked: str) -> str:
    """The identifier of a new instance, in lower case as RDS keeps it.

    Raises:
        ServiceAnswer: it is taken or malformed, there are too many instances, or its subnet group is not there.
    """
    name, group = asked.lower(), request.given.get("DBSubnetGroupName")
    if not _IDENTIFIER.fullmatch(name):
        raise invalid(f"The parameter DBInstanceIdentifier is not a valid identifier: {asked}")
    if name in request.here.instances:
        raise instance_exists()
    if request.world.running() >= MOST_INSTANCES:
        raise ServiceAnswer("InstanceQuotaExceeded", f"the sandbox runs at most {MOST_INSTANCES} instances")
    if group and str(group).lower() not in request.here.subnets:
        raise no_subnets(str(group))
    return name


def new_instance(request: Request, database: Database, key: DataKey | None, *, retention: int) -> Instance:
    """An instance on its way, with the settings its call gives."""
    settings = _USUAL | {name: request.given[name] for name in _SETTINGS if request.given.get(name) is not None}
    tags = tags_given(request.given.get("Tags"))
    instance = Instance(request.place, database, settings, key, tags, retention)
    request.here.instances[database.identifier] = instance
    return instance


def into_service(world: World, instance: Instance) -> None:
    """The last step before an instance is available: its backups begin, or end."""
    instance.status = "backing-up"
    keep_backups(world, instance)
    instance.status = AVAILABLE


def told(world: World, instance: Instance) -> Values:
    """An answer about one instance."""
    return {"DBInstance": instance_document(instance, world.subnets_of(instance))}


def _change_password(world: World, instance: Instance, password: str) -> None:
    instance.changing_password, instance.status = True, "resetting-master-credentials"

    def change() -> None:
        if instance.cluster:
            set_password(instance.cluster, instance.database.master, password)
        instance.changing_password, instance.status = False, AVAILABLE

    work_on(world, "password", instance, change)


def _password(given: dict[str, Any]) -> str:
    password = str(given.get("MasterUserPassword", ""))
    fits = _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD and password.isascii() and password.isprintable()
    if not fits or _NOT_IN_PASSWORDS & set(password):
        raise invalid("The parameter MasterUserPassword is not a valid password.")  # never with what was given
    return password


def _version(world: World, asked: Any) -> str:
    """The version of the programs of this machine, if it is the one that is asked for."""
    told = world.ground.server(world.ground.folder).run("postgres", "--version").split()[2]
    if asked and str(asked).split(".")[0] != told.split(".")[0]:
        raise contradictory(f"Cannot find version {asked} for postgres")
    return told
