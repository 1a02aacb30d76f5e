"""What is declared only where an environment asks for it: audit, settings, copies that stay in their account."""

from __future__ import annotations

import json

import pytest
from stack_ground import load

from holdfast.environments.model import AwsBackup
from holdfast.environments.names import Names
from holdfast.stacks.app import synthesize
from holdfast.stacks.audit import controls
from holdfast.stacks.elsewhere import replicated


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


def made(tmp_path, part, name="prod", **update):
    """The document of a stack of an environment with something changed."""
    environment = load(name)
    accounts = environment.accounts.model_copy(update=update.pop("accounts", {}))
    synthesize(environment.model_copy(update={"accounts": accounts, **update}), tmp_path)
    return json.loads((tmp_path / "stacks" / f"{name}-{part}" / "cdk.tf.json").read_text())


# The logically air-gapped vault


def test_an_air_gapped_vault_is_beside_the_copies(prod):
    names, lock = Names(prod.environment), prod.environment.lock
    vault = prod.at("recovery/AirGappedVault/Resource")

    assert vault["name"] == names.air_gapped_vault
    assert (vault["min_retention_days"], vault["max_retention_days"]) == (lock.minimum.days, lock.maximum.days)
    receive = prod.policy("recovery/AirGappedVault/Policy")["ReceiveCopies"]
    assert receive["Principal"] == {"AWS": [f"arn:aws:iam::{prod.environment.accounts.workload}:root"]}


def test_where_no_rule_asks_there_is_none(synthesized):
    for name in ("dev", "staging", "sandbox"):
        assert not [path for _, path, _ in synthesized(name).resources() if "AirGapped" in path]


# Audit Manager


def test_the_framework_asks_for_what_holds_of_every_tier(prod):
    found = {each.name: each.parameters for each in controls(prod.environment, break_glass=())}

    assert found["BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"] == {"requiredRetentionDays": "35"}
    assert found["BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION"] == {"crossRegionList": "us-west-2"}
    assert found["BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT"] == {"crossAccountList": "333333333332"}
    assert "BACKUP_LAST_RECOVERY_POINT_CREATED" not in found  # two tiers promise no point, so nothing holds of all
    assert len(found) == len(controls(prod.environment, break_glass=()))


def test_reports_are_left_in_the_log_bucket_by_aws_backup_alone(prod):
    names, account = Names(prod.environment), prod.environment.accounts.workload
    plans = [each for kind, _, each in prod.resources("primary") if kind == "aws_backup_report_plan"]

    assert len(plans) == 5
    for plan in plans:
        assert plan["report_delivery_channel"]["s3_bucket_name"] == names.vault_log_bucket
        assert plan["report_delivery_channel"]["s3_key_prefix"].startswith("reports/")
    statement = prod.policy("primary/Logs/Policy")["BackupReports"]
    assert statement["Resource"] == [f"arn:aws:s3:::{names.vault_log_bucket}/reports/*"]
    (writer,) = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert writer == (
        f"arn:aws:iam::{account}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
    )


def test_where_it_is_not_asked_for_nothing_reports(synthesized):
    dev = synthesized("dev")

    assert not [path for kind, path, _ in dev.resources() if kind in ("aws_backup_framework", "aws_backup_report_plan")]
    assert "BackupReports" not in dev.policy("primary/Logs/Policy")


# Settings


@pytest.mark.parametrize("part", ["primary", "recovery"])
def test_both_regions_opt_in_what_the_file_names(prod, part):
    setting = prod.at(f"{part}/RegionSettings/Resource")["resource_type_opt_in_preference"]

    assert setting == dict.fromkeys(prod.environment.aws_backup.opt_in, True)


def test_by_default_a_region_is_left_as_it_is(tmp_path):
    document = made(tmp_path, "primary", aws_backup=AwsBackup())

    assert "aws_backup_region_settings" not in document["resource"]


def test_copies_between_accounts_are_allowed_in_the_management_account(tmp_path):
    document = made(
        tmp_path, "primary", accounts={"management": "999999999999", "deployer_role": "holdfast-prod-deployer"}
    )

    (setting,) = document["resource"]["aws_backup_global_settings"].values()
    assert setting["provider"] == "aws.management"
    assert setting["global_settings"] == {"isCrossAccountBackupEnabled": "true"}
    (provider,) = [each for each in document["provider"]["aws"] if each.get("alias") == "management"]
    assert provider["allowed_account_ids"] == ["999999999999"]
    assert provider["assume_role"][0]["role_arn"] == "arn:aws:iam::999999999999:role/holdfast-prod-deployer"


def test_nobody_touches_the_organisation_unasked(prod):
    assert not [path for kind, path, _ in prod.resources() if kind == "aws_backup_global_settings"]


# Taking on a role in each account


