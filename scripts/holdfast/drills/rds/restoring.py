"""An instance made anew: asked for once, closed to everybody, in the drill network where there is one."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.context import Drill
from holdfast.drills.interface import RecoveryPoint
from holdfast.drills.rds.choosing import SNAPSHOT, client_of, source_again
from holdfast.drills.rds.errors import InstanceNotRestored, NotThisDrills
from holdfast.drills.rds.instances import drill_of, instance_name, look, tags_of, wait
from holdfast.environments.model import Scenario
from holdfast.environments.names import SNAPSHOT_RESTORER

RESTORE = "restore-db-instance"
ISOLATION = (
    "an instance of this drill's own, made for it and deleted after it, under no name anything else uses",
    "not publicly accessible; TLS with the certificate checked, under a password nobody keeps",
    "nothing is restored over the source, and nothing is pointed at what was restored",
)
"""What keeps the instance apart, in the words of a record."""


def restore(drill: Drill, point: RecoveryPoint) -> dict[str, Any]:
    """Restore into an instance of the drill's own and wait until it is available.

    Raises:
        InstanceNotRestored, InstanceUnfinished: as RDS says.
        NotThisDrills: somebody else has an instance of that name.
        ServiceError: RDS refuses or does not answer.
    """
    rds, name = client_of(drill), instance_name(drill.environment, drill.drill_id)
    source = source_again(drill, point)
    if source is None:
        raise InstanceNotRestored(instance=name, status="not restored", meaning=f"{point.id} is not there any more")
    told = look(rds, name)
    with drill.step(RESTORE, instance=name, region=point.region, source=source.id, version=source.version) as step:
        if told is None:
            _ask(drill, rds, name, point, source.id)
        elif drill_of(told) != drill.drill_id:
            raise NotThisDrills(instance=name)
        step.done()
    return wait(drill, rds, name)


def _ask(drill: Drill, rds: Any, name: str, point: RecoveryPoint, source: str) -> None:
    settings: dict[str, Any] = {
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "AutoMinorVersionUpgrade": False,
        "CopyTagsToSnapshot": False,
        "Tags": tags_of(drill),
        **_network(drill, rds, point.region),
    }
    with translated(f"restore {source}"):
        try:
            if point.type == SNAPSHOT:
                rds.restore_db_instance_from_db_snapshot(
                    DBInstanceIdentifier=name, DBSnapshotIdentifier=source, **settings
                )
            else:
                by = "SourceDBInstanceAutomatedBackupsArn" if source.startswith("arn:") else "SourceDbiResourceId"
                rds.restore_db_instance_to_point_in_time(
                    TargetDBInstanceIdentifier=name, RestoreTime=point.captured_at, **{by: source}, **settings
                )
        except ClientError as error:
            if code_of(error) == "DBInstanceAlreadyExists":
                raise NotThisDrills(instance=name) from error
            raise


def _network(drill: Drill, rds: Any, region: str) -> dict[str, Any]:
    """Where the drill network of the environment is, its subnets and its group; the account's own otherwise."""
    if drill.spec.scenario is not Scenario.REGION_LOSS:
        return {}
    name = f"{drill.names.prefix}-drill"
    with translated("look for the drill network"):
        try:
            group = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]
        except ClientError as error:
            if code_of(error) == "DBSubnetGroupNotFoundFault":
                return {}
            raise
        filters = [
            {"Name": "vpc-id", "Values": [group["VpcId"]]},
            {"Name": "group-name", "Values": [f"{name}-restored"]},
        ]
        ec2 = drill.sessions.client("ec2", region, role=SNAPSHOT_RESTORER)
        groups = [each["GroupId"] for each in ec2.describe_security_groups(Filters=filters)["SecurityGroups"]]
    return {"DBSubnetGroupName": name, **({"VpcSecurityGroupIds": groups} if groups else {})}
