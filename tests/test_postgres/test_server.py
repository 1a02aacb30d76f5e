"""Servers of our own: whom they belong to, what they let in, and that nothing of them stays."""

from __future__ import annotations

import os
import socket
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast.clock import SystemClock
from holdfast.postgres.barman import barman, program
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import connected, conninfo_of
from holdfast.postgres.errors import (
    BarmanFailed,
    BarmanNotFound,
    DriverNotFound,
    FolderNotUsable,
    PostgresNotFound,
    QueryFailed,
    ServerNotStarted,
)
from holdfast.postgres.private_folder import belongs_to, folder_for, make_folder, remove_folder
from holdfast.postgres.row_counts import count_rows, read_counts
from holdfast.postgres.server import Server
from holdfast.postgres.server_user import server_user

SECONDS = timedelta(seconds=30)


@pytest.fixture
def folder():
    user, owner = server_user(), f"test-{os.urandom(6).hex()}"
    made = folder_for(owner, user)
    make_folder(made, owner, user)
    yield made
    if made.is_dir():
        Server(made, find_binaries(), user).stop(at_once=True)
        remove_folder(made)


@pytest.fixture
def server(folder):
    made = Server(folder, find_binaries(), server_user())
    made.initialize()
    made.configure({"fsync": "off"})
    made.start(SystemClock(), seconds=60)
    return made


pytestmark = pytest.mark.postgres


def test_a_server_answers_through_its_socket_and_listens_on_no_address(server):
    with connected(conninfo_of(server, "postgres"), timeout=SECONDS) as connection:
        (listening,) = connection.execute("show listen_addresses").fetchone()
        (port,) = connection.execute("show port").fetchone()
    assert listening == ""
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", int(port)))
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


def test_a_server_of_root_belongs_to_somebody_else(server):
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    owner = Path(f"/proc/{pid}").stat().st_uid if Path("/proc/self").exists() else server_user().uid
    assert owner == server_user().uid
    assert owner != 0


def test_no_credential_of_the_caller_reaches_a_server(folder, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-1f2e3d")
    server = Server(folder, find_binaries(), server_user())
    server.initialize()
    server.configure({})
    server.start(SystemClock(), seconds=60)
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    environment = Path(f"/proc/{pid}/environ")
    assert not environment.exists() or b"canary-1f2e3d" not in environment.read_bytes()


def test_another_role_is_not_let_in(server):
    with connected(conninfo_of(server, "postgres"), timeout=SECONDS, read_only=False) as connection:
        connection.execute("create role other login superuser")
        connection.commit()
    other = Server(server.folder, server.binaries, server.user, "other")
    with pytest.raises(QueryFailed), connected(conninfo_of(other, "postgres"), timeout=SECONDS):
        pass


def test_a_read_only_question_writes_nothing_and_a_slow_one_is_stopped(server):
    conninfo = conninfo_of(server, "postgres")
    with pytest.raises(QueryFailed, match="read-only"), connected(conninfo, timeout=SECONDS) as connection:
        connection.execute("create table t (n int)")
    short = timedelta(milliseconds=50)
    with pytest.raises(QueryFailed, match="statement timeout"), connected(conninfo, timeout=short) as connection:
        connection.execute("select pg_sleep(10)")


def test_rows_are_counted_in_one_snapshot_and_read_back(server):
    with connected(conninfo_of(server, "postgres"), timeout=SECONDS, read_only=False) as connection:
        connection.execute('create table "Odd name" as select generate_series(1, 7) as n')
        connection.execute("create unlogged table scrap (n int)")
        connection.commit()
    with connected(conninfo_of(server, "postgres"), timeout=SECONDS) as connection:
        counts = count_rows(connection)
    assert counts.tables == {"public.Odd name": 7}
    assert read_counts(counts.document(), "counts") == counts


def test_a_server_that_does_not_start_says_why(folder):
    server = Server(folder, find_binaries(), server_user())
    server.initialize()
    server.configure({"shared_buffers": "so much"})
    with pytest.raises(ServerNotStarted, match="shared_buffers"):
        server.start(SystemClock(), seconds=60)
    assert server.status() is None


def test_stopping_twice_is_harmless(server):
    server.stop()
    server.stop()
    assert server.status() is None


def test_a_folder_of_somebody_else_is_not_ours(folder, tmp_path):
    (folder / "holdfast-owner").write_text("drill-1")
    assert belongs_to(folder, "drill-1")
    assert not belongs_to(folder, "drill-2")
    assert not belongs_to(tmp_path / "none", "drill-1")
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert not belongs_to(link, "drill-1")


def test_a_folder_is_made_once(folder):
    with pytest.raises(FolderNotUsable, match="File exists"):
        make_folder(folder, "other", server_user())


def test_missing_programs_are_named(tmp_path):
    with pytest.raises(PostgresNotFound, match="no postgres in"):
        find_binaries(15, {"HOLDFAST_POSTGRES_BIN": str(tmp_path)})
    (tmp_path / "postgres").touch()
    with pytest.raises(PostgresNotFound, match="no pg_ctl in"):
        find_binaries(15, {"HOLDFAST_POSTGRES_BIN": str(tmp_path)})


def test_a_version_that_is_not_there_is_named():
    with pytest.raises(PostgresNotFound, match="PostgreSQL 9 is not on this machine"):
        find_binaries(9, {})


def test_a_missing_driver_is_one_error(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DriverNotFound, match="psycopg is not installed"), connected("", timeout=SECONDS):
        pass


def test_what_barman_says_is_told():
    with pytest.raises(BarmanFailed, match="barman-cloud-restore failed"):
        barman("barman-cloud-restore", "nonsense", environment={})
    with pytest.raises(BarmanNotFound, match="no barman-cloud-nothing"):
        program("barman-cloud-nothing")
