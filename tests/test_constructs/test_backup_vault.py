"""A backup vault is locked in the mode that was asked for, and nobody but break-glass opens it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from backup_bench import SENTENCE, compliance, days, vault, vault_key
from construct_bench import BREAK_GLASS, DEPLOYER, role

from holdfast.constructs import Compliance, Governance, LogicallyAirGappedVault, Principals, Removal, VaultEvent
from holdfast.constructs.errors import OutsideLimit
from holdfast.constructs.policies import vault as policies

DENIED = [*policies.DELETE, *policies.UNLOCK, *policies.SILENCE, *policies.REPLACE]
THROUGH_BACKUP = {"kms:ViaService": "backup.us-east-1.amazonaws.com"}


def test_a_compliance_lock_has_a_grace(bench):
    vault(bench, lock=compliance(30, 2555, changeable_for=days(5)))

    lock = bench.template().only("aws_backup_vault_lock_configuration")
    assert (lock["min_retention_days"], lock["max_retention_days"], lock["changeable_for_days"]) == (30, 2555, 5)


def test_the_grace_is_three_days_unless_said_otherwise(bench):
    vault(bench)

    assert bench.template().only("aws_backup_vault_lock_configuration")["changeable_for_days"] == 3


def test_a_governance_lock_has_none_and_is_warned_of(bench):
    declared = vault(bench, lock=Governance(days(7)))

    lock = bench.template().only("aws_backup_vault_lock_configuration")
    assert lock["min_retention_days"] == 7
    assert "changeable_for_days" not in lock
    assert "max_retention_days" not in lock
    assert any("governance" in str(entry.data) for entry in declared.node.metadata)


@pytest.mark.parametrize(
    ("props", "allowed"),
    [
        ({"acknowledge": "yes"}, SENTENCE),
        ({"acknowledge": ""}, SENTENCE),
        ({"changeable_for": days(2)}, "3 to 36500"),
        ({"changeable_for": timedelta(hours=80)}, "whole days"),
        ({"minimum": 0}, "1 to 36500"),
        ({"maximum": 36_501}, "1 to 36500"),
        ({"minimum": 400}, "at least the minimum, 400 days"),
    ],
)
def test_a_compliance_lock_that_cannot_be_meant_is_refused(props, allowed):
    with pytest.raises(OutsideLimit, match=allowed):
        compliance(**props)


def test_a_compliance_lock_has_an_end_and_a_sentence():
    with pytest.raises(TypeError, match="maximum"):
        Compliance(days(1), acknowledge=SENTENCE)
    with pytest.raises(TypeError, match="acknowledge"):
        Compliance(days(1), days(2))


def test_a_governance_lock_ends_no_earlier_than_it_begins():
    with pytest.raises(OutsideLimit, match="at least the minimum"):
        Governance(days(3), days(2))


@pytest.mark.parametrize("action", DENIED)
def test_nobody_but_break_glass_opens_the_vault(bench, action):
    vault(bench)
    policy = bench.template().policy("aws_backup_vault_policy")

    for somebody in (DEPLOYER, role("administrator"), role("aws-backup")):
        assert policy.decides(action, by=somebody).startswith("Deny by NobodyElse")
    assert not policy.decides(action, by=BREAK_GLASS).startswith("Deny")


def test_the_policy_comes_after_what_it_forbids_to_change(bench):
    vault(bench, notify="arn:aws:sns:us-east-1:111122223333:alerts")

    waits = bench.template().only("aws_backup_vault_policy")["depends_on"]
    assert {each.partition(".")[0] for each in waits} == {
        "aws_backup_vault_lock_configuration",
        "aws_backup_vault_notifications",
    }


def test_no_action_has_a_wildcard(bench):
    vault(bench, copies_from=["444455556666"])

    for statement in bench.template().policy("aws_backup_vault_policy").document["Statement"]:
        assert not any("*" in action for action in statement["Action"])


def test_other_accounts_copy_in_and_do_no_more(bench):
    vault(bench, copies_from=["444455556666"])

    statement = bench.template().policy("aws_backup_vault_policy").statement("ReceiveCopies")
    assert statement["Action"] == ["backup:CopyIntoBackupVault"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root"]}


def test_without_other_accounts_nothing_is_allowed(bench):
    vault(bench)

    effects = {each["Effect"] for each in bench.template().policy("aws_backup_vault_policy").document["Statement"]}
    assert effects == {"Deny"}


def test_failures_are_told(bench):
    vault(bench, notify="arn:aws:sns:us-east-1:111122223333:alerts")

    told = bench.template().only("aws_backup_vault_notifications")["backup_vault_events"]
    assert {"BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "COPY_JOB_FAILED"} <= set(told)


def test_every_event_is_one_aws_backup_knows():
    import botocore.session

    known = botocore.session.get_session().get_service_model("backup").shape_for("BackupVaultEvent").enum
    assert {event.value for event in VaultEvent} <= set(known)


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"vault_name": "a"}, "vault_name"),
        ({"vault_name": "x" * 51}, "vault_name"),
        ({"vault_name": "acme backups"}, "vault_name"),
        ({"notify": "alerts"}, "notify"),
        ({"copies_from": ["4444"]}, "copies_from"),
    ],
)
def test_what_aws_backup_refuses_is_refused(bench, props, field):
    with pytest.raises(OutsideLimit, match=field):
        vault(bench, **props)


def test_a_name_known_after_apply_is_not_checked(bench, token):
    vault(bench, vault_name=token(), notify=token())

    assert bench.template().only("aws_backup_vault")["name"].startswith("${")


def test_terraform_refuses_to_destroy_vault_and_key(bench):
    vault(bench)

    template = bench.template()
    assert template.only("aws_backup_vault")["lifecycle"] == {"prevent_destroy": True}
    assert template.only("aws_backup_vault")["force_destroy"] is False
    assert template.only("aws_kms_key")["lifecycle"] == {"prevent_destroy": True}


def test_a_sandbox_vault_can_be_taken_down_by_whoever_made_it(bench):
    vault(bench, removal=Removal.DESTROY, administrators=bench.deployer)

    template = bench.template()
    assert template.only("aws_backup_vault")["force_destroy"] is True
    policy = template.policy("aws_backup_vault_policy")
    assert not policy.decides("backup:DeleteBackupVault", by=DEPLOYER).startswith("Deny")
    assert policy.decides("backup:DeleteBackupVault", by=role("somebody")).startswith("Deny")


def test_administrators_are_not_exempt_outside_a_sandbox(bench):
    vault(bench, administrators=bench.deployer)

    policy = bench.template().policy("aws_backup_vault_policy")
    assert policy.decides("backup:PutBackupVaultAccessPolicy", by=DEPLOYER) == "Deny by NobodyElseReplacesThis"


def test_the_vault_key_is_used_by_aws_backup_only(bench):
    # GIVEN a vault key and the role AWS Backup works with
    vault_key(bench, users=Principals.of(role("aws-backup")))
    policy = bench.template().policy("aws_kms_key")

    # THEN that role uses it, and the deployer only while AWS Backup makes the vault for it
    assert policy.decides("kms:Decrypt", by=role("aws-backup")) == "Allow"
    assert policy.decides("kms:Decrypt", by=DEPLOYER) == "Deny by AdministratorsNeverUse"
    assert policy.decides("kms:CreateGrant", by=DEPLOYER, context=THROUGH_BACKUP) == "Allow"
    assert policy.decides("kms:Decrypt", by=role("somebody"), context=THROUGH_BACKUP) == "ImplicitDeny"


def test_grants_go_to_aws_services_only(bench):
    vault_key(bench).grant_use(Principals.of(role("aws-backup")))
    policy = bench.template().policy("aws_kms_key")

    given = {"kms:GrantIsForAWSResource": "true"}
    assert policy.decides("kms:CreateGrant", by=role("aws-backup"), context=given) == "Allow"
    assert policy.decides("kms:CreateGrant", by=role("aws-backup")) == "ImplicitDeny"


@pytest.mark.parametrize("action", ["kms:ScheduleKeyDeletion", "kms:DisableKey"])
def test_nobody_but_break_glass_destroys_the_vault_key(bench, action):
    vault_key(bench, users=Principals.of(role("aws-backup")))
    policy = bench.template().policy("aws_kms_key")

    assert policy.decides(action, by=BREAK_GLASS) == "Allow"
    for somebody in (DEPLOYER, role("aws-backup")):
        assert policy.decides(action, by=somebody) == "Deny by NobodyElseDestroys"


@pytest.mark.parametrize("props", [{"alias": "vault"}, {"rotation": days(80)}, {"deletion_window": days(31)}])
def test_a_vault_key_kms_refuses_is_refused(bench, props):
    with pytest.raises(OutsideLimit, match=next(iter(props))):
        vault_key(bench, **props)


def air_gapped(bench, **props):
    defaults = {
        "vault_name": "acme-gap",
        "minimum": days(30),
        "maximum": days(365),
        "acknowledge": SENTENCE,
        "break_glass": bench.break_glass,
    }
    return LogicallyAirGappedVault(bench.stack, "Gap", **{**defaults, **props})


def test_an_air_gapped_vault_is_kept(bench):
    air_gapped(bench)

    declared = bench.template().only("aws_backup_logically_air_gapped_vault")
    assert (declared["min_retention_days"], declared["max_retention_days"]) == (30, 365)
    assert declared["lifecycle"] == {"prevent_destroy": True}


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"minimum": days(6)}, "minimum"),
        ({"maximum": days(29)}, "maximum"),
        ({"acknowledge": "ok"}, "acknowledge"),
        ({"vault_name": "a b"}, "vault_name"),
        ({"copies_from": ["acme"]}, "account"),
    ],
)
def test_an_air_gapped_vault_aws_refuses_is_refused(bench, props, field):
    with pytest.raises(OutsideLimit, match=field):
        air_gapped(bench, **props)


def test_only_break_glass_opens_an_air_gapped_vault(bench):
    air_gapped(bench, copies_from=["999999999999"], administrators=bench.deployer)
    policy = bench.template().policy("aws_backup_vault_policy")

    for action in ("backup:DeleteRecoveryPoint", "backup:DeleteBackupVault", "backup:PutBackupVaultAccessPolicy"):
        assert policy.decides(action, by=DEPLOYER).startswith("Deny by NobodyElse")
        assert not policy.decides(action, by=BREAK_GLASS).startswith("Deny")
    assert policy.statement("ReceiveCopies")["Principal"] == {"AWS": ["arn:aws:iam::999999999999:root"]}


def test_a_key_for_replicated_databases_is_handed_to_rds_alone(bench):
    vault_key(bench, service="rds")
    policy = bench.template().policy("aws_kms_key")

    through = {"kms_ViaService": "rds.us-west-2.amazonaws.com"}
    assert policy.decides("kms:CreateGrant", by=DEPLOYER, **through) == "Allow"
    other = policy.decides("kms:CreateGrant", by=DEPLOYER, kms_ViaService="backup.us-west-2.amazonaws.com")
    assert other == "Deny by AdministratorsNeverUse"


def test_a_key_is_not_for_any_service(bench):
    with pytest.raises(OutsideLimit, match="service"):
        vault_key(bench, service="ec2")
