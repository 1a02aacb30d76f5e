"""What is restored can speak to nobody but its like and a few AWS services of our own accounts."""

from __future__ import annotations

import json
from ipaddress import IPv4Network

import pytest
from construct_bench import ACCOUNT, role

from holdfast.constructs import IsolatedNetwork
from holdfast.constructs.errors import OutsideLimit
from holdfast.constructs.policies.network import SPOKEN

OTHER = "999999999999"
ZONES = ("us-west-2a", "us-west-2b", "us-west-2c")


def network(bench, **props):
    defaults = {
        "name": "drills",
        "region": "us-west-2",
        "cidr": "10.255.0.0/24",
        "zones": ZONES[:2],
        "accounts": [ACCOUNT],
    }
    return IsolatedNetwork(bench.stack, "Network", **{**defaults, **props})


def test_there_is_no_way_out(bench):
    network(bench, flow_logs_to="arn:aws:s3:::acme-logs/flows/")

    kinds = set(bench.template().document["resource"])

    assert kinds == {
        "aws_db_subnet_group",
        "aws_default_security_group",
        "aws_flow_log",
        "aws_route_table",
        "aws_route_table_association",
        "aws_security_group",
        "aws_subnet",
        "aws_vpc",
        "aws_vpc_endpoint",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    }  # no gateway, no route, no peering
    assert "route" not in bench.template().only("aws_route_table")


def test_no_rule_names_an_address(bench):
    network(bench)
    template = bench.template()

    rules = [
        *template.all("aws_vpc_security_group_egress_rule").values(),
        *template.all("aws_vpc_security_group_ingress_rule").values(),
    ]
    assert len(rules) == 5
    for rule in rules:
        assert "cidr_ipv4" not in rule
        assert "cidr_ipv6" not in rule
        assert ("referenced_security_group_id" in rule) != ("prefix_list_id" in rule)
    assert template.only("aws_default_security_group")["ingress"] == []
    assert template.only("aws_default_security_group")["egress"] == []


def test_subnets_share_the_range_and_give_no_public_addresses(bench):
    network(bench, zones=ZONES, cidr="10.1.0.0/16")

    subnets = bench.template().all("aws_subnet").values()
    ranges = [IPv4Network(each["cidr_block"]) for each in subnets]
    assert sorted(each["availability_zone"] for each in subnets) == list(ZONES)
    assert all(each.subnet_of(IPv4Network("10.1.0.0/16")) for each in ranges)
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one != other)
    assert not any(each["map_public_ip_on_launch"] for each in subnets)


def test_each_endpoint_serves_our_accounts_only(bench):
    network(bench)

    endpoints = bench.template().all("aws_vpc_endpoint")
    assert {each["service_name"] for each in endpoints.values()} == {
        f"com.amazonaws.us-west-2.{each}" for each in SPOKEN
    }
    for path in endpoints:
        policy, service = bench.template().policy("aws_vpc_endpoint", path), path.rpartition("-")[2]
        for action in SPOKEN[service]:
            assert policy.decides(action, by=role("drill"), on=_named(ACCOUNT)) == "Allow"
            assert policy.decides(action, by=role("drill"), on=_named(OTHER)) == "ImplicitDeny"
            assert policy.decides(action, by=role("drill", OTHER), on=_named(ACCOUNT)) == "ImplicitDeny"


def _named(account):
    """A resource whose ARN says whose it is, which is what the evaluator goes by."""
    return f"arn:aws:kms:us-west-2:{account}:key/1234abcd"


def test_nothing_is_written_to_s3_from_inside(bench):
    network(bench)
    policy = bench.template().policy("aws_vpc_endpoint", "test/Network/Endpoint-s3")

    for action in ("s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy"):
        assert policy.decides(action, by=role("drill"), on="arn:aws:s3:::acme-backups/a") == "ImplicitDeny"


def test_without_services_only_the_gateway_is_left(bench):
    network(bench, services=())

    endpoint = bench.template().only("aws_vpc_endpoint")
    assert endpoint["vpc_endpoint_type"] == "Gateway"
    assert "Endpoints" not in json.dumps(list(bench.template().all("aws_security_group")))


def test_packets_are_logged_where_asked_for(bench):
    network(bench, flow_logs_to="arn:aws:s3:::acme-logs/flows/")

    log = bench.template().only("aws_flow_log")
    assert (log["traffic_type"], log["log_destination"]) == ("ALL", "arn:aws:s3:::acme-logs/flows/")


def test_by_default_they_are_not(bench):
    network(bench)

    assert not bench.template().all("aws_flow_log")


def test_what_is_restored_is_put_into_it(bench):
    made = network(bench)

    databases, instances = made.overrides_for_databases(), made.overrides_for_instances()
    assert set(databases) == {"dbSubnetGroupName", "vpcSecurityGroupIds"}
    assert set(instances) == {"subnetId", "securityGroupIds"}
    for listed in (databases["vpcSecurityGroupIds"], instances["securityGroupIds"]):
        (group,) = json.loads(listed)
        assert group.startswith("${")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cidr", "8.8.0.0/24"),
        ("cidr", "10.0.0.0/15"),
        ("cidr", "10.0.0.0/27"),
        ("cidr", "10.0.0.1/24"),
        ("cidr", "everywhere"),
        ("zones", ("us-west-2a",)),
        ("zones", ("us-west-2a", "us-west-2a")),
        ("accounts", []),
        ("accounts", ["1234"]),
        ("services", ["ec2"]),
        ("services", ["kms", "kms"]),
        ("name", "Drills"),
    ],
)
def test_what_a_vpc_cannot_be_is_refused(bench, field, value):
    with pytest.raises(OutsideLimit, match="IsolatedNetwork") as refused:
        network(bench, **{field: value})

    assert refused.value.values["field"].startswith(field.rstrip("s"))


def test_seven_zones_do_not_fit_into_the_smallest_range(bench):
    with pytest.raises(OutsideLimit, match="at least a /28 for each zone"):
        network(bench, cidr="10.0.0.0/26", zones=[f"us-west-2{letter}" for letter in "abcdefg"])
