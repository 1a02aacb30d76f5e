"""By resource type: how content is captured, brought to another Region, and restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.backup_service.arns import Home, resource_name
from holdfast.sandbox.backup_service.contents import dynamodb, ebs, s3
from holdfast.sandbox.backup_service.contents.content import Content
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.service.blobs import Blobs

Clients = Callable[[str, str], Any]
READ = ("S3", "DynamoDB", "EBS")
"""The resource types the sandbox backs up."""


def capture(clients: Clients, blobs: Blobs, home: Home, kind: str, arn: str) -> Content:
    """What a resource holds now.

    Raises:
        JobFailure: it cannot be read, or is of a type the sandbox has no content of.
    """
    if kind == "S3":
        return s3.capture(clients("s3", home.region), blobs, arn)
    if kind == "DynamoDB":
        return dynamodb.capture(clients("dynamodb", home.region), blobs, arn)
    if kind == "EBS":
        return ebs.capture(clients("ec2", home.region), arn)
    raise JobFailure(f"The sandbox has no content of {kind}: it backs up {', '.join(READ)}")


def carried(clients: Clients, content: Content, source: Home, target: Home) -> Content:
    """The content as a copy in another Region holds it."""
    if content.type == "EBS" and source.region != target.region:
        return ebs.copy(clients("ec2", target.region), content, source.region)
    return content


def restore(clients: Clients, blobs: Blobs, home: Home, content: Content, metadata: dict[str, str]) -> str:
    """Make the resource anew, as the metadata says; returns its ARN.

    Raises:
        JobFailure: the metadata does not do, or the emulator refuses.
    """
    where = f"{home.region}:{home.account}"
    if content.type == "S3":
        return s3.restore(clients("s3", home.region), blobs, content, metadata, home.region)
    if content.type == "DynamoDB":
        return dynamodb.restore(clients("dynamodb", home.region), blobs, content, metadata, where)
    return ebs.restore(clients("ec2", home.region), content, metadata, where)


def metadata_of(content: Content) -> dict[str, str]:
    """What GetRecoveryPointRestoreMetadata tells of it."""
    if content.type == "S3":
        return s3.metadata_of(content)
    return dynamodb.metadata_of(content) if content.type == "DynamoDB" else ebs.metadata_of(content)


def tags_of(clients: Clients, home: Home, kind: str, arn: str) -> dict[str, str]:
    """The tags of a resource, which its recovery points get; none when they cannot be told."""
    try:
        if kind == "S3":
            pairs = clients("s3", home.region).get_bucket_tagging(Bucket=resource_name(arn))["TagSet"]
        elif kind == "DynamoDB":
            pairs = clients("dynamodb", home.region).list_tags_of_resource(ResourceArn=arn)["Tags"]
        else:
            volumes = clients("ec2", home.region).describe_volumes(VolumeIds=[resource_name(arn)])["Volumes"]
            pairs = volumes[0].get("Tags", [])
    except ClientError:
        return {}
    return {each["Key"]: each["Value"] for each in pairs}
