"""Large bodies lie on the disk, and nothing a client sees tells so."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import os
import secrets
from pathlib import Path

import boto3
import pytest

from holdfast.sandbox import bodies
from holdfast.sandbox.bodies import LARGE, Body, keep_on_disk, on_disk, sending
from holdfast.sandbox.record import read_record

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def s3(shared):
    """A client of the running sandbox, and the emulator's process."""
    home, endpoints = shared
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoints.default,
        verify=endpoints.ca_bundle,
        aws_access_key_id=endpoints.access_key,
        aws_secret_access_key=endpoints.secret_key,
    )
    pid = next(each.process.pid for each in read_record(home).emulators if each.name == "ministack")
    return client, pid


@pytest.fixture
def bucket(s3):
    client, _ = s3
    name = f"bodies-{secrets.token_hex(6)}"
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def mapped(pid: int) -> int:
    """Bytes of files without a name that a process has mapped."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    spans = [line.split(" ", 1)[0].split("-") for line in lines if line.endswith("(deleted)")]
    return sum(int(end, 16) - int(begin, 16) for begin, end in spans)


def read(client, bucket, key, **more) -> bytes:
    return client.get_object(Bucket=bucket, Key=key, **more)["Body"].read()


def test_a_large_object_is_kept_in_a_file_and_read_back_whole_and_in_part(s3, bucket):
    client, pid = s3
    content, before = os.urandom(9 * MIB + 1), mapped(pid)
    first = client.put_object(Bucket=bucket, Key="large", Body=content, ChecksumAlgorithm="SHA256")["VersionId"]
    client.put_object(Bucket=bucket, Key="large", Body=b"newer")
    assert mapped(pid) >= before + len(content)
    assert read(client, bucket, "large", VersionId=first) == content
    newest = client.head_object(Bucket=bucket, Key="large")["VersionId"]
    client.delete_object(Bucket=bucket, Key="large", VersionId=newest)
    assert read(client, bucket, "large", Range=f"bytes=7-{MIB}") == content[7 : MIB + 1]
    client.delete_object(Bucket=bucket, Key="large", VersionId=first)
    assert mapped(pid) == before


def test_an_upload_in_parts_and_its_replica_are_one_file(s3, bucket):
    client, pid = s3
    copied = f"{bucket}-copy"
    client.create_bucket(Bucket=copied)
    client.put_bucket_versioning(Bucket=copied, VersioningConfiguration={"Status": "Enabled"})
    rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{copied}"}}
    replication = {"Role": "arn:aws:iam::000000000000:role/replication", "Rules": [rule]}
    client.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=replication)
    parts, before = [os.urandom(6 * MIB), os.urandom(6 * MIB), os.urandom(100)], mapped(pid)
    upload = client.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    tags = []
    for number, part in enumerate(parts, start=1):
        told = client.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=number, Body=part)
        tags.append({"PartNumber": number, "ETag": told["ETag"]})
    assert mapped(pid) >= before + 12 * MIB
    client.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={"Parts": tags})
    page = 4096
    assert mapped(pid) - before <= 12 * MIB + 100 + page
    assert read(client, bucket, "parts") == read(client, copied, "parts") == b"".join(parts)


def test_a_large_object_is_copied(s3, bucket):
    client, _ = s3
    content = os.urandom(5 * MIB)
    client.put_object(Bucket=bucket, Key="from", Body=content)
    client.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from"})
    assert read(client, bucket, "to") == content


def test_a_wrong_checksum_of_a_large_part_is_still_refused(s3, bucket):
    client, _ = s3
    upload = client.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    with pytest.raises(client.exceptions.ClientError, match="Digest"):
        client.upload_part(
            Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x" * LARGE, ContentMD5="A" * 22 + "=="
        )


def test_what_is_small_or_no_bytes_stays_where_it_is():
    small = b"x" * (LARGE - 1)
    assert on_disk(small) is small
    assert on_disk(None) is None


def test_a_full_disk_leaves_the_body_in_memory(monkeypatch):
    def full(*_: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bodies.tempfile, "TemporaryFile", full)
    content = b"x" * LARGE
    assert on_disk(content) is content


def test_a_body_is_like_the_bytes_it_was_made_of():
    content = os.urandom(LARGE)
    body = on_disk(content)
    assert isinstance(body, Body)
    assert copy.deepcopy(body) is body
    assert body.encode("utf-8") is body
    assert hashlib.sha256(body).digest() == hashlib.sha256(content).digest()
    assert b"".join([body, b"end"]) == content + b"end"
    assert b"".join(body.pieces()) == content
    assert next(iter(body)) == content[0]


def test_a_body_is_sent_a_piece_at_a_time_and_anything_else_as_it_is():
    body, sent = on_disk(os.urandom(LARGE + 1)), []

    async def application(_scope, _receive, send):
        await send({"type": "http.response.body", "body": body, "more_body": False})
        await send({"type": "http.response.body", "body": b"small"})

    async def keep(message):
        sent.append(message)

    asyncio.run(sending(application)({}, None, keep))
    assert b"".join(each["body"] for each in sent[:-1]) == body[:]
    assert [each["more_body"] for each in sent[:-1]] == [True] * 5 + [False]
    assert sent[-1] == {"type": "http.response.body", "body": b"small"}


def test_the_emulator_still_has_the_functions_that_are_wrapped():
    from ministack.services import s3 as module

    before = module._upload_part, module._maybe_replicate, module._record_object_version
    try:
        keep_on_disk(module)
        assert module._upload_part is not before[0]
    finally:
        module._upload_part, module._maybe_replicate, module._record_object_version = before
