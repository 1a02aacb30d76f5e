"""`holdfast plan`: real plans without an account, kept as JSON; and each way it cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from holdfast.cli.main import run
from holdfast.environments.names import STACK_ORDER
from holdfast.terraform import providers

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "plan.schema.json").read_text())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.terraform
def test_prod_is_planned_offline_and_its_plans_are_kept(home: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no such profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    assert run(["plan", "prod", "--offline", "--json"]) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)

    jsonschema.validate(document, SCHEMA)
    assert document["offline"] is True
    assert document["omitted"] == []
    names = [stack["name"] for stack in document["stacks"]]
    assert names == [f"prod-{part}" for part in STACK_ORDER]
    for stack in document["stacks"]:
        assert set(stack["changes"]) == {"create"}
        plan = json.loads(Path(stack["plan"]).read_text())
        assert plan["format_version"].startswith("1.")
        assert Path(stack["plan"]).stat().st_mode & 0o777 == 0o600
        synthesized = json.loads((home / "prod" / "stacks" / stack["name"] / "cdk.tf.json").read_text())
        assert "s3" in synthesized["terraform"]["backend"]  # what was synthesized stays as it was
        assert "access_key" not in synthesized["provider"]["aws"][0]
    assert "terraform" in printed.err
    assert "provider" in printed.err


@pytest.mark.terraform
def test_only_one_stack_is_planned_and_what_it_changes_is_listed(home: Path, capsys) -> None:
    assert run(["plan", "sandbox", "--offline", "--stack", "sandbox-access"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("sandbox-access: ")
    assert lines[0].endswith(" to create")
    assert "  + aws_iam_role  sandbox-access/BackupWriter/Resource" in lines


def test_a_stack_that_is_not_there_is_one_error(home: Path, capsys) -> None:
    assert run(["plan", "prod", "--offline", "--stack", "prod-nothing"]) == 1
    assert "there are: prod-recovery-watch, prod-recovery, prod-recovery-access, prod-watch" in capsys.readouterr().err


def test_a_sandbox_that_does_not_run_is_one_error(home: Path, capsys) -> None:
    assert run(["plan", "sandbox"]) == 1
    said = capsys.readouterr().err
    assert "no sandbox is running" in said
    assert "holdfast sandbox start" in said


def test_no_terraform_is_one_error_before_anything_is_written(home: Path, capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert run(["plan", "prod", "--offline", "--json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"] == "terraform-not-found"
    assert "scripts/fetch-terraform" in printed.err
    assert not home.exists()


def test_a_mirror_that_does_not_serve_is_one_error(home: Path, capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOLDFAST_PROVIDER_MIRROR", str(tmp_path / "nowhere"))

    assert run(["plan", "prod", "--offline"]) == 1
    assert "HOLDFAST_PROVIDER_MIRROR" in capsys.readouterr().err


@pytest.mark.terraform
def test_no_provider_is_one_error(home: Path, capsys, monkeypatch, tmp_path: Path) -> None:
    """No mirror, and a registry that is not there: a proxy nobody listens on stands between."""
    monkeypatch.setattr(providers, "_SEARCHED", ())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    assert run(["plan", "prod", "--offline", "--stack", "prod-access"]) == 1
    said = capsys.readouterr().err
    assert "the AWS provider for Terraform is not to be had" in said
    assert "HOLDFAST_PROVIDER_MIRROR" in said
    assert "Traceback" not in said


@pytest.mark.terraform
def test_an_account_without_a_credential_is_one_error(home: Path, capsys, monkeypatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert run(["plan", "prod", "--stack", "prod-access"]) == 1
    said = capsys.readouterr().err
    assert "init of prod-access failed: No valid credential sources found" in said
    assert "whole output" in said
