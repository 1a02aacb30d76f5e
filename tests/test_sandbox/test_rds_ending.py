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
from holdfast.sandbox.errors import ServersRemain
from holdfast.sandbox.processes import end
from holdfast.sandbox.rds_service.engine import recorded
from holdfast.sandbox.rds_service.engine.ground import owner_of
from holdfast.sandbox.rds_service.engine.recorded import end_recorded, record_servers
from holdfast.sandbox.record import read_record, record_file

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


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_a_stop_of_the_sandbox_ends_the_servers(home):
    pids, folder = start_with_an_instance(home)

    sandbox.stop(home, clock=SystemClock())

    until(lambda: not any(map(is_there, pids)) and not folder.exists())


def kill_service_and_keeper(home, folder):
    """Both of those who know of the servers, in one moment; the keeper has the folder among its arguments."""
    service = next(each.process.pid for each in read_record(home).emulators if each.name == "rds")
    os.kill(service, signal.SIGSTOP)  # so that its end is not what ends the keeper
    keepers = [int(each.name) for each in Path("/proc").glob("[1-9]*") if is_keeper(each, folder)]
    assert len(keepers) == 1
    for pid in (*keepers, service):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(map(is_there, (*keepers, service))))


def is_keeper(process, folder):
    try:
        said = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    return "holdfast.sandbox.rds_service.keeper" in said and str(folder) in said


@pytest.mark.parametrize("again", [sandbox.stop, sandbox.start])
def test_servers_nobody_watches_any_more_are_ended_by_the_next_stop_or_start(home, again):
    pids, folder = start_with_an_instance(home)
    kill_service_and_keeper(home, folder)
    assert all(map(is_there, pids))

    again(home)

    assert not any(map(is_there, pids))
    assert not folder.exists()


def test_servers_are_found_without_the_record_of_processes_too(home):
    pids, folder = start_with_an_instance(home)
    kill_service_and_keeper(home, folder)
    rest, record = read_record(home), record_file(home)
    record.unlink()
    try:
        sandbox.stop(home)
    finally:
        for each in rest.emulators:
            end(each.process, SystemClock())

    assert not any(map(is_there, pids))
    assert not folder.exists()


def test_a_folder_that_is_not_the_runs_own_is_left_alone(tmp_path):
    """The record names a folder that somebody else has by now."""
    run, others = tmp_path / "run", tmp_path / "others"
    run.mkdir()
    (others / "data").mkdir(parents=True)
    record_servers(run, others, "run-1-rds")

    end_recorded(run, SystemClock())

    assert (others / "data").is_dir()


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"folder": "/"}', b"\xff"])
def test_a_torn_record_of_servers_ends_nothing_and_stops_nothing(tmp_path, torn):
    (tmp_path / "rds-servers.json").write_bytes(torn)

    end_recorded(tmp_path, SystemClock())


def test_servers_that_do_not_end_are_told_and_stay_on_record(tmp_path, monkeypatch):
    run, folder = tmp_path / "run", tmp_path / "servers"
    run.mkdir()
    folder.mkdir()
    (folder / "holdfast-owner").write_text("run-1-rds")
    record_servers(run, folder, "run-1-rds")
    monkeypatch.setattr(recorded, "end_all", lambda _folder, _owner: None)
    monkeypatch.setattr(recorded, "_PATIENCE_SECONDS", 0)

    with pytest.raises(ServersRemain, match=str(folder)):
        end_recorded(run, SystemClock())

    assert (run / "rds-servers.json").exists()


def test_a_service_that_is_killed_takes_its_servers_along(home):
    pids, folder = start_with_an_instance(home)
    record = read_record(home)
    service = next(each.process.pid for each in record.emulators if each.name == "rds")

    os.kill(service, signal.SIGKILL)

    until(lambda: not any(map(is_there, pids)) and not folder.exists())
