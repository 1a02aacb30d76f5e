"""Where the AWS provider comes from: in which order places are asked, and what Terraform is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from terraform_ground import Stack, fake_terraform, with_program

from holdfast.terraform import Terraform, providers
from holdfast.terraform.binary import Binary
from holdfast.terraform.errors import ProviderMirrorNotUsable, ProviderNotFound
from holdfast.terraform.providers import cli_configuration, find_provider

TERRAFORM = Binary(Path("/bin/terraform"), "terraform", "1.11.4", "linux_amd64")
TOFU = Binary(Path("/bin/tofu"), "tofu", "1.10.0", "linux_amd64")


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine's own folders are not asked, and the working folder holds no plugins."""
    monkeypatch.setattr(providers, "_SEARCHED", (str(tmp_path / "searched"),))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def mirror(
    folder: Path, *versions: str, registry: str = "registry.terraform.io", platform: str = "linux_amd64"
) -> Path:
    for version in versions:
        (folder / registry / "hashicorp" / "aws" / version / platform).mkdir(parents=True)
    return folder


def ask(tmp_path: Path, binary: Binary = TERRAFORM, **variables: str) -> providers.ProviderSource:
    alone = {"HOME": str(tmp_path / "user"), "XDG_DATA_DIRS": str(tmp_path / "data")}
    return find_provider(binary, {**alone, **variables})


def test_without_anything_it_is_the_registry(tmp_path: Path) -> None:
    assert ask(tmp_path).mirror is None
    assert "registry.terraform.io" in ask(tmp_path).description
    assert "registry.opentofu.org" in ask(tmp_path, TOFU).description


def test_the_places_are_asked_in_order(tmp_path: Path) -> None:
    searched = mirror(tmp_path / "searched" / "plugins", "5.100.0")
    assert ask(tmp_path).mirror == searched

    system = mirror(tmp_path / "data" / "terraform" / "plugins", "5.100.0")
    assert ask(tmp_path).mirror == system

    own = mirror(tmp_path / "user" / ".terraform.d" / "plugins", "5.100.0")
    assert ask(tmp_path).mirror == own

    settings = tmp_path / "user" / ".terraformrc"
    settings.write_text("provider_installation {\n  direct {}\n}\n")
    assert ask(tmp_path).settings == settings

    named = mirror(tmp_path / "named", "5.100.0")
    assert ask(tmp_path, HOLDFAST_PROVIDER_MIRROR=str(named)).mirror == named


@pytest.mark.parametrize("named", ["nowhere.tfrc", "plain.tfrc", "binary.tfrc"])
def test_settings_that_say_nothing_of_providers_do_not_count(tmp_path: Path, named: str) -> None:
    (tmp_path / "plain.tfrc").write_text('credentials "app.terraform.io" {}\n')
    (tmp_path / "binary.tfrc").write_bytes(b"\xff\xfe\x00provider_installation")
    searched = mirror(tmp_path / "searched" / "plugins", "5.100.0")

    assert ask(tmp_path, TF_CLI_CONFIG_FILE=str(tmp_path / named)).mirror == searched


@pytest.mark.parametrize("version", ["5.99.1", "7.0.0", "6.0.0-beta2", "latest"])
def test_a_version_the_stacks_are_not_written_for_does_not_count(tmp_path: Path, version: str) -> None:
    mirror(tmp_path / "searched" / "plugins", version)

    assert ask(tmp_path).mirror is None


@pytest.mark.parametrize("version", ["5.100.0", "6.69.1"])
def test_these_versions_do(tmp_path: Path, version: str) -> None:
    assert ask(tmp_path).mirror is None
    assert ask(tmp_path, HOLDFAST_PROVIDER_MIRROR=str(mirror(tmp_path / "m", "5.1.0", version))).mirror is not None


def test_another_platform_or_registry_does_not_count(tmp_path: Path) -> None:
    mirror(tmp_path / "searched" / "a", "5.100.0", platform="darwin_arm64")
    mirror(tmp_path / "searched" / "b", "5.100.0", registry="registry.opentofu.org")

    assert ask(tmp_path).mirror is None
    assert ask(tmp_path, TOFU).mirror == tmp_path / "searched" / "b"


