"""What AWS is asked for, one row a question: reads of settings, none of contents.

Every call is a List, Describe or Get of metadata. No row ever asks for a secret's value (`GetSecretValue`,
`GetParameter`), an object or a data key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.capture.canonical import Resources, by, only, without
from holdfast.capture.identity import account_authorization
from holdfast.capture.keys import customer_keys


@dataclass(frozen=True)
class Question:
    """One sort of resource.

    Args:
        folder: the part of the capture it belongs to.
        name: the file's name, without its ending.
        service: boto3's name.
        ask: gives the resources.
        actions: IAM actions it needs.
        is_global: asked once, in the home Region.
    """

    folder: str
    name: str
    service: str
    ask: Callable[[Any], Resources]
    actions: tuple[str, ...]
    is_global: bool = False

    def path(self, region: str) -> str:
        """Where the answer of one Region lies in a capture."""
        return f"{self.folder}/{self.name}.json" if self.is_global else f"{self.folder}/{region}/{self.name}.json"


def _pages(client: Any, operation: str, answer: str, **arguments: Any) -> list[Mapping[str, Any]]:
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**arguments)
        return [each for page in pages for each in page.get(answer, ())]
    return list(getattr(client, operation)(**arguments).get(answer, ()))


def _network(name: str, operation: str, answer: str, id_: str, *, changing: tuple[str, ...] = ()) -> Question:
    def ask(client: Any) -> Resources:
        found = by(id_, _pages(client, operation, answer))
        return {each: without(changing, settings) for each, settings in found.items()}

    action = "ec2:" + "".join(word.capitalize() for word in operation.split("_"))
    return Question("network", name, "ec2", ask, (action,))


SECRET_FIELDS = frozenset(
    {"ARN", "Name", "KmsKeyId", "RotationEnabled", "RotationLambdaARN", "RotationRules", "PrimaryRegion", "Tags"}
)
"""What is kept of a secret: which there are, under which key, how they rotate. Versions and values are not."""

PARAMETER_FIELDS = frozenset({"ARN", "Name", "Type", "KeyId", "Tier", "DataType"})
"""What is kept of a parameter, whatever its type: a plain `String` may hold a secret as well."""


def _secrets(client: Any) -> Resources:
    found = by("Name", _pages(client, "list_secrets", "SecretList"))
    return {name: only(SECRET_FIELDS, settings) for name, settings in found.items()}


def _parameters(client: Any) -> Resources:
    found = by("Name", _pages(client, "describe_parameters", "Parameters"))
    return {name: only(PARAMETER_FIELDS, settings) for name, settings in found.items()}


def _alarms(client: Any) -> Resources:
    changing = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    found = by("AlarmName", _pages(client, "describe_alarms", "MetricAlarms"))
    return {name: without(changing, settings) for name, settings in found.items()}


def _event_rules(client: Any) -> Resources:
    return by("Name", _pages(client, "list_rules", "Rules"))


def _trails(client: Any) -> Resources:
    return by("TrailARN", _pages(client, "describe_trails", "trailList"))


QUESTIONS: tuple[Question, ...] = (
    _network("vpcs", "describe_vpcs", "Vpcs", "VpcId"),
    _network("subnets", "describe_subnets", "Subnets", "SubnetId", changing=("AvailableIpAddressCount",)),
    _network("security-groups", "describe_security_groups", "SecurityGroups", "GroupId"),
    _network("route-tables", "describe_route_tables", "RouteTables", "RouteTableId"),
    _network("network-acls", "describe_network_acls", "NetworkAcls", "NetworkAclId"),
    _network("internet-gateways", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    _network("nat-gateways", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    _network("vpc-endpoints", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    _network(
        "vpc-peering-connections",
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
    ),
    _network("dhcp-options", "describe_dhcp_options", "DhcpOptions", "DhcpOptionsId"),
    Question(
        "identity",
        "account-authorization",
        "iam",
        account_authorization,
        ("iam:GetAccountAuthorizationDetails",),
        is_global=True,
    ),
    Question(
        "keys",
        "customer-keys",
        "kms",
        customer_keys,
        (
            "kms:DescribeKey",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListAliases",
            "kms:ListKeys",
            "kms:ListResourceTags",
        ),
    ),
    Question("secrets", "secrets-manager", "secretsmanager", _secrets, ("secretsmanager:ListSecrets",)),
    Question("secrets", "parameters", "ssm", _parameters, ("ssm:DescribeParameters",)),
    Question("watching", "alarms", "cloudwatch", _alarms, ("cloudwatch:DescribeAlarms",)),
    Question("watching", "event-rules", "events", _event_rules, ("events:ListRules",)),
    Question("watching", "trails", "cloudtrail", _trails, ("cloudtrail:DescribeTrails",)),
)
"""Everything that is asked, in the order it is asked."""
