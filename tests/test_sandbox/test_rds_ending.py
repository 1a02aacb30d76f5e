"""No server outlives the sandbox, however its service ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import boto3
import pytest
from rds_bench import PASSWORD, REGION

from holdfast import sandbox
from holdfast.clock import SystemClock
from holdfast.postgres.private_folder import folder_for
from holdfast.postgres.server_user import server_user
from holdfast.sandbox.rds_service.engine.ground import owner_of
from holdfast.sandbox.record import read_record

pytestmark = pytest.mark.sandbox


def start_with_an_instance(home):
    """A sandbox with one instance: the pids of its server, and the folder."""
    endpoints = sandbox.start(home)
    rds = boto3.client(
        "rds",
        region_name=REGION,
        endpoint_url=endpoints.url("rds"),
        verify=endpoints.ca_bundle,
        aws_access_key_id=endpoints.access_key,
        aws_secret_access_key=endpoints.secret_key,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shop",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="app",
        MasterUserPassword=PASSWORD,
    )
    until(lambda: rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available")
    name = folder_for(owner_of(endpoints.run), server_user()).name
    # The service looks for its place without this process's TMPDIR.
    (folder,) = (each for each in (Path("/tmp") / name, Path("/var/tmp") / name) if each.exists())
    pids = [int(each.read_text().splitlines()[0]) for each in folder.glob("*/data/postmaster.pid")]
    assert len(pids) == 1
    return pids, folder


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_a_stop_of_the_sandbox_ends_the_servers(home):
    pids, folder = start_with_an_instance(home)

    sandbox.stop(home, clock=SystemClock())

    until(lambda: not any(map(is_there, pids)) and not folder.exists())


def test_a_service_that_is_killed_takes_its_servers_along(home):
    pids, folder = start_with_an_instance(home)
    record = read_record(home)
    service = next(each.process.pid for each in record.emulators if each.name == "rds")

    os.kill(service, signal.SIGKILL)

    until(lambda: not any(map(is_there, pids)) and not folder.exists())
