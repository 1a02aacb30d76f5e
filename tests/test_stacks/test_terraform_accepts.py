"""Real Terraform and the real AWS provider accept and plan every stack of every environment, with no account."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from stack_ground import ENVIRONMENTS, GOLDEN, PARTS, WATCHED

from holdfast.terraform.binary import find_binary
from holdfast.terraform.configuration import offline, offline_variables, with_local_state
from holdfast.terraform.providers import cli_configuration, find_provider

pytestmark = pytest.mark.terraform

STACKS = [
    (name, part)
    for name in ENVIRONMENTS
    for part in (*PARTS, *(["recovery-watch", "watch"] if name in WATCHED else []))
]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory):
    """Runs a Terraform command in a folder and returns its output."""
    home = tmp_path_factory.mktemp("terraform")
    binary = find_binary(home)
    source = find_provider(binary)
    settings = source.settings or home / "terraform.rc"
    if source.settings is None:
        settings.write_text(cli_configuration(source, binary))
    variables = offline_variables(os.environ) | {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}

    def run(folder, *arguments):
        command = [str(binary.path), f"-chdir={folder}", *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=300, check=False)
        assert ran.returncode == 0, f"{' '.join(arguments)}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    return run


@pytest.mark.parametrize(("name", "part"), STACKS)
def test_every_stack_is_planned(synthesized, terraform, tmp_path, name, part):
    # GIVEN a synthesized stack, its provider unplugged
    configuration = with_local_state(offline(synthesized(name).document(part)), tmp_path / "state")
    (tmp_path / "cdk.tf.json").write_text(json.dumps(configuration))

    # WHEN Terraform checks and plans it
    terraform(tmp_path, "init", "-input=false")
    events = [json.loads(line) for line in terraform(tmp_path, "plan", "-json", "-input=false").splitlines()]

    # THEN it warns of nothing and creates exactly what the golden list says
    assert [event["diagnostic"] for event in events if event["type"] == "diagnostic"] == []
    changes = {
        event["change"]["resource"]["addr"]: event["change"]["action"]
        for event in events
        if event["type"] == "planned_change"
    }
    golden = [line.split() for line in (GOLDEN / f"{name}.txt").read_text().splitlines()]
    assert changes == {address: "create" for stack, address in golden if stack == f"{name}-{part}"}


def test_what_terraform_would_refuse_is_noticed(synthesized, terraform, tmp_path):
    # GIVEN a stack with an argument no provider knows
    configuration = with_local_state(offline(synthesized("sandbox").document("recovery")), tmp_path / "state")
    next(iter(configuration["resource"]["aws_s3_bucket"].values()))["immutable"] = True
    (tmp_path / "cdk.tf.json").write_text(json.dumps(configuration))
    terraform(tmp_path, "init", "-input=false")

    # THEN the check fails and names it
    with pytest.raises(AssertionError, match="immutable"):
        terraform(tmp_path, "validate", "-json")
