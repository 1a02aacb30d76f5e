"""Every operation of AWS Backup goes over the wire and back as botocore writes and reads it; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from service_bench import MODEL, Bench, parsed, serialized, signed_for

from holdfast.sandbox.backup_service.protocol import aws_backup
from holdfast.sandbox.backup_service.served import SERVED
from holdfast.sandbox.service.errors import ServiceAnswer

PROTOCOL = aws_backup()
AWKWARD = "arn:aws:backup:us-east-1:000000000000:recovery-point:a/b c?d=e&f#g%41ü"
VARIANTS = ("", "/")


def example(shape, depth=0):
    """A value of a shape, with everything in it that can be, two levels deep."""
    kind = shape.type_name
    if kind == "structure":
        return {
            name: example(each, depth + 1)
            for name, each in shape.members.items()
            if depth < 4 or name in shape.required_members
        }
    if kind == "list":
        return [example(shape.member, depth + 1)]
    if kind == "map":
        return {"key": example(shape.value, depth + 1)}
    if kind == "string":
        return shape.enum[0] if shape.enum else AWKWARD
    number = max(7, shape.metadata.get("min", 0))
    simple = {"integer": number, "long": number, "boolean": True, "double": 0.5, "blob": b"\x00\xff"}
    return datetime(2026, 11, 22, 2, 3, 4, tzinfo=UTC) if kind == "timestamp" else simple[kind]


@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_a_request_is_understood_as_it_was_meant(operation):
    shape = MODEL.operation_model(operation).input_shape
    given = example(shape) if shape else {}

    call = PROTOCOL.read(*serialized(operation, given))

    assert call.operation == operation
    assert call.given == given


@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_an_answer_is_read_as_it_was_meant(operation):
    shape = MODEL.operation_model(operation).output_shape
    result = example(shape) if shape else {}

    answer = PROTOCOL.write(operation, result)
    read = parsed(operation, answer.status, dict(answer.headers), answer.body)
    del read["ResponseMetadata"]

    assert answer.status == MODEL.operation_model(operation).http.get("responseCode", 200)
    assert read == result or answer.status == 204


@pytest.mark.parametrize("end", VARIANTS)
def test_a_path_is_found_however_the_client_ends_it(end):
    """Terraform's SDK leaves the slash away that boto3 writes."""
    assert PROTOCOL.read("GET", f"/backup/plans/id{end}", {}, b"").operation == "GetBackupPlan"
    assert PROTOCOL.read("GET", f"/tags/arn%3Aa%3Ab%2Fc{end}", {}, b"").given == {"ResourceArn": "arn:a:b/c"}


@pytest.mark.parametrize(
    ("method", "target", "body", "code"),
    [
        ("GET", "/nowhere", b"", "UnknownOperationException"),
        ("PATCH", "/backup-vaults/v", b"", "UnknownOperationException"),
        ("PUT", "/backup-jobs", b"{", "InvalidParameterValueException"),
        ("PUT", "/backup-jobs", b"[]", "InvalidParameterValueException"),
        ("PUT", "/backup-jobs", b'"x"', "InvalidParameterValueException"),
        ("PUT", "/backup-jobs", b"\xff\xfe", "InvalidParameterValueException"),
        ("PUT", "/backup-jobs", b"{}", "MissingParameterValueException"),
        (
            "PUT",
            "/backup-jobs",
            b'{"BackupVaultName": 3, "ResourceArn": "a", "IamRoleArn": "b"}',
            "InvalidParameterValueException",
        ),
        ("PUT", "/backup-vaults/v/vault-lock", b'{"MinRetentionDays": "many"}', "InvalidParameterValueException"),
        ("GET", "/backup-vaults/?maxResults=many", b"", "InvalidParameterValueException"),
        ("GET", "/backup-jobs/?createdAfter=yesterday", b"", "InvalidParameterValueException"),
    ],
)
def test_what_is_malformed_is_one_of_the_services_errors(method, target, body, code):
    with pytest.raises(ServiceAnswer) as refused:
        PROTOCOL.read(method, target, {}, body)

    assert refused.value.code == code


def test_everything_served_is_an_operation_of_the_service():
    assert set(SERVED) <= set(MODEL.operation_names)
    assert len(SERVED) >= 70


def test_what_is_not_served_says_so(tmp_path):
    bench = Bench(tmp_path)
    answer = bench.service.answer("GET", "/legal-holds/", [("authorization", signed_for("us-east-1"))], b"")

    assert answer.status == 501
    assert b"does not serve ListLegalHolds" in answer.body


def test_an_unsigned_request_gets_nothing(tmp_path):
    answer = Bench(tmp_path).service.answer("GET", "/backup-vaults/", [], b"")

    assert answer.status == 403
    assert b"Missing Authentication Token" in answer.body


@pytest.mark.parametrize("path", ["/_holdfast/faults", "/_holdfast/run-plans", "/_holdfast/nothing"])
@pytest.mark.parametrize("secret", ["", "Bearer wrong", "Bearer secretX", signed_for("us-east-1")])
def test_the_sandboxs_own_door_needs_the_secret_of_the_run(tmp_path, path, secret):
    answer = Bench(tmp_path).service.answer("PUT", path, [("authorization", secret)], b'{"faults": []}')

    assert answer.status == 403
