"""Where drills restore: beside the copies, with no way out, whatever is copied tested by AWS Backup itself."""

from __future__ import annotations

import json

import pytest
from stack_ground import load

from holdfast.environments.model import DatasetKind, Drill, RestoreTests
from holdfast.environments.names import Names
from holdfast.stacks.app import synthesize
from holdfast.stacks.served import copied_by_aws_backup


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


def made(tmp_path, name="prod", **update):
    """The resources of the drill stack of an environment with something changed."""
    synthesize(load(name).model_copy(update=update), tmp_path)
    return json.loads((tmp_path / "stacks" / f"{name}-drill" / "cdk.tf.json").read_text())["resource"]


def test_it_is_beside_the_copies_and_needs_nothing_of_the_primary_region(every):
    (provider,) = every.document("drill")["provider"]["aws"]
    environment = every.environment

    assert provider["region"] == environment.regions.recovery
    assert provider["allowed_account_ids"] == [environment.accounts.backup]
    assert environment.regions.primary not in json.dumps(every.document("drill"))


def test_only_the_two_accounts_are_spoken_to(prod):
    accounts = prod.environment.accounts
    for endpoint in ("backup", "kms", "logs", "s3", "sts"):
        when = prod.policy(f"drill/Network/Endpoint-{endpoint}")["OnlyOurAccounts"]["Condition"]["StringEquals"]
        assert set(when["aws:PrincipalAccount"]) == {accounts.workload, accounts.backup}


def test_packets_are_logged_into_the_bucket_beside_it(prod):
    names, account = Names(prod.environment), prod.environment.accounts.backup
    log = prod.at("drill/Network/FlowLog")["log_destination"]

    assert log == f"arn:aws:s3:::{names.replica_log_bucket}/flows/"
    statement = prod.policy("recovery/Logs/Policy")["FlowLogs"]
    assert statement["Resource"] == [f"arn:aws:s3:::{names.replica_log_bucket}/flows/AWSLogs/{account}/*"]
    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == account


def test_every_kind_that_is_copied_is_tested(every):
    kinds = {each.kind.value for each in copied_by_aws_backup(every.environment)}
    selections = {
        each["name"]: each
        for kind, _, each in every.resources("drill")
        if kind == "aws_backup_restore_testing_selection"
    }

    assert set(selections) == kinds
    for selection in selections.values():
        assert selection["protected_resource_arns"] == ["*"]
        assert selection["validation_window_hours"] == 4
    if "rds" in kinds:
        assert "dbSubnetGroupName" in selections["rds"]["restore_metadata_overrides"]
    if "ec2" in kinds:
        assert "subnetId" in selections["ec2"]["restore_metadata_overrides"]


def test_tests_restore_from_the_copies(prod):
    names = Names(prod.environment)
    (selection,) = prod.at("drill/RestoreTests/Resource")["recovery_point_selection"]

    assert selection["include_vaults"] == [names.copy_vault_arn]
    assert selection["algorithm"] == "LATEST_WITHIN_WINDOW"


def test_the_role_tests_are_made_with_may_use_the_key_of_the_copies(prod):
    names, account = Names(prod.environment), prod.environment.accounts.backup
    users = prod.policy("recovery/CopyVaultKey/Resource")["BackUpAndRestore"]["Condition"]["ArnLike"]

    assert prod.at("drill/RestoreTests/Role/Resource")["name"] == names.role("restore-tests")
    assert names.role_arn("restore-tests", account=account) in users["aws:PrincipalArn"]


def test_a_file_may_ask_for_no_tests(tmp_path):
    drill = Drill(restore_tests=RestoreTests(enabled=False))

    assert not [kind for kind in made(tmp_path, drill=drill) if kind.startswith(("aws_backup", "aws_iam"))]


def test_without_copies_there_is_nothing_to_test(tmp_path):
    sandbox = load("sandbox")
    files = tuple(each for each in sandbox.datasets if each.kind is DatasetKind.FILES)

    assert not [kind for kind in made(tmp_path, "sandbox", datasets=files) if kind.startswith("aws_backup")]


def test_the_file_says_how_the_network_is_cut(tmp_path):
    drill = Drill(network="172.16.0.0/20", zones=("a", "b", "c"), endpoints=())
    resources = made(tmp_path, drill=drill)

    assert [each["cidr_block"] for each in resources["aws_vpc"].values()] == ["172.16.0.0/20"]
    assert len(resources["aws_subnet"]) == 3
    assert [each["vpc_endpoint_type"] for each in resources["aws_vpc_endpoint"].values()] == ["Gateway"]
