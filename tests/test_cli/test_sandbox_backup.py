"""`holdfast sandbox seed | run-plans | fault`, `holdfast drill baseline` and the drill: the whole way by commands."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from holdfast import sandbox
from holdfast.aws.endpoints import read_endpoints
from holdfast.aws.sessions import Sessions
from holdfast.cli.main import run
from holdfast.environments.loading import load_environment
from holdfast.environments.names import Names

pytestmark = pytest.mark.sandbox

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
ENVIRONMENTS = Path(__file__).parents[2] / "environments"
TRUST = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A running sandbox for this module."""
    folder = tmp_path_factory.mktemp("home")
    sandbox.start(folder)
    yield folder
    sandbox.stop(folder)


@pytest.fixture
def here(home, monkeypatch):
    monkeypatch.setenv("HOLDFAST_HOME", str(home))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(ENVIRONMENTS))
    yield home
    run(["sandbox", "fault", "--clear"])


@pytest.fixture(scope="module")
def vaults(home):
    """The vaults and the plan of `exports`, as apply would make them."""
    environment = load_environment("sandbox", ENVIRONMENTS).environment
    sessions, names = Sessions(environment, read_endpoints(home)), Names(environment)
    regions, role = environment.regions, names.role("aws-backup")
    document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    made = sessions.client("iam", regions.primary).create_role(RoleName=role, AssumeRolePolicyDocument=document)
    for region, vault in ((regions.primary, names.backup_vault), (regions.recovery, names.copy_vault)):
        sessions.client("backup", region).create_backup_vault(BackupVaultName=vault)
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": names.backup_vault,
        "CopyActions": [{"DestinationBackupVaultArn": names.copy_vault_arn}],
    }
    backup = sessions.client("backup", regions.primary)
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": names.backup_plan("exports"), "Rules": [rule]})
    selection = {"SelectionName": "all", "IamRoleArn": made["Role"]["Arn"], "Resources": ["arn:aws:s3:::*"]}
    backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=selection)


def printed(capsys, schema):
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
    return document


def test_a_source_is_made_backed_up_and_copied(here, vaults, capsys, tmp_path):
    (tmp_path / "report.csv").write_text("a,b")
    seed = ["sandbox", "seed", "sandbox", "--dataset", "exports", "--data", str(tmp_path), "--json"]

    assert run(seed) == 0
    assert printed(capsys, "sandbox-seed") == {
        "schema": "holdfast.sandbox-seed/1",
        "resource": "arn:aws:s3:::acme-sandbox-exports-000000000000",
        "members": 1,
    }
    assert run(["sandbox", "run-plans", "sandbox", "--json"]) == 0
    jobs = printed(capsys, "sandbox-run-plans")["jobs"]
    assert [(each["what"], each["state"]) for each in jobs] == [("backup", "COMPLETED"), ("copy", "COMPLETED")]


def test_a_table_that_is_made_can_be_taken_back_to_a_moment_also_when_it_is_made_again(here, capsys):
    environment = load_environment("sandbox", ENVIRONMENTS).environment
    dynamodb = Sessions(environment, read_endpoints(here)).client("dynamodb", environment.regions.primary)

    for _ in range(2):
        assert run(["sandbox", "seed", "sandbox", "--dataset", "accounts", "--json"]) == 0
        table = printed(capsys, "sandbox-seed")["resource"].rsplit("/", 1)[-1]

        told = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        assert told["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_fault_makes_the_plans_fail_and_the_exit_code_says_so(here, vaults, capsys):
    assert run(["sandbox", "seed", "sandbox", "--dataset", "exports"]) == 0
    fault = {"effect": "fail", "job": "backup", "message": "no"}
    assert run(["sandbox", "fault", json.dumps(fault), "--json"]) == 0
    assert printed(capsys, "sandbox-fault")["faults"][0]["message"] == "no"

    assert run(["sandbox", "run-plans", "sandbox", "--json"]) == 2
    (job,) = printed(capsys, "sandbox-run-plans")["jobs"]
    assert (job["state"], job["message"]) == ("FAILED", "no")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sandbox", "fault", "fail"], "a fault is a JSON object"),
        (["sandbox", "fault", "[]"], "a fault is a JSON object"),
        (["sandbox", "fault", '{"effect": "explode"}'], "allowed effects"),
        (["sandbox", "seed", "sandbox", "--dataset", "project"], "no source can be made for dataset project"),
        (["sandbox", "seed", "sandbox", "--dataset", "nothing"], "nothing"),
        (["drill", "baseline", "sandbox", "--dataset", "project"], "not protected by AWS Backup"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(here, capsys, arguments, said):
    assert run(arguments) == 1
    assert said in capsys.readouterr().err


def test_elsewhere_than_in_a_sandbox_nothing_of_it_works(here, capsys):
    for command in (["sandbox", "run-plans", "prod"], ["sandbox", "seed", "prod", "--dataset", "exports"]):
        assert run(command) == 1
        assert "not marked sandbox: true" in capsys.readouterr().err
