"""Real Terraform and the real AWS provider accept and plan the example of every construct of AWS Backup and EBS."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import textwrap
from datetime import timedelta

import cdktn
import pytest
from constructs import Construct

import holdfast.constructs
from holdfast.constructs.aws import AwsProvider
from holdfast.terraform.binary import find_binary
from holdfast.terraform.configuration import offline, offline_variables, with_local_state
from holdfast.terraform.providers import cli_configuration, find_provider

pytestmark = pytest.mark.terraform
EXPORTED = {name: getattr(holdfast.constructs, name) for name in holdfast.constructs.__all__}
PLANNED = (
    "AutomatedBackupReplication",
    "BackupFramework",
    "BackupGlobalSettings",
    "BackupPlan",
    "BackupRegionSettings",
    "BackupReportPlan",
    "BackupSelection",
    "BackupVault",
    "IsolatedNetwork",
    "LogicallyAirGappedVault",
    "RecycleBinRule",
    "RestoreTestingPlan",
    "ServiceRole",
    "SnapshotPolicy",
    "VaultKey",
)


def example(name):
    code = inspect.getdoc(EXPORTED[name]).partition("Example::\n")[2].partition("\nRaises:")[0]
    return textwrap.dedent(code)


@pytest.fixture
def configuration(tmp_path):
    # GIVEN the examples of all of them in one stack
    stack = cdktn.TerraformStack(cdktn.Testing.app(), "examples")
    stack.add_override("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0")
    AwsProvider(stack, "aws", region="us-east-1")
    for name in PLANNED:
        names = {**EXPORTED, "AwsProvider": AwsProvider, "stack": Construct(stack, name), "timedelta": timedelta}
        exec(example(name), names)  # noqa: S102
    document = json.loads(cdktn.Testing.synth(stack))
    return with_local_state(offline(document), tmp_path / "state")


def test_every_example_is_valid_and_planned(configuration, tmp_path):
    (tmp_path / "cdk.tf.json").write_text(json.dumps(configuration))
    declared = {f"{kind}.{name}" for kind, named in configuration["resource"].items() for name in named}

    # WHEN Terraform checks and plans it
    run(tmp_path, "init", "-input=false")
    assert json.loads(run(tmp_path, "validate", "-json"))["diagnostics"] == []
    events = [json.loads(line) for line in run(tmp_path, "plan", "-json", "-input=false").splitlines()]

    # THEN it warns of nothing and creates all of it
    assert [event["diagnostic"] for event in events if event["type"] == "diagnostic"] == []
    planned = {event["change"]["resource"]["addr"] for event in events if event["type"] == "planned_change"}
    assert planned == declared


def run(folder, *arguments):
    binary = find_binary(folder)
    source = find_provider(binary)
    settings = source.settings or folder / "terraform.rc"
    if source.settings is None:
        settings.write_text(cli_configuration(source, binary))
    variables = offline_variables(os.environ) | {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}
    command = [str(binary.path), f"-chdir={folder}", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=300, check=False)
    assert ran.returncode == 0, f"{' '.join(arguments)}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout
