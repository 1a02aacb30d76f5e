"""Every operation of services with other protocols goes over the wire and back as botocore writes and reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.query import Ec2Query, Query
from holdfast.sandbox.service.rest_json import RestJson

PROTOCOLS = {"rds": Query("rds"), "ec2": Ec2Query("ec2"), "ebs": RestJson("ebs")}
SERIALIZERS = {"rds": "query", "ec2": "ec2", "ebs": "rest-json"}
AWKWARD = 'a/b c?d=e&f#g%41ü<>"'
GROUPS = 8


def example(shape, depth=0):
    """A value of a shape, with everything in it that can be, some levels deep."""
    kind = shape.type_name
    if kind == "structure":
        inner = {name: example(each, depth + 1) for name, each in shape.members.items() if depth < 3 or simple(each)}
        inner = {name: each for name, each in inner.items() if each not in ({}, [{}], [[]])}
        return inner | {name: example(shape.members[name], depth + 1) for name in shape.required_members}
    if kind == "list":
        return [example(shape.member, depth + 1)]
    if kind == "map":
        return {"key": example(shape.value, depth + 1)}
    if kind == "string":
        return shape.enum[0] if shape.enum else AWKWARD.ljust(shape.metadata.get("min", 0), "-")
    number = max(7, shape.metadata.get("min", 0))
    plain = {"integer": number, "long": number, "boolean": True, "double": 0.5, "float": 0.5, "blob": b"\x00\xff"}
    return datetime(2026, 11, 22, 2, 3, 4, tzinfo=UTC) if kind == "timestamp" else plain[kind]


def simple(shape):
    return shape.type_name not in {"structure", "list", "map"}


def asked(service, operation, given):
    """A request as botocore writes it."""
    model = PROTOCOLS[service].operation(operation)
    wire = create_serializer(SERIALIZERS[service]).serialize_to_request(given, model)
    body = wire["body"]
    if isinstance(body, dict):
        body = urlencode(body, doseq=True)
    body = body if isinstance(body, bytes) else str(body or "").encode()
    query = urlencode(wire["query_string"], doseq=True) if wire.get("query_string") else ""
    headers = {name.lower(): str(value) for name, value in wire["headers"].items()}
    return wire["method"], wire["url_path"] + (f"?{query}" if query else ""), headers, body


def read(service, operation, answer):
    """An answer as botocore reads it."""
    told = {
        "status_code": answer.status,
        "headers": HeadersDict(answer.headers),
        "body": answer.body,
    }
    shape = PROTOCOLS[service].operation(operation).output_shape
    if shape is not None and answer.status < 300 and shape.serialization.get("payload"):
        told["body"] = Stream(answer.body)
    return create_parser(SERIALIZERS[service]).parse(told, shape)


@dataclass(frozen=True)
class Stream:
    """A body botocore hands on as it is; equal to its bytes."""

    body: bytes

    def __eq__(self, other):
        return self.body == other


def groups(service):
    names = PROTOCOLS[service].operations
    return [pytest.param(service, names[start::GROUPS], id=f"{service}-{start}") for start in range(GROUPS)]


@pytest.mark.parametrize(("service", "operations"), groups("rds") + groups("ec2") + groups("ebs")[:6])
def test_a_request_is_understood_as_it_was_meant(service, operations):
    assert operations
    for operation in operations:
        shape = PROTOCOLS[service].operation(operation).input_shape
        given = example(shape) if shape else {}

        call = PROTOCOLS[service].read(*asked(service, operation, given))

        assert (call.operation, call.given) == (operation, given)


@pytest.mark.parametrize(("service", "operations"), groups("rds") + groups("ec2") + groups("ebs")[:6])
def test_an_answer_is_read_as_it_was_meant(service, operations):
    for operation in operations:
        shape = PROTOCOLS[service].operation(operation).output_shape
        result = example(shape) if shape else {}

        answer = PROTOCOLS[service].write(operation, result)
        told = read(service, operation, answer)
        del told["ResponseMetadata"]

        assert told == result


@pytest.mark.parametrize("service", ["rds", "ec2", "ebs"])
def test_an_error_is_read_with_its_name_and_text(service):
    protocol = PROTOCOLS[service]
    answer = protocol.refuse(ServiceAnswer("NoSuchThing", AWKWARD, 404))
    told = read(service, protocol.operations[0], answer)

    assert (told["Error"]["Code"], told["Error"]["Message"]) == ("NoSuchThing", AWKWARD)


@pytest.mark.parametrize(
    ("service", "method", "target", "body", "code"),
    [
        ("rds", "POST", "/", b"", "InvalidAction"),
        ("rds", "POST", "/", b"Action=Nothing", "InvalidAction"),
        ("rds", "POST", "/", b"Action=DeleteDBSnapshot", "MissingParameter"),
        ("rds", "POST", "/", b"Action=DescribeDBSnapshots&MaxRecords=many", "InvalidParameterValue"),
        ("rds", "POST", "/", b"\xff\xfe\x00", "InvalidAction"),
        ("ec2", "POST", "/", b"Action=DeleteSnapshot", "MissingParameter"),
        ("ec2", "POST", "/", b"Action=CreateVolume&Encrypted=maybe", "InvalidParameterValue"),
        ("ebs", "GET", "/snapshots", b"", "UnknownOperationException"),
        ("ebs", "POST", "/snapshots", b"{", "ValidationException"),
        ("ebs", "POST", "/snapshots", b"{}", "ValidationException"),
        ("ebs", "GET", "/snapshots/snap-1/blocks/one?blockToken=a", b"", "ValidationException"),
    ],
)
def test_what_is_malformed_is_one_of_the_services_errors(service, method, target, body, code):
    with pytest.raises(ServiceAnswer) as refused:
        PROTOCOLS[service].read(method, target, {}, body)

    assert refused.value.code == code
