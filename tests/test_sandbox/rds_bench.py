"""The sandbox's RDS in this process: boto3's own clients, whose requests are handed to the service as they are.

Servers are real; keys are those of `Keys`, which does what the emulator's KMS does as far as RDS asks.
"""

from __future__ import annotations

import io
import secrets
import time
from datetime import UTC, datetime
from typing import Any

import boto3
import psycopg
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from holdfast.clock import SystemClock
from holdfast.sandbox.certificate import make_certificate
from holdfast.sandbox.rds_service.automated import ship_all
from holdfast.sandbox.rds_service.engine.ground import Ground
from holdfast.sandbox.rds_service.faults import VOCABULARY
from holdfast.sandbox.rds_service.rds import Rds
from holdfast.sandbox.rds_service.world import World
from holdfast.sandbox.service.api import Host
from holdfast.sandbox.service.control import Control
from holdfast.sandbox.service.faults import Faults
from holdfast.sandbox.service.serving import Service

ACCOUNT, REGION, OTHER = "000000000000", "us-east-1", "us-west-2"
PASSWORD = "a-password-of-tests"


def everybody(question: dict[str, Any]) -> dict[str, Any]:
    return {"allowed": True, "principal": f"arn:aws:iam::{ACCOUNT}:root", "account": ACCOUNT}


class Keys:
    """KMS of one Region: keys that can be switched off."""

    def __init__(self, region: str) -> None:
        self.region, self.off = region, set()

    def generate_data_key(self, **given):
        self._use(given["KeyId"], "GenerateDataKey")
        return {"KeyId": given["KeyId"], "CiphertextBlob": given["KeyId"].encode()}

    def decrypt(self, **given):
        self._use(given["KeyId"], "Decrypt")
        return {"KeyId": given["KeyId"]}

    def _use(self, key, operation):
        if key in self.off:
            raise ClientError({"Error": {"Code": "DisabledException", "Message": "off"}}, operation)


class Bench:
    """A service, its clients, and what runs behind it."""

    def __init__(self, folder, decide=everybody) -> None:
        self.folder, self.certificate = folder, make_certificate(folder, datetime.now(UTC))
        self.kms = {region: Keys(region) for region in (REGION, OTHER)}
        self.faults = Faults(VOCABULARY)
        run = f"test-{secrets.token_hex(4)}"
        clock = SystemClock()
        files = self.certificate.certificate, self.certificate.key
        self.world = World(ACCOUNT, self._clients, lambda: Ground.make(run, *files, clock), clock, self.faults)
        control = Control("rds", run, "secret", self.faults)
        self.service = Service(control, (Rds(self.world, Host(ACCOUNT, decide, self.faults)),))
        self.rds, self.other = self.client(REGION), self.client(OTHER)

    def close(self) -> None:
        self.world.close()

    def client(self, region: str) -> Any:
        made = boto3.client("rds", region_name=region, aws_access_key_id=ACCOUNT, aws_secret_access_key="s")
        made.meta.events.register("before-send.rds", self._send)
        return made

    def fault(self, *faults) -> None:
        self.faults.switch_on([VOCABULARY.read(each) for each in faults])

    def make(self, name="shop", region=REGION, **options) -> dict[str, Any]:
        """An instance with a database `app`, once it is available."""
        given = {
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "MasterUsername": "app",
            "MasterUserPassword": PASSWORD,
            "DBName": "app",
            "AllocatedStorage": 20,
            "StorageEncrypted": True,
            **options,
        }
        self.client(region).create_db_instance(**given)
        return self.settled(name, region)

    def settled(self, name, region=REGION) -> dict[str, Any]:
        """An instance once nothing more happens to it by itself."""
        busy = {"creating", "backing-up", "modifying", "resetting-master-credentials"}
        return _until(lambda: self.instance(name, region), lambda told: told["DBInstanceStatus"] not in busy)

    def instance(self, name, region=REGION) -> dict[str, Any]:
        return self.client(region).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def snapshot(self, name, instance="shop") -> dict[str, Any]:
        """A snapshot once it is taken."""
        self.rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier=instance)
        return self.taken(name)

    def taken(self, name, region=REGION) -> dict[str, Any]:
        def look():
            return self.client(region).describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]

        return _until(look, lambda told: told["Status"] != "creating")

    def replicating(self) -> dict[str, Any]:
        """The backups of `shop` in the other Region, once they are replicated there."""

        def look():
            return self.other.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"][0]

        return _until(look, lambda told: told["Status"] == "replicating")

    def gone(self, name) -> None:
        """Wait until an instance is deleted."""
        _until(self.rds.describe_db_instances, lambda told: name not in str(told["DBInstances"]))

    def ship(self) -> datetime:
        """Ship the log of every instance; the latest moment `shop` can be restored to."""
        ship_all(self.world)
        return self.instance("shop")["LatestRestorableTime"]

    def sql(self, statement, name="shop", region=REGION, password=PASSWORD) -> Any:
        """Run a statement as the master user, over TLS; its first value."""
        where = self.instance(name, region)["Endpoint"]
        with psycopg.connect(
            host=where["Address"],
            port=where["Port"],
            user="app",
            password=password,
            dbname="app",
            sslmode="verify-full",
            sslrootcert=str(self.certificate.authority),
        ) as connection:
            row = connection.execute(statement)
            return row.fetchone()[0] if row.description else None

    def _clients(self, service, region):
        assert service == "kms", f"nothing here asks {service}"
        return self.kms[region]

    def _send(self, request, **_):
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        headers = [
            (name, value if isinstance(value, str) else value.decode()) for name, value in request.headers.items()
        ]
        answer = self.service.answer(request.method, "/", headers, body)
        raw = io.BytesIO(answer.body)
        raw.stream = lambda *_args, **_kwargs: iter([answer.body])
        return AWSResponse(request.url, answer.status, dict(answer.headers), raw)


def _until(look, over, seconds=240):
    deadline = time.monotonic() + seconds
    while not over(told := look()):
        assert time.monotonic() < deadline, told
        time.sleep(0.02)
    return told
