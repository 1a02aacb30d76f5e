"""`holdfast postgres`: a source server in the sandbox, its archive checked, its drill passed, and one error each."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from applied_ground import PRIMARY, RECOVERY, Applied
from postgres_ground import postgres_environment, until

from holdfast.aws.endpoints import write_endpoints
from holdfast.cli.main import run
from holdfast.sandbox import lifecycle
from holdfast.sandbox.postgres.source_record import read_source, record_path

pytestmark = pytest.mark.postgres


@pytest.fixture
def name(declare):
    return declare(postgres_environment())


@pytest.fixture
def applied(declare, tmp_path):
    """A sandbox of its own, with replication of what is archived."""
    environment = postgres_environment()
    declare(environment)
    home = tmp_path / "home"
    applied = Applied(environment, lifecycle.start(home), tmp_path).apply()
    rule = {
        "ID": "copy-streams",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": "streams/"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{applied.bucket(RECOVERY)}"},
    }
    applied.s3(PRIMARY).put_bucket_replication(
        Bucket=applied.bucket(PRIMARY),
        ReplicationConfiguration={"Role": "arn:aws:iam::000000000000:role/replication", "Rules": [rule]},
    )
    yield applied
    run(["postgres", "stop", environment.environment, "ledger"])
    lifecycle.stop(home)


@pytest.mark.sandbox
def test_from_start_to_a_drill_that_passes_and_a_check_that_finds_a_hole(applied, capsys):
    name = applied.environment.environment
    assert run(["postgres", "start", name, "ledger", "--json"]) == 0
    started = json.loads(capsys.readouterr().out)
    assert started["already_running"] is False
    assert run(["postgres", "check", name, "ledger", "--dsn", started["conninfo"], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["region"], found["anomalies"]) == (RECOVERY, [])
    assert run(["drill", "run", name, "postgres-pitr", "--dataset", "ledger", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["verdict"] == "PASSED"
    assert result["rpo"]["measured_seconds"] < 3600
    first = next(
        each for each in applied.versions("streams/ledger/main/wals/", RECOVERY) if found["first"] in each["Key"]
    )
    applied.s3(RECOVERY).delete_object(Bucket=applied.bucket(RECOVERY), Key=first["Key"], VersionId=first["VersionId"])
    assert run(["postgres", "check", name, "ledger"]) == 2
    assert f"FAULT backup-incomplete: the base backup cannot be made consistent without {found['first']}" in (
        capsys.readouterr().out
    )


@pytest.mark.sandbox
def test_a_source_server_ends_with_its_sandbox(applied):
    name, home = applied.environment.environment, applied.folder / "home"
    assert run(["postgres", "start", name, "ledger"]) == 0
    record = read_source(record_path(home, name, "ledger"))
    assert Path(record.folder).is_dir()
    lifecycle.stop(home)
    until(lambda: not Path(record.folder).is_dir())


@pytest.mark.sandbox
def test_an_archive_without_a_base_backup_is_inconclusive(applied, capsys):
    name = applied.environment.environment
    write_endpoints(applied.folder / "home", applied.endpoints)
    assert run(["postgres", "check", name, "ledger"]) == 3
    assert "no base backup in us-west-2" in capsys.readouterr().out


def test_settings_hold_the_environments_own_names(name, capsys):
    assert run(["postgres", "settings", name, "ledger"]) == 0
    text = capsys.readouterr().out
    assert f"s3://acme-{name}-vault-000000000000-us-east-1/streams/ledger main %p" in text
    assert "archive_timeout = 3600s" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["settings", "ENV", "nothing"], "dataset 'nothing' is not declared in"),
        (["check", "ENV", "ledger"], "no sandbox is running"),
        (["start", "ENV", "ledger"], "no sandbox is running"),
        (["base-backup", "ENV", "ledger"], "no sandbox is running"),
    ],
)
def test_what_cannot_be_done_is_one_error(name, capsys, arguments, says):
    assert run(["postgres", *[name if each == "ENV" else each for each in arguments]]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("command", ["start", "base-backup", "check"])
def test_a_dataset_without_an_archive_is_told_before_a_sandbox_is_looked_for(name, capsys, command):
    assert run(["postgres", command, name, "project"]) == 1
    error = capsys.readouterr().err
    assert "project" in error
    assert "allowed: ledger" in error
    assert "no sandbox is running" not in error


def test_a_region_without_an_archive_is_refused_before_a_sandbox_is_looked_for(name, capsys):
    assert run(["postgres", "check", name, "ledger", "--region", "eu-west-1"]) == 1
    error = capsys.readouterr().err
    assert "allowed: us-east-1, us-west-2" in error
    assert "no sandbox is running" not in error


def test_stopping_what_does_not_run_is_harmless(name, capsys):
    assert run(["postgres", "stop", name, "ledger"]) == 0
    assert "no source server was running" in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-22T02:00:00", "2999-01-01T00:00:00Z"])
def test_a_moment_that_is_none_is_refused(name, capsys, moment):
    assert run(["drill", "run", name, "postgres-pitr", "--dataset", "ledger", "--to", moment]) == 1
    assert "allowed: a past time such as" in capsys.readouterr().err
