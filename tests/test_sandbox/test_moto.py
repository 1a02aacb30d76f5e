"""moto answers Terraform's questions about a backup vault as AWS Backup does."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from urllib.parse import quote

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox
VAULT = "holdfast-sandbox-backups"
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/backup/aws4_request, Signature=b"}


@pytest.fixture(scope="module")
def address():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "holdfast.sandbox.serve_moto", str(port)], stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield until_up(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


def until_up(address, process):
    for _ in range(300):
        assert process.poll() is None
        try:
            requests.get(f"{address}/moto-api/", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return address
    raise AssertionError("moto did not start in 30 s")


@pytest.fixture(scope="module")
def backup(address):
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("backup", region_name="us-east-1", endpoint_url=address, **keys)
    client.create_backup_vault(BackupVaultName=VAULT, BackupVaultTags={"managed-by": "holdfast"})
    return client


@pytest.mark.parametrize("end", ["", "/"])
def test_tags_are_told_however_the_client_spells_the_path(backup, address, end):
    arn = backup.describe_backup_vault(BackupVaultName=VAULT)["BackupVaultArn"]

    answer = requests.get(f"{address}/tags/{quote(arn, safe='')}{end}", headers=SIGNED, timeout=10)

    assert answer.json()["Tags"] == {"managed-by": "holdfast"}


def test_a_vault_has_no_recovery_points(backup):
    assert backup.list_recovery_points_by_backup_vault(BackupVaultName=VAULT)["RecoveryPoints"] == []


def test_a_vault_that_is_not_there_has_none_to_list(backup):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        backup.list_recovery_points_by_backup_vault(BackupVaultName="nowhere")
