"""Who reaches the sandbox: this machine, over TLS where it is AWS, with a credential."""

from __future__ import annotations

import json
import socket
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError, SSLError

from holdfast.aws.endpoints import Endpoints
from holdfast.sandbox.record import read_record

pytestmark = pytest.mark.sandbox

CLOSED = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})


def client(endpoints: Endpoints, service: str, **changed: object):
    settings = {
        "region_name": "us-east-1",
        "endpoint_url": endpoints.url(service),
        "aws_access_key_id": endpoints.access_key,
        "aws_secret_access_key": endpoints.secret_key,
        "verify": endpoints.ca_bundle,
        "config": CLOSED,
    }
    return boto3.client(service, **{**settings, **changed})


def ports(endpoints: Endpoints) -> list[int]:
    return sorted({urlsplit(url).port or 0 for url in (endpoints.default or "", *endpoints.services.values())})


def other_addresses() -> list[str]:
    """Addresses of this machine that are not 127.0.0.1."""
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return sorted({"127.0.0.2", *found} - {"127.0.0.1"})


def test_only_127_0_0_1_is_served(shared) -> None:
    _, endpoints = shared
    for address in other_addresses():
        for port in ports(endpoints):
            with socket.socket() as knock:
                knock.settimeout(2)
                assert knock.connect_ex((address, port)) != 0, (address, port)


def target_of(link: Path) -> str:
    """What an open file is; nothing when it was closed meanwhile, as connections of tests before are."""
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""


def test_the_emulators_listen_on_nothing_else(shared) -> None:
    home, endpoints = shared
    record = read_record(home)
    assert record is not None
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs /proc")
    listening = {
        (line.split()[9], *line.split()[1].split(":"))
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    }
    opened = [
        target_of(link) for started in record.emulators for link in Path(f"/proc/{started.process.pid}/fd").iterdir()
    ]
    sockets = {each.removeprefix("socket:[").removesuffix("]") for each in opened if each.startswith("socket:")}
    ours = {(address, int(port, 16)) for inode, address, port in listening if inode in sockets}

    assert ours == {("0100007F", port) for port in ports(endpoints)}


def test_the_administrator_is_the_root_of_the_workload_account(shared) -> None:
    _, endpoints = shared

    assert client(endpoints, "sts").get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"


def test_backup_is_served_in_the_same_account(shared) -> None:
    _, endpoints = shared
    reply = client(endpoints, "backup").create_backup_vault(BackupVaultName="reach")

    assert reply["BackupVaultArn"] == "arn:aws:backup:us-east-1:000000000000:backup-vault:reach"


def test_an_unknown_key_is_refused(shared) -> None:
    _, endpoints = shared
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        client(endpoints, "s3", aws_access_key_id="AKIAUNKNOWNUNKNOWN12").list_buckets()


def test_a_role_does_what_its_policy_says_and_no_more(shared) -> None:
    _, endpoints = shared
    s3, iam, sts = (client(endpoints, service) for service in ("s3", "iam", "sts"))
    s3.create_bucket(Bucket="reach-bucket")
    s3.put_object(Bucket="reach-bucket", Key="own/file", Body=b"mine")
    s3.put_object(Bucket="reach-bucket", Key="other/file", Body=b"not mine")
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reach-bucket/own/*"}
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="reader", PolicyName="own", PolicyDocument=_policy(allowed))
    session = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    reader = client(
        endpoints,
        "s3",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )

    assert reader.get_object(Bucket="reach-bucket", Key="own/file")["Body"].read() == b"mine"
    for refused in (
        lambda: reader.get_object(Bucket="reach-bucket", Key="other/file"),
        lambda: reader.put_object(Bucket="reach-bucket", Key="own/file", Body=b""),
        lambda: reader.delete_object(Bucket="reach-bucket", Key="own/file"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()


def test_a_policy_that_refuses_plain_http_lets_the_sandbox_in(shared) -> None:
    """`aws:SecureTransport` is true here, so TLS-only buckets are exercised as they are declared."""
    _, endpoints = shared
    s3, iam, sts = (client(endpoints, service) for service in ("s3", "iam", "sts"))
    s3.create_bucket(Bucket="tls-bucket")
    refusal = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::tls-bucket/*"}
    condition = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="tls-bucket", Policy=_policy({**refusal, **condition}))
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="tls-writer", AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::tls-bucket/*"}
    iam.put_role_policy(RoleName="tls-writer", PolicyName="write", PolicyDocument=_policy(allowed))
    session = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    writer = client(
        endpoints,
        "s3",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )

    assert writer.put_object(Bucket="tls-bucket", Key="k", Body=b"x")["ETag"]


def test_plain_http_is_not_spoken(shared) -> None:
    _, endpoints = shared
    plain = str(endpoints.default).replace("https://", "http://")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        client(endpoints, "s3", endpoint_url=plain, verify=None).list_buckets()


def test_nobody_else_trusts_its_certificate(shared) -> None:
    _, endpoints = shared
    with pytest.raises(SSLError):
        client(endpoints, "s3", verify=True).list_buckets()
    with pytest.raises(ssl.SSLError):
        _handshake(ssl.create_default_context(), ports(endpoints)[0])


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
def test_tls_1_1_is_refused(shared) -> None:
    _, endpoints = shared
    old = ssl.create_default_context(cafile=endpoints.ca_bundle)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        _handshake(old, ports(endpoints)[0])


def test_the_health_page_needs_no_proxy(shared, monkeypatch: pytest.MonkeyPatch) -> None:
    from holdfast import sandbox

    home, _ = shared
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert urllib.request.getproxies()["http"] == "http://127.0.0.1:9"

    assert sandbox.status(home).state is sandbox.State.RUNNING


def _policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _handshake(context: ssl.SSLContext, port: int) -> None:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1"),
    ):
        pass
