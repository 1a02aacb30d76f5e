"""Real Terraform and the real provider accept and plan what watches."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from watch_bench import REGION, WatchBench

from holdfast.constructs.aws import AwsProvider
from holdfast.terraform.binary import find_binary
from holdfast.terraform.configuration import offline, offline_variables, with_local_state
from holdfast.terraform.providers import cli_configuration, find_provider

pytestmark = pytest.mark.terraform


@pytest.fixture
def terraform(tmp_path):
    """Runs a Terraform command on a document and returns its JSON events, failures included."""
    home = tmp_path / "home"
    home.mkdir()
    binary = find_binary(home)
    source = find_provider(binary)
    settings = source.settings or home / "terraform.rc"
    if source.settings is None:
        settings.write_text(cli_configuration(source, binary))
    variables = offline_variables(os.environ) | {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}
    folder = tmp_path / "stack"
    folder.mkdir()

    def run(document, *arguments):
        (folder / "cdk.tf.json").write_text(json.dumps(with_local_state(offline(document), tmp_path / "state")))
        for command in (["init", "-input=false"], [*arguments]):
            ran = subprocess.run(
                [str(binary.path), f"-chdir={folder}", *command],
                capture_output=True,
                text=True,
                env=variables,
                timeout=300,
                check=False,
            )
            if command[0] == "init":
                assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran

    return run


@pytest.fixture
def document():
    bench = WatchBench()
    AwsProvider(bench.stack, "aws", region=REGION)
    bench.stack.add_override("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0")
    bench.everything()
    return bench.template().document


def test_everything_that_watches_is_planned_without_a_warning(document, terraform):
    # WHEN Terraform plans it
    ran = terraform(document, "plan", "-json", "-input=false")
    events = [json.loads(line) for line in ran.stdout.splitlines()]

    # THEN nothing is warned of, and each resource is created
    assert [event["diagnostic"] for event in events if event["type"] == "diagnostic"] == []
    assert ran.returncode == 0, ran.stdout
    planned = {event["change"]["resource"]["addr"] for event in events if event["type"] == "planned_change"}
    assert planned == {f"{kind}.{name}" for kind, named in document["resource"].items() for name in named}


def test_what_terraform_would_refuse_is_noticed(document, terraform):
    # GIVEN an alarm that compares in a way CloudWatch does not know
    next(iter(document["resource"]["aws_cloudwatch_metric_alarm"].values()))["comparison_operator"] = "Sideways"

    # THEN the check names it
    assert "Sideways" in terraform(document, "validate", "-json").stdout
