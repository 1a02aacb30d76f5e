"""The recovery stack is planned and applied while nothing of the primary Region answers.

Real Terraform and the real provider speak to the sandbox through a gate that reads the Region each call is signed for,
and hangs up on those for the primary one.
"""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from regional_gate import regional_gate

from holdfast import sandbox
from holdfast.terraform.binary import find_binary
from holdfast.terraform.configuration import with_local_state
from holdfast.terraform.providers import cli_configuration, find_provider

pytestmark = [pytest.mark.terraform, pytest.mark.sandbox]


@pytest.fixture
def running(tmp_path):
    """A sandbox of its own: its endpoints."""
    home = tmp_path / "home"
    yield sandbox.start(home, account="000000000000")
    sandbox.stop(home)


@pytest.fixture
def terraform(tmp_path):
    """Runs Terraform in a folder with variables added, and returns what it did, failed or not."""
    home = tmp_path / "terraform"
    home.mkdir()
    binary = find_binary(home)
    source = find_provider(binary)
    settings = source.settings or home / "terraform.rc"
    if source.settings is None:
        settings.write_text(cli_configuration(source, binary))
    base = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    base |= {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}

    def run(folder, variables, *arguments):
        command = [str(binary.path), f"-chdir={folder}", *arguments, "-no-color", "-input=false"]
        return subprocess.run(command, capture_output=True, text=True, env=base | variables, timeout=300, check=False)

    return run


def written(synthesized, part, tmp_path):
    """A stack of the sandbox, less what the sandbox cannot serve, in a folder of its own; it tries once."""
    configuration, _ = sandbox.without_omitted(synthesized("sandbox").document(part))
    for provider in configuration["provider"]["aws"]:
        provider["max_retries"] = 1  # a call that finds nobody is not made for minutes
    folder = tmp_path / part
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps(with_local_state(configuration, tmp_path / f"{part}.tfstate")))
    return folder


def test_recovery_is_planned_and_applied_while_the_primary_region_is_gone(synthesized, running, terraform, tmp_path):
    # GIVEN the recovery stack, and a gate that hangs up on every call for the primary Region
    regions = synthesized("sandbox").environment.regions
    folder = written(synthesized, "recovery", tmp_path)
    with regional_gate(running, closed=regions.primary) as gate:
        # WHEN it is planned, applied, and planned again, which looks every resource up
        for command in (("init",), ("plan",), ("apply", "-auto-approve"), ("plan", "-detailed-exitcode")):
            ran = terraform(folder, gate.variables(), *command)
            assert ran.returncode == 0, f"{command}: {ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"

    # THEN everything was asked of the recovery Region, and of nothing else
    assert {"kms", "s3", "backup"} <= {service for _, service in gate.seen}
    assert {region for region, _ in gate.seen} == {regions.recovery}


def test_the_primary_stack_is_not_planned_through_the_same_gate(synthesized, running, terraform, tmp_path):
    regions = synthesized("sandbox").environment.regions
    folder = written(synthesized, "primary", tmp_path)
    with regional_gate(running, closed=regions.primary) as gate:
        assert terraform(folder, gate.variables(), "init").returncode == 0

        ran = terraform(folder, gate.variables(), "plan")

    assert ran.returncode != 0
    assert gate.refused
    assert {region for region, _ in gate.refused} == {regions.primary}


@pytest.mark.parametrize("name", ["dev", "staging", "prod", "sandbox"])
def test_no_recovery_stack_holds_what_only_one_region_of_the_partition_answers_for(synthesized, name):
    kinds = {kind for kind, _, _ in synthesized(name).resources("recovery")}

    assert not [kind for kind in kinds if kind.startswith(("aws_iam_", "aws_organizations_", "aws_route53_"))]
    assert kinds
