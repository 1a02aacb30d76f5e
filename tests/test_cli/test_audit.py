"""Every command that changes something is in the audit log, before and after; the log can be verified and exported."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import click
import jsonschema
import pytest

from holdfast.audit.trail import audit_file
from holdfast.cli.auditing import AUDITED
from holdfast.cli.main import run
from holdfast.cli.reference import walk

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/audit-export.schema.json").read_text())
ERASE = ["erasure", "add", "sandbox", "--path", "users/42/", "--reason", "DSR-1"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(ENVIRONMENTS))
    return tmp_path / "home"


def exported(capsys, *arguments):
    capsys.readouterr()
    assert run(["audit", "export", "--format", "json", *arguments]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document["entries"]


def test_a_command_that_changes_something_is_logged_before_and_after(home, capsys):
    assert run(ERASE) == 0
    begin, event, end = exported(capsys)
    assert [begin["phase"], event["phase"], end["phase"]] == ["begin", "event", "end"]
    assert (begin["action"], begin["environment"], end["outcome"]) == ("erasure add", "sandbox", "exit 0")
    assert "@" in begin["actor"]
    assert len(begin["value"]) == 64
    assert "previous" not in begin, "it ran for the first time"
    assert "users/42" not in audit_file(home).read_text(), "what was erased is not in the log"


def test_the_next_time_it_says_what_was_before(home, capsys):
    assert run(ERASE) == 0
    assert run(ERASE) == 0
    entries = [each for each in exported(capsys) if each["phase"] == "begin"]
    assert entries[1]["previous"] == entries[0]["value"]


def test_a_command_that_fails_is_logged_with_the_code_of_its_error(home, capsys):
    assert run(["destroy", "prod"]) == 1
    *_, end = exported(capsys)
    assert (end["action"], end["phase"]) == ("destroy", "end")
    assert end["outcome"] not in ("exit 0", "interrupted")


def test_what_cannot_be_written_down_is_not_done(home, capsys):
    home.mkdir()
    (home / "audit").write_text("in the way")
    assert run(ERASE) == 1
    assert "audit.jsonl" in capsys.readouterr().err
    assert not (home / "erasure").exists()


def test_commands_that_only_read_are_not_logged(home):
    assert run(["env", "list"]) == 0
    assert run(["erasure", "list", "sandbox"]) == 0
    assert not audit_file(home).exists()


def test_only_commands_there_are_can_be_audited():
    paths = {" ".join(path[1:]) for path, _ in walk()}
    assert paths >= AUDITED


def test_a_new_command_is_said_to_change_something_or_not():
    """Whoever adds a command decides: in `AUDITED`, or here because it only reads, plans or is its own record."""
    only_looks = {
        "audit export", "audit list", "audit verify", "catalog", "doctor", "drill due", "drill list",
        "env diff", "env list", "env schema", "env show", "env templates", "env validate",
        "erasure check", "erasure list", "evidence list", "evidence verify",
        "plan", "postgres check", "postgres settings", "prove", "restore key",
        "restore plan", "restore status", "review", "runbook", "sandbox status", "synth",
    }  # fmt: skip
    leaves = {" ".join(path[1:]) for path, command in walk() if not isinstance(command, click.Group)}
    assert leaves == AUDITED | only_looks


def test_csv_is_for_spreadsheets(home, capsys):
    assert run([*ERASE[:-1], "=cmd|' /C calc'!A0"]) == 0
    capsys.readouterr()
    assert run(["audit", "export", "--format", "csv", "--environment", "sandbox"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert len(rows) == 3
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_a_filter_by_time_and_environment(home, capsys):
    assert run(ERASE) == 0
    assert exported(capsys, "--environment", "prod") == []
    assert exported(capsys, "--since", "2100-01-01T00:00:00Z") == []
    assert run(["audit", "export", "--format", "json", "--since", "yesterday"]) == 1


def test_verify_finds_what_was_changed_and_what_was_cut(home, capsys):
    assert run(["audit", "verify"]) == 3
    assert run(ERASE) == 0
    capsys.readouterr()
    assert run(["audit", "verify", "--json"]) == 0
    head = json.loads(capsys.readouterr().out)["head"]
    assert run(["audit", "verify", "--head", head[:12]]) == 0
    path = audit_file(home)
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert run(["audit", "verify"]) == 0
    assert run(["audit", "verify", "--head", head[:12]]) == 2
    assert run(["audit", "verify", "--head", head]) == 2
    path.write_bytes(whole.replace(b'"exit 0"', b'"exit 9"'))
    assert run(["audit", "verify"]) == 2
    assert run(["audit", "list"]) == 2


@pytest.mark.parametrize("head", ["", "zz", "3f2a", "g" * 64, "0" * 65])
def test_a_head_that_is_no_digest_is_refused_and_never_found(home, capsys, head):
    assert run(ERASE) == 0
    assert run(["audit", "verify", "--head", head]) == 1
    assert "12 to 64 hexadecimal digits" in capsys.readouterr().err


NEW = ["env", "new", "acme", "--template", "starter", "--set", "organization=acme", "--yes"]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(tmp_path / "repository" / "environments"))
    (tmp_path / "repository").mkdir()


def test_an_environment_that_is_made_is_logged_with_the_digest_of_what_was_made(home, repository, capsys):
    assert run(NEW) == 0
    assert run([*NEW[:3], "--update", "--apply", "--yes"]) == 0
    begin, end, *updated = exported(capsys, "--environment", "acme")
    assert (begin["action"], end["outcome"]) == ("env new", "exit 0")
    assert "value" not in begin, "there was none"
    assert len(end["value"]) == 64
    assert "organization=acme" not in begin["target"], "answers may hold addresses with a token"
    assert updated[0]["value"] == updated[0]["previous"] == end["value"]


def test_what_an_environment_would_be_is_not_logged(home, repository):
    assert run([*NEW, "--dry-run"]) == 0
    assert not audit_file(home).exists()
    assert run(NEW) == 0
    logged = audit_file(home).read_bytes()
    assert run([*NEW[:3], "--update"]) == 0
    assert audit_file(home).read_bytes() == logged


def test_a_demo_is_logged_beside_its_own_folder(home, capsys):
    assert run(["demo", "--environment", "prod"]) == 1
    said = capsys.readouterr().err
    assert "the sandbox serves no other" in said
    assert "destroys nothing else" not in said
    begin, end = exported(capsys)
    assert (begin["action"], begin["environment"], end["outcome"]) == ("demo", "prod", "not-served-here")


def test_the_list_is_for_people(home, capsys):
    assert run(["audit", "list"]) == 0
    assert "nothing was done" in capsys.readouterr().out
    assert run(ERASE) == 0
    capsys.readouterr()
    assert run(["audit", "list", "--environment", "sandbox"]) == 0
    said = capsys.readouterr().out
    assert "erasure add" in said
    assert "exit 0" in said
