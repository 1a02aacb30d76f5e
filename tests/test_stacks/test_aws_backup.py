"""What AWS Backup and Data Lifecycle Manager are told to protect, and who may undo it."""

from __future__ import annotations

import json

import pytest
from stack_ground import load

from holdfast.constructs.vault_lock import ACKNOWLEDGEMENT as OF_THE_CONSTRUCT
from holdfast.environments.model import ACKNOWLEDGEMENT as OF_THE_ENVIRONMENT
from holdfast.environments.model import DatasetKind, LockMode, Select
from holdfast.environments.names import Names
from holdfast.stacks.app import synthesize
from holdfast.stacks.served import SERVED, served_by_aws_backup

VAULTS = (("primary", "BackupVault"), ("recovery", "CopyVault"))


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


def of_kind(made, kind, *parts):
    return {path.partition("/")[2]: arguments for each, path, arguments in made.resources(*parts) if each == kind}


def test_both_ask_for_the_same_sentence():
    assert OF_THE_CONSTRUCT == OF_THE_ENVIRONMENT


@pytest.mark.parametrize(("part", "id"), VAULTS)
def test_a_vault_is_locked_as_the_environment_says(every, part, id):
    lock, asked = every.at(f"{part}/{id}/Lock"), every.environment.lock

    assert lock["min_retention_days"] == asked.minimum.days
    assert lock["max_retention_days"] == asked.maximum.days
    assert lock["changeable_for_days"] == asked.changeable_for.days


def test_each_vault_has_a_key_of_its_own(every):
    for part, id in VAULTS:
        (key,) = [name for name in every.document(part)["resource"]["aws_kms_key"] if name.startswith(f"{id}Key_")]
        assert every.at(f"{part}/{id}/Resource")["kms_key_arn"] == f"${{aws_kms_key.{key}.arn}}"


@pytest.mark.parametrize(("part", "id"), VAULTS)
def test_in_production_only_break_glass_opens_a_vault(prod, part, id):
    accounts = prod.environment.accounts
    account = accounts.workload if part == "primary" else accounts.backup
    policy = prod.policy(f"{part}/{id}/Policy")
    break_glass = [Names(prod.environment).role_arn("break-glass", account=account)]

    denials = [each for each in policy.values() if each["Effect"] == "Deny"]
    assert {"backup:DeleteRecoveryPoint", "backup:PutBackupVaultAccessPolicy"} <= {
        action for each in denials for action in each["Action"]
    }
    for each in denials:
        assert each["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": break_glass}}


def test_the_backup_account_takes_copies_of_the_workload_alone(prod):
    statement = prod.policy("recovery/CopyVault/Policy")["ReceiveCopies"]
    assert statement["Principal"] == {"AWS": [f"arn:aws:iam::{prod.environment.accounts.workload}:root"]}
    assert "ReceiveCopies" not in prod.policy("primary/BackupVault/Policy")


def test_every_dataset_aws_backup_serves_has_a_plan_and_a_selection(every):
    plans = of_kind(every, "aws_backup_plan", "primary")
    selections = of_kind(every, "aws_backup_selection", "primary")
    served = {each.name for each in served_by_aws_backup(every.environment)}

    assert served
    assert set(plans) == {f"Plan-{name}/Resource" for name in served}
    assert {path.split("/")[0] for path in selections} == {f"Plan-{name}" for name in served}


def test_what_holdfast_pushes_itself_has_none(prod):
    pushed = [each.name for each in prod.environment.datasets if each.kind not in SERVED]

    assert {"configuration", "ledger-journal"} <= set(pushed)
    text = " ".join(of_kind(prod, "aws_backup_plan", "primary"))
    assert not any(f"Plan-{name}/" in text for name in pushed)


def test_every_rule_of_a_tier_is_the_plan_s(prod):
    tier = prod.environment.tiers["critical"]
    rules = {rule["rule_name"]: rule for rule in prod.at("primary/Plan-orders/Resource")["rule"]}

    assert set(rules) == {rule.name for rule in tier.rules}
    for rule in tier.rules:
        made = rules[rule.name]
        assert made["lifecycle"]["delete_after"] == rule.delete_after.days
        assert made.get("enable_continuous_backup", False) is rule.continuous
        assert made["start_window"] == rule.start_window.total_seconds() / 60
        if rule.schedule:
            assert made["schedule"] == rule.schedule
        assert (
            made["recovery_point_tags"].items()
            >= {
                "holdfast:environment": "prod",
                "holdfast:tier": "critical",
                "holdfast:dataset": "orders",
                "holdfast:rule": rule.name,
            }.items()
        )


