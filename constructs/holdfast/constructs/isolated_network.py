"""A network to restore into: nothing in it reaches anything but a few AWS services."""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Any

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.account import check_account
from holdfast.constructs.limits import matches, require
from holdfast.constructs.policies import network as policy
from holdfast.constructs.policies.document import render

_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
_INTERFACES = ("backup", "kms", "logs", "sts")
_HTTPS = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}


class IsolatedNetwork(Construct):
    """A VPC with no internet gateway, no NAT and no route out, for what drills restore.

    What carries its security group talks to others that carry it, and to the endpoints: S3, to read, through a gateway;
    the other services through interfaces. Endpoints serve callers and resources of the named accounts only. The VPC's
    own default security group has no rules. Every packet that is let through or refused is logged, where asked for.

    Args:
        name: name of the network, of its database subnet group and security groups; up to 200 letters, digits and -.
        region: its Region.
        cidr: private IPv4 addresses, /16 to /26; divided evenly between the zones.
        zones: availability zones, at least two, because a database subnet group needs two.
        accounts: whose principals and resources the endpoints serve; account ids.
        services: `backup`, `kms`, `logs`, `sts`, each an endpoint in every zone that costs by the hour. By default all.
        flow_logs_to: ARN of a bucket, with a prefix where wanted, that lets flow logs in. By default there are none.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        IsolatedNetwork(
            stack,
            "Network",
            name="drills",
            region="us-west-2",
            cidr="10.255.0.0/24",
            zones=["us-west-2a", "us-west-2b"],
            accounts=["111122223333"],
        )

    Raises:
        OutsideLimit: the range is public or of a size a VPC cannot have, there are not two zones, or a service is none
            of those above.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        region: str,
        cidr: str,
        zones: Sequence[str],
        accounts: Sequence[str],
        services: Sequence[str] = _INTERFACES,
        flow_logs_to: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        ranges = _divided(cidr, len(zones))
        _check(name, zones, accounts, services)
        self._name, self._region, self._accounts, self._provider = name, region, tuple(accounts), provider
        self.vpc = aws.Vpc(
            self,
            "Resource",
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # endpoints answer to the services' own names
            tags={"Name": name},
            provider=provider,
        )
        aws.DefaultSecurityGroup(self, "NoRules", vpc_id=self.vpc.id, ingress=[], egress=[], provider=provider)
        self.route_table = aws.RouteTable(self, "Routes", vpc_id=self.vpc.id, tags={"Name": name}, provider=provider)
        self.subnets = [self._subnet(zone, range_) for zone, range_ in zip(zones, ranges, strict=True)]
        self.database_subnets = aws.DbSubnetGroup(
            self,
            "Databases",
            name=name,
            description="Where drills restore databases",
            subnet_ids=self.subnet_ids,
            provider=provider,
        )
        self._endpoints(services)
        if flow_logs_to is not None:
            self._flow_logs(flow_logs_to)

    @property
    def subnet_ids(self) -> list[str]:
        """The ids of the subnets, one a zone (known after apply)."""
        return [str(subnet.id) for subnet in self.subnets]

    @property
    def security_group_id(self) -> str:
        """The id of the group everything restored carries (known after apply)."""
        return str(self.restored.id)

    def _subnet(self, zone: str, cidr: str) -> aws.Subnet:
        subnet = aws.Subnet(
            self,
            f"Subnet-{zone}",
            vpc_id=self.vpc.id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags={"Name": f"{self._name}-{zone}"},
            provider=self._provider,
        )
        aws.RouteTableAssociation(
            self,
            f"Routes-{zone}",
            subnet_id=subnet.id,
            route_table_id=self.route_table.id,
            provider=self._provider,
        )
        return subnet

    def _endpoints(self, services: Sequence[str]) -> None:
        self.restored = self._group("Restored", "What drills restore: talks to its like and to endpoints")
        self._between("WithItsLike", self.restored, self.restored, {"ip_protocol": "-1"})
        gateway = self._endpoint("s3", "Gateway", route_table_ids=[self.route_table.id])
        self._out("ToS3", self.restored, _HTTPS | {"prefix_list_id": gateway.prefix_list_id})
        if services:
            doors = self._group("Endpoints", "Endpoints of AWS services, for what drills restore")
            self._between("ToEndpoints", self.restored, doors, _HTTPS)
        for service in services:
            self._endpoint(
                service,
                "Interface",
                subnet_ids=self.subnet_ids,
                security_group_ids=[doors.id],
                private_dns_enabled=True,
            )

    def _group(self, id: str, description: str) -> aws.SecurityGroup:
        name = f"{self._name}-{id.lower()}"
        return aws.SecurityGroup(
            self,
            id,
            name=name,
            description=description,
            vpc_id=self.vpc.id,
            tags={"Name": name},
            provider=self._provider,
        )

    def _between(self, id: str, source: aws.SecurityGroup, target: aws.SecurityGroup, what: dict[str, Any]) -> None:
        """Let one group speak to another, seen from both."""
        self._out(id, source, what | {"referenced_security_group_id": target.id})
        aws.VpcSecurityGroupIngressRule(
            self,
            f"{id}-in",
            description="From what drills restore",
            security_group_id=target.id,
            provider=self._provider,
            **what,
            referenced_security_group_id=source.id,
        )

    def _out(self, id: str, group: aws.SecurityGroup, what: dict[str, Any]) -> None:
        aws.VpcSecurityGroupEgressRule(
            self,
            f"{id}-out",
            description="Nothing else goes out",
            security_group_id=group.id,
            provider=self._provider,
            **what,
        )

    def _endpoint(self, service: str, kind: str, **where: Any) -> aws.VpcEndpoint:
        return aws.VpcEndpoint(
            self,
            f"Endpoint-{service}",
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self._region}.{service}",
            vpc_endpoint_type=kind,
            policy=render([policy.only_our_accounts(service, self._accounts)]),
            tags={"Name": f"{self._name}-{service}"},
            provider=self._provider,
            **where,
        )

    def _flow_logs(self, destination: str) -> None:
        aws.FlowLog(
            self,
            "FlowLog",
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=destination,
            tags={"Name": self._name},
            provider=self._provider,
        )

    def overrides_for_databases(self) -> dict[str, str]:
        """Restore metadata that puts an RDS instance or Aurora cluster into this network."""
        return {
            "dbSubnetGroupName": str(self.database_subnets.name),
            "vpcSecurityGroupIds": json.dumps([self.security_group_id]),
        }

    def overrides_for_instances(self) -> dict[str, str]:
        """Restore metadata that puts an EC2 instance into this network."""
        return {"subnetId": self.subnet_ids[0], "securityGroupIds": json.dumps([self.security_group_id])}


def _divided(cidr: str, parts: int) -> list[str]:
    """The range in so many equal pieces."""
    try:
        network = IPv4Network(cidr)
    except ValueError:
        network = IPv4Network("0.0.0.0/0")
    bits = max(parts - 1, 1).bit_length()
    require(
        network.is_private and 16 <= network.prefixlen <= 26 and network.prefixlen + bits <= 28,
        construct="IsolatedNetwork",
        field="cidr",
        value=cidr,
        allowed="private IPv4 addresses, /16 to /26, at least a /28 for each zone",
        reference=_VPC,
    )
    return [str(each) for each in list(network.subnets(prefixlen_diff=bits))[:parts]]


def _check(name: str, zones: Sequence[str], accounts: Sequence[str], services: Sequence[str]) -> None:
    matches(
        name,
        r"[a-z][a-z0-9-]{0,199}",
        construct="IsolatedNetwork",
        field="name",
        allowed="1 to 200 of a-z, 0-9 and -, beginning with a letter",
        reference="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
    )
    for account in accounts:
        check_account(account, construct="IsolatedNetwork")
    checks = (
        ("zones", f"{len(set(zones))} zones", "two or more, each once", len(zones) == len(set(zones)) >= 2),
        ("accounts", "none", "at least one account", bool(accounts)),
        ("services", ", ".join(services), ", ".join(_INTERFACES) + ", each once", _fits(services)),
    )
    for field, value, allowed, holds in checks:
        require(holds, construct="IsolatedNetwork", field=field, value=value, allowed=allowed, reference=_VPC)


def _fits(services: Sequence[str]) -> bool:
    return set(services) <= set(_INTERFACES) and len(services) == len(set(services))
