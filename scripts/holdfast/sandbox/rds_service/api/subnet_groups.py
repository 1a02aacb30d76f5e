"""Subnet groups: where in a network instances are; the network itself is the emulator's."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.sandbox.rds_service.documents import subnets_document, tags_given
from holdfast.sandbox.rds_service.errors import no_subnets
from holdfast.sandbox.rds_service.records import Subnets
from holdfast.sandbox.rds_service.world import Request, serves
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Values

_ZONES = 2


@serves("CreateDBSubnetGroup")
def create(request: Request) -> Values:
    """A group of subnets of one network, in two zones or more."""
    given = request.given
    name = str(given["DBSubnetGroupName"]).lower()
    if name in request.here.subnets:
        raise ServiceAnswer("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
    found = _subnets(request, given["SubnetIds"])
    vpc, description = str(found[0]["VpcId"]), str(given["DBSubnetGroupDescription"])
    group = Subnets(request.place, name, description, vpc, found, tags_given(given.get("Tags")))
    request.here.subnets[name] = group
    return {"DBSubnetGroup": subnets_document(group)}


@serves("DescribeDBSubnetGroups")
def describe(request: Request) -> Values:
    """The groups of the Region, or one."""
    name = request.given.get("DBSubnetGroupName")
    found = [_group(request, str(name))] if name else list(request.here.subnets.values())
    return {"DBSubnetGroups": [subnets_document(each) for each in found]}


@serves("ModifyDBSubnetGroup")
def modify(request: Request) -> Values:
    """Other subnets, another description."""
    given = request.given
    group = _group(request, str(given["DBSubnetGroupName"]))
    group.subnets = _subnets(request, given["SubnetIds"])
    group.description = str(given.get("DBSubnetGroupDescription", group.description))
    return {"DBSubnetGroup": subnets_document(group)}


@serves("DeleteDBSubnetGroup")
def delete(request: Request) -> Values:
    """Gone, unless an instance is in it."""
    group = _group(request, str(request.given["DBSubnetGroupName"]))
    if any(request.world.subnets_of(each) is group for each in request.here.instances.values()):
        text = f"Cannot delete the subnet group '{group.name}' because at least one database instance is using it."
        raise ServiceAnswer("InvalidDBSubnetGroupStateFault", text)
    del request.here.subnets[group.name]
    return {}


def _group(request: Request, name: str) -> Subnets:
    group = request.here.subnets.get(name.lower())
    if group is None:
        raise no_subnets(name)
    return group


def _subnets(request: Request, ids: list[str]) -> list[Values]:
    ec2 = request.world.clients("ec2", request.place.region)
    try:
        found: list[dict[str, Any]] = ec2.describe_subnets(SubnetIds=list(ids))["Subnets"]
    except ClientError as error:
        raise ServiceAnswer("InvalidSubnet", f"Some input subnets are invalid: {', '.join(ids)}") from error
    if len({each["VpcId"] for each in found}) != 1:
        raise ServiceAnswer("InvalidSubnet", "The subnets are not of one VPC.")
    if len({each["AvailabilityZone"] for each in found}) < _ZONES:
        text = "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement: two are needed."
        raise ServiceAnswer("DBSubnetGroupDoesNotCoverEnoughAZs", text)
    return found
