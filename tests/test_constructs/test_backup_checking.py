"""AWS's own restore tests, controls, reports and settings are declared within their limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from backup_bench import days
from construct_bench import ACCOUNT

from holdfast.constructs import (
    BackupFramework,
    BackupGlobalSettings,
    BackupRegionSettings,
    BackupReportPlan,
    Control,
    ReportTemplate,
    RestoreTest,
    RestoreTestingPlan,
    TestedResource,
)
from holdfast.constructs.errors import OutsideLimit

HOUR = timedelta(hours=1)
VAULT = "arn:aws:backup:us-east-1:111122223333:backup-vault:acme"
RDS = RestoreTest("orders", TestedResource.RDS, tags={"service": "orders"})


def restore_tests(bench, *tests, **props):
    defaults = {"plan_name": "weekly", "account": ACCOUNT, "role_name": "restore-tests", "vault_arns": [VAULT]}
    return RestoreTestingPlan(bench.stack, "Tests", tests=tests or [RDS], **{**defaults, **props})


def test_the_newest_recovery_point_is_restored(bench):
    restore_tests(bench)

    (chosen,) = bench.template().only("aws_backup_restore_testing_plan")["recovery_point_selection"]
    assert chosen["algorithm"] == "LATEST_WITHIN_WINDOW"
    assert chosen["include_vaults"] == [VAULT]
    assert chosen["selection_window_days"] == 30


def test_a_random_one_can_be_asked_for(bench):
    restore_tests(bench, newest=False)

    (chosen,) = bench.template().only("aws_backup_restore_testing_plan")["recovery_point_selection"]
    assert chosen["algorithm"] == "RANDOM_WITHIN_WINDOW"


def test_what_is_tested_is_chosen_by_tag_or_by_arn(bench):
    tables = RestoreTest("tables", TestedResource.DYNAMODB, overrides={"encryptionType": "Default"})
    restore_tests(bench, RDS, tables)

    chosen = bench.template().all("aws_backup_restore_testing_selection")
    by_tag, everything = chosen["test/Tests/Test-orders"], chosen["test/Tests/Test-tables"]
    assert by_tag["protected_resource_conditions"] == [
        {"string_equals": [{"key": "aws:ResourceTag/service", "value": "orders"}]}
    ]
    assert "protected_resource_arns" not in by_tag
    assert everything["protected_resource_arns"] == ["*"]
    assert everything["restore_metadata_overrides"] == {"encryptionType": "Default"}


def test_restores_are_made_with_a_role_of_their_own(bench):
    restore_tests(bench)

    attached = bench.template().all("aws_iam_role_policy_attachment").values()
    assert {each["policy_arn"].rpartition("/")[2] for each in attached} == {
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Restore",
    }


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"plan_name": "weekly-tests"}, "plan_name"),
        ({"plan_name": "x" * 51}, "plan_name"),
        ({"schedule": "rate(7 days)"}, "schedule"),
        ({"start_window": 169 * HOUR}, "start_window"),
        ({"start_window": 0 * HOUR}, "start_window"),
        ({"window": days(366)}, "window"),
        ({"vault_arns": []}, "vault_arns"),
        ({"vault_arns": [VAULT] * 31}, "vault_arns"),
        ({"tests": [RDS, RDS]}, "each name once"),
        ({"tests": []}, "1 to 30"),
    ],
)
def test_a_plan_restore_testing_refuses_is_refused(bench, props, field):
    named = {"plan_name": "weekly", "account": ACCOUNT, "role_name": "tests", "vault_arns": [VAULT], "tests": [RDS]}

    with pytest.raises(OutsideLimit, match=field):
        RestoreTestingPlan(bench.stack, "Tests", **{**named, **props})


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"name": "a-b"}, "name"),
        ({"arns": ["arn"], "tags": {"a": "b"}}, "one of the two"),
        ({"arns": ["arn"] * 31}, "at most 30"),
        ({"tags": {str(number): "" for number in range(31)}}, "at most 30"),
        ({"validate_within": 169 * HOUR}, "0 to 168"),
        ({"validate_within": HOUR / 2}, "whole hours"),
    ],
)
def test_a_selection_restore_testing_refuses_is_refused(props, field):
    with pytest.raises(OutsideLimit, match=field):
        RestoreTest(**{"name": "orders", "resource": TestedResource.RDS, **props})


def test_controls_ask_in_aws_s_words(bench):
    controls = [
        Control.in_a_plan(),
        Control.plan_is_frequent(24 * HOUR, days(35)),
        Control.plan_is_frequent(days(7), days(35)),
        Control.recent(26 * HOUR),
        Control.restored_within(2 * HOUR),
        Control.locked(days(30), days(365)),
    ]
    BackupFramework(bench.stack, "Framework", framework_name="recovery", controls=controls)

    declared = bench.template().only("aws_backup_framework")["control"]
    asked = [{each["name"]: each["value"] for each in control.get("input_parameter", ())} for control in declared]
    assert asked[1] == {"requiredFrequencyUnit": "hours", "requiredFrequencyValue": "24", "requiredRetentionDays": "35"}
    assert (asked[2]["requiredFrequencyUnit"], asked[2]["requiredFrequencyValue"]) == ("days", "7")
    assert asked[3] == {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": "26"}
    assert asked[4] == {"maxRestoreTime": "120"}
    assert asked[5] == {"minRetentionDays": "30", "maxRetentionDays": "365"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Control.plan_is_frequent(25 * HOUR, days(1)),
        lambda: Control.plan_is_frequent(days(32), days(1)),
        lambda: Control.recent(745 * HOUR),
        lambda: Control.recent(HOUR / 2),
        lambda: Control.restored_within(timedelta(seconds=90)),
        lambda: Control.kept_for(timedelta(hours=1)),
        lambda: Control.not_deleted_by_hand(["role"] * 6),
        lambda: Control("X", resource_types=["RDS"], tag={"a": "b"}),
        lambda: Control("X", tag={"a": "b", "c": "d"}),
    ],
)
def test_a_control_audit_manager_refuses_is_refused(make):
    with pytest.raises(OutsideLimit):
        make()


@pytest.mark.parametrize(
    ("name", "controls"), [("1st", 1), ("a-b", 1), ("x" * 257, 1), ("recovery", 0), ("recovery", 51)]
)
def test_a_framework_audit_manager_refuses_is_refused(bench, name, controls):
    with pytest.raises(OutsideLimit):
        BackupFramework(bench.stack, "Framework", framework_name=name, controls=[Control.encrypted()] * controls)


def report(bench, template, *frameworks, name="restores"):
    return BackupReportPlan(
        bench.stack,
        "Report",
        report_plan_name=name,
        template=template,
        bucket_name="acme-reports",
        framework_arns=frameworks,
    )


def test_a_job_report_needs_no_framework(bench):
    report(bench, ReportTemplate.RESTORE_JOBS)

    declared = bench.template().only("aws_backup_report_plan")
    assert declared["report_setting"] == {"report_template": "RESTORE_JOB_REPORT"}
    assert declared["report_delivery_channel"]["formats"] == ["CSV", "JSON"]


def test_a_compliance_report_is_about_frameworks(bench):
    report(bench, ReportTemplate.CONTROL_COMPLIANCE, "arn:aws:backup:us-east-1:111122223333:framework:a-1")

    setting = bench.template().only("aws_backup_report_plan")["report_setting"]
    assert setting["number_of_frameworks"] == 1


@pytest.mark.parametrize(
    ("template", "frameworks", "name"),
    [
        (ReportTemplate.CONTROL_COMPLIANCE, [], "a"),
        (ReportTemplate.BACKUP_JOBS, ["arn"], "a"),
        (ReportTemplate.BACKUP_JOBS, [], "a-b"),
    ],
)
def test_a_report_audit_manager_refuses_is_refused(bench, template, frameworks, name):
    with pytest.raises(OutsideLimit):
        report(bench, template, *frameworks, name=name)


def test_settings_of_region_and_organisation(bench):
    BackupRegionSettings(
        bench.stack, "Region", opt_in={"Aurora": True, "S3": False}, full_management={"DynamoDB": True}
    )
    BackupGlobalSettings(bench.stack, "Global")

    template = bench.template()
    region = template.only("aws_backup_region_settings")
    assert region["resource_type_opt_in_preference"] == {"Aurora": True, "S3": False}
    assert region["resource_type_management_preference"] == {"DynamoDB": True}
    assert template.only("aws_backup_global_settings")["global_settings"] == {"isCrossAccountBackupEnabled": "true"}


@pytest.mark.parametrize("props", [{"opt_in": {}}, {"opt_in": {"S3": False}}, {"full_management": {"RDS": True}}])
def test_region_settings_that_protect_nothing_are_refused(bench, props):
    with pytest.raises(OutsideLimit, match=next(iter(props))):
        BackupRegionSettings(bench.stack, "Region", **{"opt_in": {"S3": True}, **props})
