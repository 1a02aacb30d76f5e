"""Files and values that are not what a command reads: one error in plain words, and nothing half-written."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from holdfast.cli.main import run

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
DEEP = "[" * 100_000
LONG = "x" * 300
MEANINGLESS = ("Traceback", "unexpected", "codec", "Errno", "JSONDecodeError", "KeyError", "TypeError", "NoneType")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(ENVIRONMENTS))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def refused(capsys, *arguments: str) -> str:
    capsys.readouterr()
    assert run([str(each) for each in arguments]) == 1
    said = capsys.readouterr().err
    assert said.startswith(("error: ", "Usage: "))
    assert not [word for word in MEANINGLESS if word in said]
    return said


def test_an_environment_file_that_is_a_pipe_is_not_waited_for(tmp_path, capsys) -> None:
    os.mkfifo(tmp_path / "stuck.yaml")

    said = refused(capsys, "env", "show", "stuck", "--environments", tmp_path)

    assert "stuck.yaml: the file cannot be read (got it is no regular file" in said


def test_a_key_that_is_a_folder_is_no_key(tmp_path, capsys) -> None:
    (tmp_path / "evidence").mkdir()

    said = refused(capsys, "evidence", "verify", tmp_path / "evidence", "--key", tmp_path)

    assert f"{tmp_path}: not a usable key" in said


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is not JSON: Expecting value on line 1, column 1"),
        (b'{"a": [1,', "it is not JSON"),
        (b"\xff", "byte 0 is not UTF-8"),
        (DEEP.encode(), "nested too deeply"),
        (b"9" * 10_000, "a number that is too long"),
        (b"[]", ""),
        (b"{}", ""),
    ],
)
@pytest.mark.parametrize(
    ("name", "command"), [("endpoints.json", ("catalog", "sandbox")), ("run.json", ("sandbox", "status"))]
)
def test_what_the_sandbox_recorded_is_damaged(home, capsys, name, command, content, problem) -> None:
    (home / "sandbox").mkdir(parents=True)
    (home / "sandbox" / name).write_bytes(content)

    said = refused(capsys, *command)

    assert str(home / "sandbox" / name) in said
    assert problem in said
    assert "hint:" in said


def test_a_record_of_the_sandbox_that_is_a_folder_is_named(home, capsys) -> None:
    (home / "sandbox" / "run.json").mkdir(parents=True)

    assert "run.json: the record of the sandbox's processes is damaged: it cannot be read" in refused(
        capsys, "sandbox", "status"
    )


def test_stale_endpoints_lead_to_no_sandbox_and_tell_no_secret(home, capsys) -> None:
    (home / "sandbox").mkdir(parents=True)
    document = {
        "schema": "holdfast.endpoints/1", "default": "http://127.0.0.1:9", "services": {}, "access_key": "000000000000",
        "secret_key": "a-secret-of-the-run", "ca_bundle": "/nowhere/ca.pem", "run": "0123456789abcdef",
    }  # fmt: skip
    (home / "sandbox" / "endpoints.json").write_text(json.dumps(document))

    said = refused(capsys, "catalog", "sandbox")

    assert "nothing answers at http://127.0.0.1:9" in said
    assert "a-secret-of-the-run" not in said


def test_a_page_is_not_written_in_place_of_a_pipe(tmp_path, capsys) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "pipe: it is no regular file" in refused(capsys, "runbook", "dev", "--out", tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".tmp"] == []


def test_a_capture_without_credentials_leaves_nothing_behind(home, tmp_path, monkeypatch, capsys) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert "credentials" in refused(capsys, "capture", "dev")

    assert not (home / "dev").exists()


def test_a_capture_that_fails_leaves_what_was_there_before(home, monkeypatch, capsys) -> None:
    (home / "dev" / "drills").mkdir(parents=True)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("holdfast.capture.keeping.capture", stop)

    assert run(["capture", "dev"]) == 130

    assert [each.name for each in (home / "dev").iterdir()] == ["drills"]


def test_a_page_goes_where_a_link_leads_and_the_link_stays(tmp_path, capsys) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "runbook.md").write_text("old")
    (tmp_path / "runbook.md").symlink_to(tmp_path / "pages" / "runbook.md")

    assert run(["runbook", "dev", "--out", str(tmp_path / "runbook.md")]) == 0

    assert (tmp_path / "runbook.md").is_symlink()
    assert "dev" in (tmp_path / "pages" / "runbook.md").read_text()


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ("dev", ("capture", "dev", "--dataset", "nosuch")),
        ("sandbox", ("postgres", "settings", "sandbox", "nosuch")),
        ("sandbox", ("postgres", "stop", "sandbox", "nosuch")),
    ],
)
def test_a_dataset_nobody_declared_is_said_to_be_that_and_not_of_a_kind(capsys, environment, command) -> None:
    said = refused(capsys, *command)

    assert f"dataset 'nosuch' is not declared in {environment}" in said
    assert "of kind" not in said.partition(";")[0]


@pytest.mark.parametrize("under", ["", "/below"])
@pytest.mark.parametrize(
    "command",
    [
        ("audit", "list"),
        ("evidence", "list", "sandbox"),
        ("restore", "status", "sandbox"),
        ("restore", "key"),
        ("sandbox", "start"),
        ("drill", "sweep", "sandbox"),
    ],
)
def test_a_home_that_is_a_file_is_no_home(tmp_path, monkeypatch, capsys, command, under) -> None:
    (tmp_path / "taken").write_text("kept")
    monkeypatch.setenv("HOLDFAST_HOME", f"{tmp_path}/taken{under}")

    said = refused(capsys, *command)

    assert f"Holdfast's home {tmp_path}/taken{under} cannot be used" in said
    assert (tmp_path / "taken").read_text() == "kept"


def test_a_home_with_a_name_no_folder_can_have_is_no_home(monkeypatch, capsys) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", "x" * 5000)

    assert "cannot be used: File name too long" in refused(capsys, "restore", "status", "sandbox")


def test_what_somebody_typed_neither_moves_the_cursor_nor_begins_a_line_of_a_list(capsys) -> None:
    assert run(["erasure", "add", "sandbox", "--path", "a/", "--reason", "why\x1b[2J\nnot a line of the ledger"]) == 0
    capsys.readouterr()

    assert run(["erasure", "list", "sandbox"]) == 0

    header, line = capsys.readouterr().out.splitlines()
    assert header.startswith("TIME")
    assert line.endswith("why\\x1b[2J\\nnot a line of the ledger")


def test_a_review_that_cannot_be_written_leaves_what_was_there(tmp_path, capsys, monkeypatch) -> None:
    plan, output = tmp_path / "plan.json", tmp_path / "review.md"
    plan.write_text('{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []}')
    output.write_text("the last one")

    def full(path, data):
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    said = refused(capsys, "review", plan, "--output", output)

    assert "No space left on device" in said
    assert output.read_text() == "the last one"
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["plan.json", "review.md"]


def test_a_source_server_is_not_looked_for_outside_its_folder(tmp_path, home, capsys) -> None:
    (tmp_path / "elsewhere.json").write_text("{}")

    said = refused(capsys, "postgres", "stop", "sandbox", "../../../elsewhere")

    assert "'../../../elsewhere' is not declared in sandbox" in said
    assert (tmp_path / "elsewhere.json").exists()


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
def test_what_can_be_told_at_once_is_not_told_after_synthesis(home, capsys, monkeypatch, command) -> None:
    monkeypatch.setitem(sys.modules, "holdfast.stacks.app", None)

    assert "no sandbox is running (none is recorded)" in refused(capsys, command, "sandbox")
    said = refused(capsys, command, "sandbox", "--stack", "nosuch")
    assert "there is no stack 'nosuch'; there are: sandbox-recovery" in said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "suppressions: it is missing or no list (got 'nothing'"),
        (b"- a\n", "suppressions: it is missing or no list"),
        (b"\xff", "it is not UTF-8 (got 'byte 0'"),
        (b"suppressions: [", "it is not YAML"),
    ],
)
def test_suppressions_that_are_none_are_told_in_plain_words(tmp_path, capsys, content, told) -> None:
    plan, file = tmp_path / "plan.json", tmp_path / "accepted.yaml"
    plan.write_text('{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []}')
    file.write_bytes(content)

    said = refused(capsys, "review", plan, "--suppressions", file)

    assert said.startswith(f"error: {file}")
    assert told in said


@pytest.mark.parametrize("service", ["nope", "", "s3", "BACKUP", "../x"])
@pytest.mark.parametrize("more", [[], ["--clear"], ['{"effect": "fail"}']])
def test_a_service_without_faults_is_told_before_a_sandbox_is_looked_for(capsys, service, more) -> None:
    said = refused(capsys, "sandbox", "fault", "--service", service, *more)

    assert f"there are no faults in service {service!r}; allowed: backup, ebs, ec2, rds" in said


def test_a_fault_that_is_no_json_is_told_before_a_sandbox_is_looked_for(capsys) -> None:
    assert "a fault is a JSON object" in refused(capsys, "sandbox", "fault", "[]")


@pytest.mark.parametrize(
    "command",
    [
        ("runbook", "prod", "--out"),
        ("evidence", "verify", ".", "--subjects"),
        ("evidence", "verify", ".", "--key"),
        ("restore", "approve", "plan.json", "--out"),
        ("review", "plan.json", "--output"),
        ("erasure", "check", "prod", "--file"),
    ],
)
@pytest.mark.parametrize(
    "where", [LONG, "loop", "loop/below", "file/below", f"new/{LONG}", f"new/newer/{LONG}", f"new/{LONG}/below"]
)
def test_a_place_no_file_can_have_is_one_error_and_writes_nothing(tmp_path, home, capsys, command, where) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("precious")
    (tmp_path / "plan.json").write_text('{"format_version": "1.2", "planned_values": {}, "resource_changes": []}')
    before = sorted(tmp_path.rglob("*"))

    refused(capsys, *command, where)

    assert [each for each in sorted(tmp_path.rglob("*")) if home not in (each, *each.parents)] == before
    assert (tmp_path / "file").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("project", "missing"), "no such directory"),
        (("project", "file"), "not a directory"),
        (("nothing", "."), "there is no dataset 'nothing'"),
        (("project", ".", "--tenant", "acme"), "tenant"),
        (("project", ".", "--rule", "bogus"), "bogus"),
    ],
)
def test_what_cannot_be_pushed_is_told_before_a_sandbox_is_looked_for(tmp_path, capsys, arguments, told) -> None:
    (tmp_path / "file").write_text("")

    said = refused(capsys, "push", "sandbox", *arguments)

    assert told in said
    assert "no sandbox is running" not in said


@pytest.mark.parametrize(
    ("kind", "dataset", "told"),
    [
        ("rds", "exports", "'exports' is of kind s3"),
        ("ebs", "project", "it is of kind files"),
        ("dynamodb", "exports", "'exports' is of kind s3"),
        ("aws-backup", "project", "it is of kind files"),
        ("postgres-pitr", "project", "'project' is of kind files"),
    ],
)
def test_a_dataset_a_kind_of_drill_cannot_restore_is_told_before_a_sandbox_is_looked_for(
    capsys, kind, dataset, told
) -> None:
    said = refused(capsys, "drill", "run", "sandbox", kind, "--dataset", dataset)

    assert dataset in said
    assert told.partition(" is ")[2] in said
    assert "no sandbox is running" not in said
