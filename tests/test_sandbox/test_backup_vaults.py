"""Vaults, locks and policies: what they refuse, by AWS Backup's own errors."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from service_bench import ACCOUNT, OTHER, REGION, Bench, Refused


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def refused(bench, operation, **given):
    with pytest.raises(Refused) as error:
        bench.ask(operation, **given)
    return error.value.code


def test_a_vault_is_told_of_as_it_was_made(bench):
    arn = bench.vault(EncryptionKeyArn="arn:aws:kms:us-east-1:000000000000:key/k", BackupVaultTags={"a": "b"})
    told = bench.ask("DescribeBackupVault", BackupVaultName="vault")

    assert told["BackupVaultArn"] == arn == f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:vault"
    assert (told["Locked"], told["NumberOfRecoveryPoints"], told["VaultType"]) == (False, 0, "BACKUP_VAULT")
    assert bench.ask("ListTags", ResourceArn=arn)["Tags"] == {"a": "b"}


def test_vaults_of_two_regions_do_not_see_each_other(bench):
    bench.vault("here", REGION)
    bench.vault("there", OTHER)

    names = [
        [each["BackupVaultName"] for each in bench.ask("ListBackupVaults", where)["BackupVaultList"]]
        for where in (REGION, OTHER)
    ]
    assert names == [["here"], ["there"]]
    assert refused(bench, "DescribeBackupVault", BackupVaultName="there") == "ResourceNotFoundException"


def test_a_name_is_given_once(bench):
    bench.vault()

    assert refused(bench, "CreateBackupVault", BackupVaultName="vault") == "AlreadyExistsException"


@pytest.mark.parametrize(
    "lock",
    [
        {"MinRetentionDays": 0},
        {"MaxRetentionDays": 36501},
        {"MinRetentionDays": 31, "MaxRetentionDays": 30},
        {"MinRetentionDays": 1, "ChangeableForDays": 2},
    ],
)
def test_a_lock_outside_its_limits_is_refused(bench, lock):
    bench.vault()

    assert (
        refused(bench, "PutBackupVaultLockConfiguration", BackupVaultName="vault", **lock)
        == "InvalidParameterValueException"
    )
    assert not bench.ask("DescribeBackupVault", BackupVaultName="vault")["Locked"]


def test_from_its_date_on_nobody_changes_or_removes_a_lock(bench):
    bench.vault()
    bench.ask("PutBackupVaultLockConfiguration", BackupVaultName="vault", MinRetentionDays=7, ChangeableForDays=3)

    bench.clock.advance(timedelta(days=3) - timedelta(seconds=1))
    bench.ask("PutBackupVaultLockConfiguration", BackupVaultName="vault", MinRetentionDays=8, ChangeableForDays=3)
    bench.clock.advance(timedelta(days=3))

    for operation, given in (
        ("PutBackupVaultLockConfiguration", {"MinRetentionDays": 1}),
        ("DeleteBackupVaultLockConfiguration", {}),
    ):
        assert refused(bench, operation, BackupVaultName="vault", **given) == "InvalidRequestException"
    assert bench.ask("DescribeBackupVault", BackupVaultName="vault")["MinRetentionDays"] == 8


def test_a_governance_lock_can_be_taken_back_at_any_time(bench):
    bench.vault()
    bench.ask("PutBackupVaultLockConfiguration", BackupVaultName="vault", MinRetentionDays=7)
    bench.clock.advance(timedelta(days=1000))

    bench.ask("DeleteBackupVaultLockConfiguration", BackupVaultName="vault")

    assert not bench.ask("DescribeBackupVault", BackupVaultName="vault")["Locked"]


def test_an_air_gapped_vault_is_locked_from_the_beginning(bench):
    given = {"BackupVaultName": "gap", "MinRetentionDays": 7, "MaxRetentionDays": 30}
    bench.ask("CreateLogicallyAirGappedBackupVault", **given)

    assert refused(bench, "DeleteBackupVaultLockConfiguration", BackupVaultName="gap") == "InvalidRequestException"
    short = given | {"BackupVaultName": "short", "MinRetentionDays": 6}
    assert refused(bench, "CreateLogicallyAirGappedBackupVault", **short) == "InvalidParameterValueException"


@pytest.mark.parametrize("policy", ["", "{", "{}", '{"Statement": [{"Action": "backup:Delete*", "Effect": "Deny"}]}'])
def test_a_policy_that_is_none_is_refused(bench, policy):
    bench.vault()

    assert (
        refused(bench, "PutBackupVaultAccessPolicy", BackupVaultName="vault", Policy=policy)
        == "InvalidParameterValueException"
    )
    assert refused(bench, "GetBackupVaultAccessPolicy", BackupVaultName="vault") == "ResourceNotFoundException"


def test_policy_and_notifications_come_back_as_they_were_put(bench):
    bench.vault()
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": ["backup:DeleteRecoveryPoint"], "Resource": "*"}
            ],
        }
    )
    topic = "arn:aws:sns:us-east-1:000000000000:t"
    bench.ask("PutBackupVaultAccessPolicy", BackupVaultName="vault", Policy=policy)
    bench.ask(
        "PutBackupVaultNotifications", BackupVaultName="vault", SNSTopicArn=topic, BackupVaultEvents=["COPY_JOB_FAILED"]
    )

    assert bench.ask("GetBackupVaultAccessPolicy", BackupVaultName="vault")["Policy"] == policy
    told = bench.ask("GetBackupVaultNotifications", BackupVaultName="vault")
    assert (told["SNSTopicArn"], told["BackupVaultEvents"]) == (topic, ["COPY_JOB_FAILED"])

    bench.ask("DeleteBackupVaultNotifications", BackupVaultName="vault")
    assert refused(bench, "GetBackupVaultNotifications", BackupVaultName="vault") == "ResourceNotFoundException"


def test_a_list_comes_in_pages(bench):
    for number in range(5):
        bench.vault(f"vault-{number}")
    first = bench.ask("ListBackupVaults", MaxResults=3)
    second = bench.ask("ListBackupVaults", MaxResults=3, NextToken=first["NextToken"])

    assert [len(first["BackupVaultList"]), len(second["BackupVaultList"])] == [3, 2]
    assert "NextToken" not in second
    assert refused(bench, "ListBackupVaults", NextToken="elsewhere") == "InvalidParameterValueException"


def test_a_plan_that_still_selects_something_cannot_be_deleted(bench):
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    plan = bench.ask("CreateBackupPlan", BackupPlan={"BackupPlanName": "p", "Rules": [rule]})["BackupPlanId"]
    bench.world.regions[next(iter(bench.world.regions))].selections[plan] = {"s": {}}

    assert refused(bench, "DeleteBackupPlan", BackupPlanId=plan) == "InvalidRequestException"
    told = bench.ask("GetBackupPlan", BackupPlanId=plan)["BackupPlan"]["Rules"][0]
    assert (told["StartWindowMinutes"], told["CompletionWindowMinutes"]) == (480, 10080)


@pytest.mark.parametrize(
    "lifecycle",
    [{"DeleteAfterDays": 0}, {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 119}],
)
def test_a_lifecycle_aws_backup_does_not_take_is_refused(bench, lifecycle):
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault", "Lifecycle": lifecycle}

    code = refused(bench, "CreateBackupPlan", BackupPlan={"BackupPlanName": "p", "Rules": [rule]})
    assert code == "InvalidParameterValueException"
