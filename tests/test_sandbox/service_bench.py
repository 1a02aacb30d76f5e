"""The sandbox's AWS Backup without its HTTP: botocore writes each request and reads each answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.awsrequest import prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from holdfast.clock import ManualClock
from holdfast.sandbox.backup_service.service import NAME, AwsBackup, doors
from holdfast.sandbox.backup_service.world import World
from holdfast.sandbox.service.api import Host
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.control import Control
from holdfast.sandbox.service.serving import Service

ACCOUNT, REGION, OTHER = "000000000000", "us-east-1", "us-west-2"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MODEL = botocore.session.Session().get_service_model("backup")


class Refused(Exception):
    """The service answered an error."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def serialized(operation: str, given: dict[str, Any]) -> tuple[str, str, dict[str, str], bytes]:
    """Method, target, headers and body of a request, as botocore writes it."""
    wire = create_serializer("rest-json").serialize_to_request(given, MODEL.operation_model(operation))
    prepare_request_dict(wire, endpoint_url="https://127.0.0.1")
    target = wire["url"].removeprefix("https://127.0.0.1")
    body = wire["body"] if isinstance(wire["body"], bytes) else str(wire["body"] or "").encode()
    return wire["method"], target, {name.lower(): str(value) for name, value in wire["headers"].items()}, body


def parsed(operation: str, status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """An answer, as botocore reads it."""
    answer = {"status_code": status, "headers": {k.lower(): v for k, v in headers.items()}, "body": body}
    shape = MODEL.operation_model(operation).output_shape
    result: dict[str, Any] = create_parser("rest-json").parse(answer, shape)
    return result


def signed_for(region: str) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261122/{region}/backup/aws4_request, SignedHeaders=host, Signature=0"
    )


def everybody(question: dict[str, Any]) -> dict[str, Any]:
    """Lets the root through, as the emulator does."""
    return {"allowed": True, "principal": ROOT, "account": ACCOUNT}


class Bench:
    """A service with a clock that moves only when told to."""

    def __init__(self, folder, clients=None, decide=everybody) -> None:
        self.clock = ManualClock(START)
        self.world = World(ACCOUNT, clients or _no_clients, Blobs(folder / "blobs"), self.clock)
        faults = self.world.faults
        control = Control(NAME, "run", "secret", faults, doors(self.world))
        self.service = Service(control, (AwsBackup(self.world, Host(ACCOUNT, decide, faults)),))

    def ask(self, operation: str, region: str = REGION, /, **given: Any) -> dict[str, Any]:
        """Call an operation; raises `Refused` for an error."""
        method, target, headers, body = serialized(operation, given)
        headers["authorization"] = signed_for(region)
        answer = self.service.answer(method, target, list(headers.items()), body)
        result = parsed(operation, answer.status, dict(answer.headers), answer.body)
        if answer.status >= 300:
            raise Refused(result["Error"]["Code"], result["Error"]["Message"], answer.status)
        return result

    def vault(self, name: str = "vault", region: str = REGION, **options: Any) -> str:
        return str(self.ask("CreateBackupVault", region, BackupVaultName=name, **options)["BackupVaultArn"])


def _no_clients(service: str, region: str) -> Any:
    raise AssertionError(f"nothing here calls {service} in {region}")