def test_a_mirror_of_archives_counts(tmp_path: Path) -> None:
    folder = tmp_path / "m" / "registry.terraform.io" / "hashicorp" / "aws"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_5.100.0_linux_amd64.zip").touch()

    assert ask(tmp_path, HOLDFAST_PROVIDER_MIRROR=str(tmp_path / "m")).mirror == tmp_path / "m"


@pytest.mark.parametrize("made", [None, (), ("4.67.0",)])
def test_a_named_mirror_that_does_not_serve_is_one_error_and_no_other_is_taken(tmp_path: Path, made) -> None:
    mirror(tmp_path / "searched" / "plugins", "5.100.0")
    if made is not None:
        mirror(tmp_path / "m", *made).mkdir(exist_ok=True)

    with pytest.raises(ProviderMirrorNotUsable, match="HOLDFAST_PROVIDER_MIRROR") as error:
        ask(tmp_path, HOLDFAST_PROVIDER_MIRROR=str(tmp_path / "m"))
    assert "linux_amd64" in error.value.hint


def test_terraform_is_told_to_ask_no_registry_for_what_a_mirror_has(tmp_path: Path) -> None:
    source = ask(tmp_path, HOLDFAST_PROVIDER_MIRROR=str(mirror(tmp_path / 'odd "name"', "5.100.0")))
    text = cli_configuration(source, TERRAFORM)

    assert f"path    = {json.dumps(str(source.mirror))}" in text
    assert text.count('["registry.terraform.io/hashicorp/aws"]') == 2  # included here, excluded there
    assert "filesystem_mirror" not in cli_configuration(providers.ProviderSource(None, "registry"), TERRAFORM)


@pytest.mark.terraform
def test_a_provider_nobody_has_is_one_error_with_the_way_to_get_it(tmp_path: Path, deploy) -> None:
    """From the registry, whether it answers (it has no such provider) or not."""
    made = Stack("dev-a", tmp_path / "a").write()
    made.configuration["terraform"]["required_providers"] = {"none": {"source": "holdfast-tests/no-such-provider"}}
    (made.directory / "cdk.tf.json").write_text(json.dumps(made.configuration))
    variables = {"PATH": __import__("os").environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path)}

    with pytest.raises(ProviderNotFound, match=r"registry\.terraform\.io") as error:
        deploy(made, terraform=Terraform.find(tmp_path / "home", variables=variables)).plan()
    assert "HOLDFAST_PROVIDER_MIRROR" in error.value.hint


@pytest.mark.terraform
def test_a_provider_from_a_mirror_is_linked_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deploy) -> None:
    monkeypatch.undo()
    terraform = Terraform.find(tmp_path / "home")
    if terraform.provider.mirror is None:
        pytest.skip("this machine has no provider mirror")
    made = Stack("dev-a", tmp_path / "a").write()
    made.configuration["terraform"]["required_providers"] = {"aws": {"source": "hashicorp/aws"}}
    (made.directory / "cdk.tf.json").write_text(json.dumps(made.configuration))

    workspace = deploy(made, terraform=terraform).plan()[0].workspace

    installed = workspace.folder / ".terraform" / "providers" / TERRAFORM.registry / "hashicorp" / "aws"
    assert all(each.is_symlink() for version in installed.iterdir() for each in version.iterdir())


def test_a_provider_from_the_registry_is_fetched_once_for_all_stacks(tmp_path: Path, stack, deploy) -> None:
    """One init at a time, a cache they share, and the checksums of the first for the others, without which Terraform
    does not use its cache."""
    notes = tmp_path / "bin" / "notes"
    body = f"""
      if [ -e .terraform.lock.hcl ]; then seen=seeded; else seen=none; fi
      echo "begin $seen $TF_PLUGIN_CACHE_DIR" >> {notes}
      sleep 0.2; echo sums > .terraform.lock.hcl
      echo end >> {notes}
    """
    home = tmp_path / "home"
    terraform = with_program(fake_terraform(tmp_path / "bin", "init", body), home)

    deploy(stack("a"), stack("b"), stack("c"), terraform=terraform).plan()

    cache = home / "terraform" / "plugins"
    assert notes.read_text().splitlines() == [
        f"begin none {cache}",
        "end",
        f"begin seeded {cache}",
        "end",
        f"begin seeded {cache}",
        "end",
    ]
    assert cache.is_dir()
