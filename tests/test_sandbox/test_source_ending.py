"""No source server outlives the sandbox, also when the process that watches over it was killed."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from holdfast import sandbox
from holdfast.clock import SystemClock
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.private_folder import folder_for, make_folder, remove_folder
from holdfast.postgres.server import Server
from holdfast.postgres.server_user import server_user
from holdfast.sandbox.postgres.ending import stop_source
from holdfast.sandbox.postgres.source_record import InvalidSourceRecord, SourceRecord, record_path, write_source
from holdfast.sandbox.record import folder_of

GONE = {"pid": 2**22 + 1, "started": "another boot/1"}


@pytest.fixture
def source(home: Path):
    """A server that is on record, whose supervisor is gone."""
    user, owner = server_user(), f"source-{secrets.token_hex(6)}"
    server = Server(folder_for(owner, user), find_binaries(), user)
    make_folder(server.folder, owner, user)
    server.initialize()
    server.configure({})
    server.start(SystemClock(), seconds=60)
    told = {"environment": "sandbox", "dataset": "orders", "run": "r", "destination": "s3://b/p", "server": "s"}
    write_source(
        home,
        SourceRecord(
            owner=owner,
            folder=str(server.folder),
            database="postgres",
            heartbeat=("public.beat", "at"),
            superuser="postgres",
            **told,
            **GONE,
        ),
    )
    yield server
    server.stop(at_once=True)
    remove_folder(server.folder)


@pytest.mark.parametrize("stop", [sandbox.stop, lambda home: stop_source("sandbox", "orders", home, SystemClock())])
def test_a_server_whose_supervisor_was_killed_ends_with_the_sandbox(home: Path, source: Server, stop) -> None:
    assert source.status() == "ready"

    stop(home)

    assert source.status() is None
    assert not source.folder.exists()
    assert not record_path(home, "sandbox", "orders").exists()


def test_a_damaged_record_of_a_source_is_told_once_all_else_is_ended(home: Path) -> None:
    path = record_path(home, "sandbox", "orders")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    (folder_of(home) / "runs" / "old").mkdir(parents=True)

    with pytest.raises(InvalidSourceRecord, match=path.name):
        sandbox.stop(home)

    assert not (folder_of(home) / "runs").exists()
    path.unlink()


def test_a_dataset_without_a_source_has_none_to_stop(home: Path) -> None:
    assert not stop_source("sandbox", "orders", home, SystemClock())
