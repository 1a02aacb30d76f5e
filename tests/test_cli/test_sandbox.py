"""`holdfast sandbox`: what it prints, how it ends, and what a shell gets from it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from holdfast import sandbox
from holdfast.cli.main import run
from holdfast.sandbox.emulators import EMULATORS
from holdfast.sandbox.processes import Process, is_alive
from holdfast.sandbox.record import read_record

pytestmark = pytest.mark.sandbox

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
WHO = (
    "import boto3; identity = boto3.client('sts', region_name='us-east-1').get_caller_identity(); "
    "boto3.client('backup', region_name='us-east-1').list_backup_vaults(); print(identity['Arn'])"
)


def printed(capsys, command: str) -> dict[str, object]:
    """The document a command printed, which its schema describes."""
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((SCHEMAS / f"sandbox-{command}.schema.json").read_text()))
    return document


def kill(process: Process) -> None:
    """Kill it as the system would, and wait until it is gone: on the way there it is only silent."""
    os.kill(process.pid, signal.SIGKILL)
    while is_alive(process):
        time.sleep(0.01)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path))
    yield tmp_path
    sandbox.stop(tmp_path)


def test_a_shell_that_evaluates_what_start_prints_is_in_the_sandbox(home: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "an old one")

    assert run(["sandbox", "start"]) == 0
    exports = capsys.readouterr()
    shell = f'{exports.out}\nexec {sys.executable} -c "$1"'
    said = subprocess.run(["sh", "-c", shell, "sh", WHO], capture_output=True, text=True, timeout=240, check=False)

    assert said.stdout.strip() == "arn:aws:iam::000000000000:root", said.stderr
    assert "started" in exports.err


def test_starting_twice_says_so_and_stopping_twice_too(home: Path, capsys) -> None:
    assert run(["sandbox", "start", "--json"]) == 0
    first = printed(capsys, "start")
    assert run(["sandbox", "start", "--json"]) == 0
    second = printed(capsys, "start")

    assert (first["already_running"], second["already_running"]) == (False, True)
    assert first["run"] == second["run"]
    assert first["account"] == "000000000000"

    assert run(["sandbox", "stop", "--json"]) == 0
    assert printed(capsys, "stop")["stopped"] == [each.name for each in EMULATORS]
    assert run(["sandbox", "stop"]) == 0
    assert "no sandbox was running" in capsys.readouterr().err


def test_status_is_0_only_while_everything_runs(home: Path, capsys) -> None:
    assert run(["sandbox", "status"]) == 1
    assert "stopped" in capsys.readouterr().out

    run(["sandbox", "start"])
    capsys.readouterr()
    assert run(["sandbox", "status", "--json"]) == 0
    assert printed(capsys, "status")["state"] == "running"

    record = read_record(home)
    assert record is not None
    kill(record.emulators[0].process)
    assert run(["sandbox", "status"]) == 1
    assert "ministack: died" in capsys.readouterr().out


def test_a_start_after_a_crash_says_what_was_lost(home: Path, capsys) -> None:
    run(["sandbox", "start"])
    record = read_record(home)
    assert record is not None
    kill(record.emulators[1].process)
    capsys.readouterr()

    assert run(["sandbox", "start"]) == 0
    assert "an earlier sandbox was died" not in (said := capsys.readouterr().err)
    assert "an earlier sandbox had died; what was applied in it is gone" in said


def test_a_taken_port_is_one_error(home: Path, capsys) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert run(["sandbox", "start", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"port {port} on 127.0.0.1, asked for with --port, is in use" in said
    assert "hint:" in said


@pytest.mark.parametrize("wrong", [["--port", "0"], ["--port", "70000"], ["--timeout", "0"], ["--port", "http"]])
def test_a_number_out_of_range_starts_nothing(home: Path, wrong: list[str]) -> None:
    assert run(["sandbox", "start", *wrong]) == 1
    assert read_record(home) is None


def test_an_environment_that_is_not_there_starts_nothing(home: Path, capsys) -> None:
    assert run(["sandbox", "start", "--environment", "nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert read_record(home) is None


def test_an_environment_that_is_no_sandbox_is_not_served(home: Path, capsys) -> None:
    assert run(["sandbox", "start", "--environment", "prod"]) == 1
    assert "'prod' is not marked sandbox: true" in capsys.readouterr().err
    assert read_record(home) is None


def test_a_home_that_cannot_be_written_is_one_error(tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "home").write_text("in the way")
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))

    assert run(["sandbox", "start"]) == 1
    assert "home cannot be used: it is no folder" in capsys.readouterr().err
