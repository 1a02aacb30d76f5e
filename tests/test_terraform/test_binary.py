"""Which terraform is used, and one clear error for each way there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.terraform.binary import find_binary
from holdfast.terraform.errors import TerraformNotFound, TerraformNotUsable, TerraformTooOld


def program(folder: Path, name: str, says: str, code: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return path


def terraform(folder: Path, version: str = "1.11.4") -> Path:
    return program(folder, "terraform", f"Terraform v{version}\non linux_amd64")


def tofu(folder: Path, version: str = "1.10.0") -> Path:
    return program(folder, "tofu", f"OpenTofu v{version}\non darwin_arm64")


def test_the_one_named_decides_alone(tmp_path: Path) -> None:
    terraform(tmp_path / "home" / "bin")
    terraform(tmp_path / "path")
    named = tofu(tmp_path / "named")
    found = find_binary(tmp_path / "home", {"HOLDFAST_TERRAFORM": str(named), "PATH": str(tmp_path / "path")})

    assert (found.path, found.product, found.version, found.platform) == (named, "tofu", "1.10.0", "darwin_arm64")
    assert found.registry == "registry.opentofu.org"


def test_the_one_named_may_be_a_name_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program(tmp_path, "terraform-1.12", "Terraform v1.12.0\non linux_amd64")

    assert find_binary(tmp_path, {"HOLDFAST_TERRAFORM": "terraform-1.12"}).version == "1.12.0"


def test_the_one_fetched_comes_before_path(tmp_path: Path) -> None:
    fetched = terraform(tmp_path / "home" / "bin")
    terraform(tmp_path / "path", "1.12.0")

    assert find_binary(tmp_path / "home", {"PATH": str(tmp_path / "path")}).path == fetched


def test_tofu_serves_where_there_is_no_terraform_or_only_an_old_one(tmp_path: Path) -> None:
    found = tofu(tmp_path / "path")
    assert find_binary(tmp_path, {"PATH": str(tmp_path / "path")}).path == found

    terraform(tmp_path / "path", "1.5.7")
    assert find_binary(tmp_path, {"PATH": str(tmp_path / "path")}).path == found


@pytest.mark.parametrize("version", ["1.11.0", "1.11.4", "1.12.0-beta1", "2.0.0"])
def test_these_versions_are_new_enough(tmp_path: Path, version: str) -> None:
    terraform(tmp_path, version)

    assert find_binary(tmp_path, {"PATH": str(tmp_path)}).version == version


@pytest.mark.parametrize("version", ["0.15.5", "1.2.11", "1.9.8", "1.10.5"])
def test_an_old_one_is_named_with_what_is_needed(tmp_path: Path, version: str) -> None:
    terraform(tmp_path, version)

    with pytest.raises(TerraformTooOld, match=rf"terraform {version}; needed is 1\.11 or newer") as error:
        find_binary(tmp_path, {"PATH": str(tmp_path)})
    assert "fetch-terraform" in error.value.hint


def test_none_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(TerraformNotFound, match="neither terraform nor tofu") as error:
        find_binary(tmp_path, {"PATH": str(tmp_path)})
    assert "scripts/fetch-terraform" in error.value.hint


def test_a_name_that_is_no_program_is_said(tmp_path: Path) -> None:
    terraform(tmp_path / "path")
    with pytest.raises(TerraformNotUsable, match=r"HOLDFAST_TERRAFORM=/nowhere/terraform.*no such program"):
        find_binary(tmp_path, {"HOLDFAST_TERRAFORM": "/nowhere/terraform", "PATH": str(tmp_path / "path")})


@pytest.mark.parametrize(("says", "code"), [("", 0), ("Terraform v1.11.4\non linux_amd64", 1), ("Packer v1.12.0", 0)])
def test_a_program_that_is_no_terraform_is_said(tmp_path: Path, says: str, code: int) -> None:
    path = program(tmp_path, "terraform", says, code)

    with pytest.raises(TerraformNotUsable, match=str(path)):
        find_binary(tmp_path, {"PATH": str(tmp_path)})


def test_a_file_that_cannot_run_is_said(tmp_path: Path) -> None:
    path = tmp_path / "terraform"
    path.write_text("not a program")
    path.chmod(0o755)

    with pytest.raises(TerraformNotUsable, match=str(path)):
        find_binary(tmp_path, {"PATH": str(tmp_path)})


@pytest.mark.terraform
def test_a_cli_configuration_that_does_not_exist_disturbs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "nowhere.tfrc"))

    assert find_binary(tmp_path).version
