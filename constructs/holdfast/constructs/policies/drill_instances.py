"""What drills of RDS may do: restore into instances named and tagged as a drill's own, get in, and delete them.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
"""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, allow
from holdfast.constructs.policies.drill_made import DrillMade

_SETTINGS = ("og", "pg", "subgrp")
"""Option, parameter and subnet groups: a restore has to be allowed on those it uses."""


def look_around() -> Statement:
    """Threat: a drill of the wrong moment, or one that leaves something. What there is, and where.

    A name is not known before it is listed, and IAM decides a list on everything.
    """
    actions = (
        "ec2:DescribeSecurityGroups",
        "rds:DescribeDBInstanceAutomatedBackups",
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshotAttributes",
        "rds:DescribeDBSnapshots",
        "rds:DescribeDBSubnetGroups",
    )
    return allow("LookAtInstances", actions, on=["*"])


def restore(made: DrillMade, name: str) -> Statement:
    """Threat: something restored beside, or as, what is real. Only into instances of a drill's name, tagged at once.

    What they are restored from is not narrowed: automated backups have no tags IAM could ask for, and snapshots of RDS
    carry those of their instance only where somebody said so. It is the one thing here that reaches all databases of
    the account, so whoever takes on the role is watched as somebody who reads them.
    """
    on = [made.databases("db", name), made.databases("auto-backup"), made.databases("snapshot")]
    settings = [made.databases(kind) for kind in _SETTINGS]
    actions = ("rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBInstanceToPointInTime")
    return allow("RestoreInstances", actions, on=[*on, *settings], when=made.as_asked)


def tag_what_is_made(made: DrillMade, name: str) -> Statement:
    """Threat: a real database that is tagged as a drill's, and then deleted as one. Only what has a drill's name."""
    return allow("TagInstances", ["rds:AddTagsToResource"], on=[made.databases("db", name)], when=made.as_asked)


def own(made: DrillMade, name: str) -> Statement:
    """Threat: a password set on, or the deletion of, a database in use. Only with a drill's name *and* its tags."""
    actions = ("rds:DeleteDBInstance", "rds:ModifyDBInstance")
    return allow("OwnInstances", actions, on=[made.databases("db", name)], when=made.as_tagged)
