"""What a bootstrap lets its roles do, rendered by Terraform without an account, decides whether duties are apart."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_environments/test_templates"))

from template_ground import Repository

from holdfast.cli.main import run
from holdfast.terraform.binary import Binary
from holdfast.terraform.bootstrap import Bootstrap, folder_beside, roles_in
from holdfast.terraform.bootstrap_files import files_of, only_aws, why_not_planned
from holdfast.terraform.errors import BootstrapNotRead
from holdfast.terraform.providers import ProviderSource

WORKLOAD, BACKUP = "111111111111", "222222222222"
DEPLOYERS = tuple(f"separation.holdfast-acme-deployer@{account}" for account in (WORKLOAD, BACKUP))
PAIRS = ("write-delete", "administer-decrypt", "approve-execute")
SHIPPED = "roles/deploying.tf"


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "repository/environments").mkdir(parents=True)
    repository = Repository(tmp_path / "repository")
    repository.make("acme", "starter", pipelines="none")
    return repository


def prove(repository, tmp_path, monkeypatch, capsys):
    """Exit code, verdict and reason of each proof, and what was said."""
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    code = run(["prove", "acme", "--json", "--environments", str(repository.environments)])
    said = capsys.readouterr()
    return code, {each["id"]: (each["verdict"], each["because"]) for each in json.loads(said.out)["proofs"]}, said.err


@pytest.mark.terraform
def test_the_deployer_of_a_template_is_proved_to_hold_one_duty_of_each_pair(repository, tmp_path, monkeypatch, capsys):
    code, proofs, _ = prove(repository, tmp_path, monkeypatch, capsys)

    assert code == 0
    assert {proofs[f"{name}.{pair}"][0] for name in DEPLOYERS for pair in PAIRS} == {"proved"}
    for purpose in (f"planner@{WORKLOAD}", f"planner@{BACKUP}", "operator"):
        assert {proofs[f"separation.holdfast-acme-{purpose}.{pair}"][0] for pair in PAIRS} == {"proved"}


@pytest.mark.terraform
def test_a_bootstrap_that_gives_the_deployer_both_is_refuted_by_its_own_statement(
    repository, tmp_path, monkeypatch, capsys
):
    # GIVEN somebody lets the deployer write backups, and takes away what denies it
    file = repository.root / "bootstrap/acme" / SHIPPED
    text = file.read_text()
    assert '"s3:PutBucketVersioning",' in text
    text = text.replace('      "s3:PutObject*",\n', "").replace(
        '"s3:PutBucketVersioning",', '"s3:PutBucketVersioning",\n      "s3:PutObject",'
    )
    file.write_text(text.replace("resources = local.buckets\n", "resources = concat(local.buckets, local.objects)\n"))
    limits = file.with_name("limits.tf")
    limits.write_text(limits.read_text().replace("      local.buckets, [", "      local.buckets, local.objects, ["))

    code, proofs, _ = prove(repository, tmp_path, monkeypatch, capsys)

    verdict, because = proofs[f"{DEPLOYERS[0]}.write-delete"]
    assert (code, verdict) == (2, "refuted")
    assert "s3:PutObject" in because
    assert "SetUpBuckets of holdfast-acme-deployer" in because


def test_a_bootstrap_that_is_not_planned_for_a_proof_leaves_it_conditional_and_says_why(
    repository, tmp_path, monkeypatch, capsys
):
    repository.write("bootstrap/acme/more.tf", 'module "x" {\n  source = "git::https://example.com/x.git"\n}\n')

    code, proofs, said = prove(repository, tmp_path, monkeypatch, capsys)

    verdict, because = proofs[f"{DEPLOYERS[0]}.write-delete"]
    assert (code, verdict) == (0, "conditional")
    assert "more.tf takes something from" in because
    assert "more.tf takes something from" in " ".join(said.split())


def test_without_a_bootstrap_nothing_is_said_of_one(repository, tmp_path, monkeypatch, capsys):
    for path in sorted((repository.root / "bootstrap").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()

    _, proofs, _ = prove(repository, tmp_path, monkeypatch, capsys)

    assert proofs[f"{DEPLOYERS[0]}.write-delete"][0] == "conditional"


def test_what_every_template_writes_may_be_planned(repository):
    files = files_of(repository.root / "bootstrap/acme")

    assert "roles/limits.tf" in files
    assert "terraform.tfvars.json" in files
    assert why_not_planned(files) is None


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ('module "x" { source = "../../elsewhere" }', "takes something from"),
        ('  module "x" {\n source= "registry.example/x/y" }', "takes something from"),
        ('terraform { required_providers { x = { "source" : "hashicorp/external" } } }', "takes something from"),
        ('provider "aws" { shared_config_files = ["x"] }', "says shared_config_files"),
        ("x" * 300_000, "is larger than"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_what_could_run_a_program_or_fetch_something_is_not_planned(text, because):
    content = text if isinstance(text, bytes) else text.encode()

    assert because in why_not_planned({"main.tf": content})


def test_nothing_is_no_bootstrap(tmp_path):
    with pytest.raises(BootstrapNotRead, match="no files of Terraform"):
        Bootstrap("acme", tmp_path / "nowhere", tmp_path).principals()


@pytest.mark.parametrize("mirror", [None, Path("/mirror")])
def test_terraform_is_told_of_no_provider_but_aws(mirror):
    binary = Binary(Path("/bin/terraform"), "terraform", "1.11.4", "linux_amd64")

    settings = only_aws(ProviderSource(mirror, "because"), binary)

    assert settings.count("include") == 1
    assert 'include = ["registry.terraform.io/hashicorp/aws"]' in settings
    assert ("direct" in settings) is (mirror is None)


def test_the_bootstrap_is_where_the_template_put_it(repository):
    assert folder_beside(repository.environments, "acme") == repository.root / "bootstrap/acme"
    assert folder_beside(repository.environments, "other") == repository.root / "bootstrap/other"


def test_a_role_without_a_boundary_is_not_taken_for_known():
    role = {"type": "aws_iam_role", "address": "aws_iam_role.x", "values": {"name": "x", "assume_role_policy": "{}"}}

    assert list(roles_in([role])) == []
