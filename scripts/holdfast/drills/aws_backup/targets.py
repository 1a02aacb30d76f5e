"""Where a restore goes, by resource type: a new resource named after the drill, and how it is taken away again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of
from holdfast.drills.spec import DRILL_ID
from holdfast.environments.model import Environment
from holdfast.environments.names import DRILL_RESTORER, Names

DRILL_TAG, ENVIRONMENT_TAG = "holdfast:drill", "holdfast:environment"
_QUARANTINE = "-tenant"
_NAME = re.compile(rf"holdfast-.+-({DRILL_ID.pattern})(?:{_QUARANTINE})?".lower())
_GONE = {"NoSuchBucket", "ResourceNotFoundException", "InvalidVolume.NotFound", "404"}
ISOLATION = (
    "a resource of this drill's own, made for it and deleted after it, under no name anything else uses",
    "nothing is restored over the source, and nothing is pointed at what was restored",
)
"""What keeps the target apart, in the words of a record."""


@dataclass(frozen=True)
class Target:
    """What a restore is asked to make.

    Args:
        name: its name, empty where the service gives one.
        metadata: what StartRestoreJob is told, on top of what the recovery point says.
        made_before: whether the drill makes it before the restore, to keep it closed.
    """

    name: str
    metadata: Mapping[str, str]
    made_before: bool = False


def name_of(environment: Environment, drill_id: str) -> str:
    """The name of what a drill restores into: `holdfast-<env>-<drill>`, at most 63 lower-case characters."""
    return Names(environment).scratch_name(drill_id)


def quarantine_of(environment: Environment, drill_id: str) -> str:
    """The name of the table one tenant's items are taken into, out of the one that was restored."""
    return name_of(environment, drill_id) + _QUARANTINE


def drill_in(name: str) -> str | None:
    """The drill whose target has this name, in lower case; None for any other name."""
    found = _NAME.fullmatch(name)
    return found[1] if found else None


def target_for(kind: str, name: str, region: str) -> Target:
    """The target of a restore."""
    if kind == "S3":
        where = {"DestinationBucketName": name, "NewBucket": "false", "CreationToken": name}
        return Target(name, where, made_before=True)
    if kind == "DynamoDB":
        return Target(name, {"targetTableName": name})
    if kind == "EBS":
        return Target("", {"availabilityZone": f"{region}a"})
    if kind in {"RDS", "Aurora"}:
        identifier = "DBInstanceIdentifier" if kind == "RDS" else "DBClusterIdentifier"
        return Target(name, {identifier: name, "PubliclyAccessible": "false"})
    return Target("", {"newFileSystem": "true"} if kind == "EFS" else {})


def make_bucket(s3: Any, name: str, region: str, tags: Mapping[str, str]) -> None:
    """Make the bucket an S3 restore goes into: closed to the public, versioned as AWS Backup wants it, tagged."""
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=name, **where)
    except ClientError as error:
        if code_of(error) != "BucketAlreadyOwnedByYou":
            raise
    closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(
        Bucket=name, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
    )


def remove(sessions: Sessions, region: str, arn: str) -> str | None:
    """Delete what a drill restored; returns why it cannot, or None when it is gone.

    Args:
        arn: the restored resource, of a type the drill knows how to delete. A volume is deleted as the caller: AWS
            Backup gives it neither a name nor a tag that tells it from one that is in use.
    """
    service, name = arn.split(":")[2], arn.replace("/", ":").rsplit(":", 1)[-1]
    try:
        if service == "s3":
            _remove_bucket(sessions.client("s3", region, role=DRILL_RESTORER), name)
        elif service == "dynamodb":
            sessions.client("dynamodb", region, role=DRILL_RESTORER).delete_table(TableName=name)
        elif service == "ec2" and ":volume/" in arn:
            sessions.client("ec2", region).delete_volume(VolumeId=name)
        else:
            return f"a drill does not delete {service} resources: delete it by hand"
    except ClientError as error:
        return None if code_of(error) in _GONE else f"{error.operation_name}: {code_of(error)}"
    return None


def leftovers(environment: Environment, sessions: Sessions, region: str) -> list[tuple[str, str]]:
    """What drills of the environment left in a Region, by name and tag: ARN, and the drill's id in lower case."""
    found: list[tuple[str, str]] = []
    s3, dynamodb = (sessions.client(service, region, role=DRILL_RESTORER) for service in ("s3", "dynamodb"))
    for bucket in s3.list_buckets()["Buckets"]:
        drill = drill_in(bucket["Name"])
        if drill and _tags_of_bucket(s3, bucket["Name"]).get(ENVIRONMENT_TAG) == environment.environment:
            found.append((f"arn:aws:s3:::{bucket['Name']}", drill))
    account = environment.accounts.backup
    for page in dynamodb.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            drill = drill_in(name)
            if drill and name in (name_of(environment, drill), quarantine_of(environment, drill)):
                found.append((f"arn:aws:dynamodb:{region}:{account}:table/{name}", drill))
    return found


def _remove_bucket(s3: Any, name: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        every = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if every:
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in every]
            s3.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})
    s3.delete_bucket(Bucket=name)


def _tags_of_bucket(s3: Any, name: str) -> dict[str, str]:
    try:
        return {each["Key"]: each["Value"] for each in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    except ClientError:
        return {}
