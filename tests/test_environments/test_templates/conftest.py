from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bootstrap_ground import BOTH, Plan, planned
from template_ground import ANSWERS, Repository

from holdfast.terraform.binary import find_binary
from holdfast.terraform.configuration import offline_variables
from holdfast.terraform.providers import cli_configuration, find_provider


@pytest.fixture
def repository(tmp_path) -> Repository:
    root = tmp_path / "repository"
    (root / "environments").mkdir(parents=True)
    return Repository(root)


@pytest.fixture
def made(repository):
    """The repository with environment `acme` made from a template and one of its answer sets."""

    def make(template: str = "starter", case: str = "defaults", **answers: str) -> Repository:
        repository.make("acme", template, **{**ANSWERS[template][case], **answers})
        return repository

    return make


@pytest.fixture(scope="session")
def terraform(tmp_path_factory):
    """Runs a Terraform command in a folder, with no account and nobody's settings."""
    home = tmp_path_factory.mktemp("terraform")
    binary = find_binary(home)
    source = find_provider(binary)
    settings = source.settings or home / "terraform.rc"
    if source.settings is None:
        settings.write_text(cli_configuration(source, binary))
    variables = offline_variables(os.environ) | {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}

    def run(folder, *arguments, fails=False):
        command = [str(binary.path), f"-chdir={folder}", *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=300, check=False)
        assert (ran.returncode != 0) is fails, f"{' '.join(arguments)}\n{ran.stdout}\n{ran.stderr}"
        return ran.stderr if fails else ran.stdout

    return run


@pytest.fixture(scope="session")
def folder(tmp_path_factory, terraform):
    """The initialized bootstrap of an environment made with some answers, each once, its providers unplugged."""
    made: dict[str, Path] = {}
    unplugged = {
        "access_key": "offline",
        "secret_key": "offline",
        "allowed_account_ids": [],
        "skip_credentials_validation": True,
        "skip_requesting_account_id": True,
        "skip_metadata_api_check": "true",
    }
    override = {"provider": {"aws": [{"alias": alias, **unplugged} for alias in ("backup", "workload")]}}

    def of(**answers: str) -> Path:
        key = json.dumps(answers)
        if key not in made:
            repository = Repository(tmp_path_factory.mktemp("bootstrap"))
            repository.make("acme", "starter", **answers)
            repository.write("bootstrap/acme/offline_override.tf.json", json.dumps(override))
            made[key] = repository.root / "bootstrap/acme"
            terraform(made[key], "init", "-input=false")
        return made[key]

    return of


@pytest.fixture(scope="session")
def bootstrap(folder, terraform):
    """Plans the bootstrap with some variables and answers, each combination once."""
    made: dict[str, Plan] = {}

    def plan(variables: dict[str, str] = BOTH, **answers: str) -> Plan:
        key = json.dumps([variables, answers])
        if key not in made:
            options = [f"-var={name}={value}" for name, value in variables.items()]
            terraform(folder(**answers), "plan", "-input=false", "-out=plan.bin", *options)
            values = json.loads(terraform(folder(**answers), "show", "-json", "plan.bin"))["planned_values"]
            made[key] = Plan({each["address"]: each["values"] for each in planned(values["root_module"])})
        return made[key]

    return plan
