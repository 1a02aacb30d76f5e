"""Barman, loaded once, archives segment after segment; what does not go stays where it is."""

from __future__ import annotations

import os
import secrets
import signal

import boto3
import pytest

from holdfast.postgres.errors import BarmanFailed
from holdfast.sandbox.postgres.resident import ResidentBarman
from holdfast.sandbox.postgres.shipping import Shipping

pytestmark = pytest.mark.postgres

SEGMENTS = [f"00000001000000000000000{number}" for number in (1, 2, 3)]
STYLE = ("--addressing-style", "path")


@pytest.fixture
def bucket(shared):
    _, endpoints = shared
    s3 = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoints.default,
        verify=endpoints.ca_bundle,
        aws_access_key_id=endpoints.access_key,
        aws_secret_access_key=endpoints.secret_key,
    )
    name = f"log-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    return s3, name


@pytest.fixture
def barman(shared):
    _, endpoints = shared
    with ResidentBarman({**endpoints.variables(), "AWS_DEFAULT_REGION": "us-east-1"}) as resident:
        yield resident


@pytest.fixture
def spool(tmp_path):
    folder = tmp_path / "spool"
    folder.mkdir()
    for name in reversed(SEGMENTS):
        (folder / name).write_bytes(name.encode() * 1000)
    return folder


def keys(bucket):
    s3, name = bucket
    return [each["Key"] for each in s3.list_objects_v2(Bucket=name).get("Contents", [])]


def test_segments_are_archived_in_order_by_one_process(bucket, barman, spool):
    shipping = Shipping(spool, f"s3://{bucket[1]}/streams", "main", STYLE, barman)

    assert shipping.ship() == SEGMENTS
    assert keys(bucket) == [f"streams/main/wals/0000000100000000/{name}" for name in SEGMENTS]
    assert list(spool.iterdir()) == []


def test_what_does_not_go_stays_and_those_after_it_wait(bucket, barman, spool):
    (spool / "000000010000000000000002").rename(spool / "000000010000000000000001.no-segment")
    shipping = Shipping(spool, f"s3://{bucket[1]}/streams", "main", STYLE, barman)

    assert shipping.ship() == SEGMENTS[:1]
    assert {path.name for path in spool.iterdir()} == {"000000010000000000000001.no-segment", SEGMENTS[2]}


def test_a_failure_is_told_and_the_next_run_goes(bucket, barman, spool):
    with pytest.raises(BarmanFailed, match="is an invalid name for a WAL file"):
        barman.archive([*STYLE, f"s3://{bucket[1]}/streams", "main", str(spool / "no-segment")])

    barman.archive([*STYLE, f"s3://{bucket[1]}/streams", "main", str(spool / SEGMENTS[0])])
    assert len(keys(bucket)) == 1


def test_a_program_that_was_killed_is_started_again(bucket, barman, spool):
    target = [*STYLE, f"s3://{bucket[1]}/streams", "main"]
    barman.archive([*target, str(spool / SEGMENTS[0])])
    os.kill(barman._process.pid, signal.SIGKILL)
    barman._process.wait()

    barman.archive([*target, str(spool / SEGMENTS[1])])
    assert len(keys(bucket)) == 2


def test_closing_ends_its_process_and_twice_is_no_harm(barman, bucket, spool):
    barman.archive([*STYLE, f"s3://{bucket[1]}/streams", "main", str(spool / SEGMENTS[0])])
    pid = barman._process.pid
    barman.close()
    barman.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