def test_copies_go_to_the_vault_of_the_backup_account(prod):
    names, environment = Names(prod.environment), prod.environment
    copied = (
        f"arn:aws:backup:{environment.regions.recovery}:{environment.accounts.backup}:backup-vault:{names.copy_vault}"
    )

    rules = {rule["rule_name"]: rule for rule in prod.at("primary/Plan-orders/Resource")["rule"]}
    copy, gapped = rules["monthly"]["copy_action"]
    assert copy == {"destination_vault_arn": copied, "lifecycle": {"delete_after": 7 * 365}}
    assert gapped == {"destination_vault_arn": names.air_gapped_vault_arn, "lifecycle": {"delete_after": 7 * 365}}
    assert "copy_action" not in rules["continuous"]
    assert prod.at("recovery/CopyVault/Resource")["name"] == names.copy_vault


def test_a_kind_without_continuous_backup_has_no_continuous_rule(prod):
    rules = [rule["rule_name"] for rule in prod.at("primary/Plan-identities/Resource")["rule"]]

    assert "continuous" in {rule.name for rule in prod.environment.tiers["authentication"].rules}
    assert rules == ["hourly"]


def test_a_dataset_is_what_is_of_its_kind_and_has_all_its_tags(prod):
    selection = prod.at("primary/Plan-warehouse/Tagged/Resource")
    account, region = prod.environment.accounts.workload, prod.environment.regions.primary

    assert selection["resources"] == [f"arn:aws:rds:{region}:{account}:db:*"]
    assert selection["condition"] == [{"string_equals": [{"key": "aws:ResourceTag/service", "value": "warehouse"}]}]


def changed(tmp_path, name, select, **lock):
    """Production with another selection of one dataset, or another lock."""
    prod = load("prod")
    datasets = tuple(
        each.model_copy(update={"select": select}) if each.name == name else each for each in prod.datasets
    )
    updated = prod.model_copy(update={"datasets": datasets, "lock": prod.lock.model_copy(update=lock)})
    synthesize(updated, tmp_path)
    return json.loads((tmp_path / "stacks" / "prod-primary" / "cdk.tf.json").read_text())["resource"]


def test_arns_are_a_selection_of_their_own(tmp_path):
    arn = "arn:aws:rds:us-east-1:333333333331:db:ledger"
    resources = changed(tmp_path, "ledger", Select(tags={"service": "ledger"}, arns=(arn,)))

    made = {each["name"]: each for each in resources["aws_backup_selection"].values()}
    assert made["ledger-arns"]["resources"] == [arn]
    assert "condition" not in made["ledger-arns"]
    assert made["ledger-tags"]["resources"] == ["arn:aws:rds:us-east-1:333333333331:db:*"]


def test_volumes_found_by_two_tags_are_left_to_aws_backup(tmp_path):
    resources = changed(tmp_path, "metrics", Select(tags={"service": "metrics", "stage": "prod"}))

    assert not [name for name in resources["aws_dlm_lifecycle_policy"] if name.startswith("Snapshots-metrics")]
    assert [name for name in resources["aws_backup_plan"] if name.startswith("Plan-metrics")]


def test_a_governance_lock_has_no_grace(tmp_path):
    resources = changed(tmp_path, "", Select(), mode=LockMode.GOVERNANCE)

    for lock in resources["aws_backup_vault_lock_configuration"].values():
        assert "changeable_for_days" not in lock
    for rule in resources["aws_rbin_rule"].values():
        assert "lock_configuration" not in rule


def test_without_such_datasets_there_is_no_vault(tmp_path):
    sandbox = load("sandbox")
    files = tuple(each for each in sandbox.datasets if each.kind is DatasetKind.FILES)
    synthesize(sandbox.model_copy(update={"datasets": files}), tmp_path)

    text = "".join(path.read_text() for path in (tmp_path / "stacks").glob("*/cdk.tf.json"))
    assert files
    assert "aws_backup" not in text


def test_volumes_and_instances_have_snapshots_close_by(prod):
    policies = of_kind(prod, "aws_dlm_lifecycle_policy", "primary")

    kinds = {path: each["policy_details"]["resource_types"] for path, each in policies.items()}
    assert kinds == {"Snapshots-metrics/Resource": ["VOLUME"], "Snapshots-build-hosts/Resource": ["INSTANCE"]}
    rule = prod.at("primary/RecycleBin/Resource")
    assert rule["lock_configuration"]["unlock_delay"]["unlock_delay_value"] == 7


def test_only_aws_services_use_the_vault_keys(prod):
    for part, id in VAULTS:
        users = prod.policy(f"{part}/{id}Key/Resource")["BackUpAndRestore"]["Condition"]["ArnLike"]["aws:PrincipalArn"]
        services = (":role/holdfast-prod-aws-backup", ":role/holdfast-prod-restore-tests", "/AWSServiceRoleForBackup")
        assert all(arn.endswith(services) for arn in users)


def test_names_too_long_for_aws_end_in_a_digest():
    names = Names(load("prod"))

    assert names.backup_plan("orders") == "prod-orders"
    long, longer = (names.backup_plan("a" * 40 + end) for end in ("x" * 10, "x" * 11))
    assert len(long) == len(longer) == 50
    assert long != longer
    assert len(names.snapshot_role("a" * 40)) <= 55
