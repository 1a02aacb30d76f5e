"""A plan's run brought forward: what its schedule would do at its next time, done now.

Nothing in the sandbox waits for two in the morning. Every rule of every plan of a Region is followed for everything
the plan's selections select: a backup job each, and the copies the rule asks for once that is done.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.api import backup_jobs, copy_jobs
from holdfast.sandbox.backup_service.api.selections import selected
from holdfast.sandbox.backup_service.arns import Home, vault_of
from holdfast.sandbox.backup_service.contents import reading
from holdfast.sandbox.backup_service.records import Job, RecoveryPoint
from holdfast.sandbox.backup_service.world import World
from holdfast.sandbox.service.values import Values


def run_plans(world: World, home: Home, names: frozenset[str] | None = None) -> list[Job]:
    """Follow every rule of the plans of a Region now; returns the backup jobs that were begun.

    Args:
        names: the plans; all of them when None.
    """
    here, found = world.region(home), protectable(world, home)
    begun: list[Job] = []
    for plan in [each for each in here.plans.values() if "DeletionDate" not in each]:
        if names is not None and plan["BackupPlan"]["BackupPlanName"] not in names:
            continue
        for selection in here.selections.get(plan["BackupPlanId"], {}).values():
            for arn in selected(selection["BackupSelection"], found):
                begun += [
                    _follow(world, home, plan, rule, arn, selection["BackupSelection"]["IamRoleArn"])
                    for rule in plan["BackupPlan"]["Rules"]
                ]
    return begun


def protectable(world: World, home: Home) -> dict[str, dict[str, str]]:
    """The resources of a Region AWS Backup could protect here: tags by ARN."""
    region = home.region
    arns = [("S3", f"arn:aws:s3:::{name}") for name in _buckets(world.clients("s3", region), region)]
    tables = world.clients("dynamodb", region).list_tables()["TableNames"]
    arns += [("DynamoDB", f"arn:aws:dynamodb:{region}:{home.account}:table/{name}") for name in tables]
    volumes = world.clients("ec2", region).describe_volumes()["Volumes"]
    arns += [("EBS", f"arn:aws:ec2:{region}:{home.account}:volume/{each['VolumeId']}") for each in volumes]
    return {arn: reading.tags_of(world.clients, home, kind, arn) for kind, arn in arns}


def _follow(world: World, home: Home, plan: Values, rule: Values, arn: str, role: str) -> Job:
    copies = rule.get("CopyActions", [])

    def copy(point: RecoveryPoint) -> None:
        for action in copies:
            target = vault_of(action["DestinationBackupVaultArn"])
            copy_jobs.begin(world, point, target, role, action.get("Lifecycle", {}))

    return backup_jobs.begin(
        world,
        home,
        rule["TargetBackupVaultName"],
        arn,
        role,
        lifecycle=rule.get("Lifecycle", {}),
        tags=rule.get("RecoveryPointTags", {}),
        created_by={
            "BackupPlanId": plan["BackupPlanId"],
            "BackupPlanArn": plan["BackupPlanArn"],
            "BackupPlanVersion": plan["VersionId"],
            "BackupRuleId": rule["RuleId"],
            "BackupPlanName": plan["BackupPlan"]["BackupPlanName"],
            "BackupRuleName": rule["RuleName"],
        },
        then=copy,
    )


def _buckets(s3: Any, region: str) -> list[str]:
    """The buckets of one Region: S3 lists those of all."""
    found = []
    for bucket in s3.list_buckets()["Buckets"]:
        try:
            where = s3.get_bucket_location(Bucket=bucket["Name"]).get("LocationConstraint") or "us-east-1"
        except ClientError:
            continue
        if where == region:
            found.append(bucket["Name"])
    return found