def test_each_provider_takes_on_the_role_of_its_own_account(tmp_path):
    made(tmp_path, "primary", accounts={"deployer_role": "pipeline"})

    for path in (tmp_path / "stacks").glob("*/cdk.tf.json"):
        for provider in json.loads(path.read_text())["provider"]["aws"]:
            (account,) = provider["allowed_account_ids"]
            (assumed,) = provider["assume_role"]
            assert assumed == {"role_arn": f"arn:aws:iam::{account}:role/pipeline", "session_name": path.parent.name}


def test_whoever_terraform_becomes_may_change_what_it_makes(tmp_path):
    text = json.dumps(made(tmp_path, "recovery", accounts={"deployer_role": "pipeline"}))

    assert "arn:aws:iam::333333333332:role/pipeline" in text
    assert "role/holdfast-prod-deployer" not in text


@pytest.mark.parametrize("role", [None, "pipeline"])
def test_a_sandbox_takes_on_none(tmp_path, role):
    document = made(tmp_path, "primary", "sandbox", accounts={"deployer_role": role})

    assert not [each for each in document["provider"]["aws"] if "assume_role" in each]


def test_by_default_terraform_runs_with_what_it_is_given(every):
    for part in every.parts:
        assert not [each for each in every.document(part)["provider"]["aws"] if "assume_role" in each]


# Copies that stay in their account


def test_what_stays_in_its_account_is_under_a_key_of_the_recovery_region(prod):
    environment, names = prod.environment, Names(prod.environment)
    (provider,) = [each for each in prod.document("primary")["provider"]["aws"] if each.get("alias") == "recovery"]

    assert (provider["region"], provider["allowed_account_ids"]) == (
        environment.regions.recovery,
        [environment.accounts.workload],
    )
    assert prod.at("primary/CopyKey/Resource")["provider"] == "aws.recovery"
    users = prod.policy("primary/CopyKey/Resource")["BackUpAndRestore"]["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert users == [names.role_arn("snapshots-metrics"), names.role_arn("snapshot-restorer")]


def test_snapshots_are_copied_and_fast_where_the_file_says(prod):
    (schedule,) = prod.at("primary/Snapshots-metrics/Resource")["policy_details"]["schedule"]
    (copy,) = schedule["cross_region_copy_rule"]

    assert (copy["target"], copy["encrypted"]) == ("us-west-2", True)
    assert copy["cmk_arn"].startswith("${aws_kms_key.CopyKey_")
    assert copy["retain_rule"] == {"interval": 7, "interval_unit": "DAYS"}
    assert schedule["fast_restore_rule"] == {
        "availability_zones": ["us-east-1a"],
        "interval": 1,
        "interval_unit": "DAYS",
    }
    role = prod.policy("primary/Snapshots-metrics/Role/CopyKeys")
    assert role["CopyUnder"]["Resource"] == role["HandOnKeys"]["Resource"] == [copy["cmk_arn"]]


def test_other_snapshots_stay_where_they_are(prod):
    (schedule,) = prod.at("primary/Snapshots-build-hosts/Resource")["policy_details"]["schedule"]

    assert "cross_region_copy_rule" not in schedule
    assert "fast_restore_rule" not in schedule
    assert not [path for _, path, _ in prod.resources("primary") if path.endswith("build-hosts/Role/CopyKeys")]


def test_an_instance_whose_tier_asks_is_replicated(prod):
    replication = prod.at("primary/Elsewhere-ledger-ledger/Resource")

    assert [each.name for each, _ in replicated(prod.environment)] == ["ledger"]
    assert replication["source_db_instance_arn"] == "arn:aws:rds:us-east-1:333333333331:db:ledger"
    assert replication["retention_period"] == 14
    assert replication["provider"] == "aws.recovery"
    assert replication["kms_key_id"].startswith("${aws_kms_key.CopyKey_")


def test_where_nothing_asks_there_is_no_second_provider_and_no_key(synthesized):
    for name in ("dev", "staging", "sandbox"):
        document = synthesized(name).document("primary")
        assert len(document["provider"]["aws"]) == 1
        assert not [key for key in document["resource"]["aws_kms_key"] if key.startswith("CopyKey")]


# Databases an app adds


def test_a_database_that_could_not_be_restored_ends_the_synthesis(tmp_path):
    import cdktn
    from cdktn_provider_aws.dynamodb_table import DynamodbTable

    from holdfast.stacks.app import TARGETS
    from holdfast.stacks.recovery import RecoveryStack

    app = cdktn.App(outdir=str(tmp_path), stack_traces=False, context={"targetVersions": TARGETS})
    stack = RecoveryStack(app, load("dev"))
    DynamodbTable(stack, "Carts", name="carts", hash_key="id", attribute=[{"name": "id", "type": "S"}])

    with pytest.raises(RuntimeError, match="the table has no point-in-time recovery"):
        app.synth()
