"""Plans make recovery points their vault lets in, of what is selected, with a role that does only that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from backup_bench import backup_role, compliance, days, plan, vault
from construct_bench import ACCOUNT

from holdfast.constructs import BackupRule, BackupSelection, Conditions, CopyTo, Purpose, ServiceRole
from holdfast.constructs.errors import OutsideLimit

COPIES = "arn:aws:backup:us-west-2:444455556666:backup-vault:acme-copies"
HOUR = timedelta(hours=1)


def test_presets():
    assert (BackupRule.daily().schedule, BackupRule.daily().delete_after) == ("cron(0 2 * * ? *)", days(35))
    assert (BackupRule.weekly().schedule, BackupRule.weekly(weeks=5).delete_after) == ("cron(0 2 ? * SUN *)", days(35))
    monthly = BackupRule.monthly(years=7, cold=True)
    assert (monthly.schedule, monthly.delete_after) == ("cron(0 2 1 * ? *)", days(2555))
    assert monthly.cold_storage_after == days(30)
    assert BackupRule.point_in_time().continuous is True


def test_rules_become_the_plan_s(bench):
    copy = CopyTo(COPIES, days(2555), cold_storage_after=days(60))
    plan(bench, BackupRule.point_in_time(), BackupRule.monthly(cold=True, copies=[copy]))

    continuous, monthly = bench.template().only("aws_backup_plan")["rule"]
    assert continuous["enable_continuous_backup"] is True
    assert continuous["lifecycle"] == {"delete_after": 35}
    assert (monthly["start_window"], monthly["completion_window"]) == (60, 180)
    assert monthly["lifecycle"] == {"delete_after": 365, "cold_storage_after": 30}
    assert monthly["copy_action"] == [
        {"destination_vault_arn": COPIES, "lifecycle": {"delete_after": 2555, "cold_storage_after": 60}}
    ]


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"schedule": "rate(1 day)"}, "schedule"),
        ({"schedule": "cron(0 2 * * ?)"}, "schedule"),
        ({"start_window": timedelta(minutes=59)}, "start_window"),
        ({"completion_window": timedelta(minutes=119)}, "completion_window"),
        ({"start_window": timedelta(minutes=61, seconds=1)}, "start_window"),
        ({"delete_after": days(0)}, "delete_after"),
        ({"delete_after": timedelta(hours=30)}, "delete_after"),
        ({"cold_storage_after": days(1), "delete_after": days(90)}, "cold_storage_after"),
        ({"continuous": True, "delete_after": days(36)}, "delete_after"),
        ({"continuous": True, "delete_after": days(35), "cold_storage_after": days(1)}, "cold_storage_after"),
        ({"tags": {str(number): "" for number in range(51)}}, "tags"),
    ],
)
def test_a_rule_aws_backup_refuses_is_refused(props, field):
    with pytest.raises(OutsideLimit, match=field):
        BackupRule(**{"name": "daily", "delete_after": days(100), **props})


@pytest.mark.parametrize(
    "props",
    [
        {"delete_after": days(190), "cold_storage_after": days(100)},
        {"start_window": HOUR, "completion_window": 2 * HOUR},
        {"continuous": True, "delete_after": days(35)},
    ],
)
def test_a_rule_at_a_limit_passes(props):
    assert BackupRule(**{"name": "daily", "delete_after": days(100), **props})


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("acme-copies", days(90)), "vault_arn"),
        ((COPIES, days(0)), "delete_after"),
        ((COPIES, days(100), days(11)), "cold_storage_after"),
        ((COPIES, days(29), None, compliance(30, 365)), "delete_after"),
    ],
)
def test_a_copy_aws_backup_refuses_is_refused(arguments, field):
    with pytest.raises(OutsideLimit, match=field):
        CopyTo(*arguments)


@pytest.mark.parametrize("kept", [29, 366])
def test_a_rule_whose_jobs_the_lock_would_fail_is_refused(bench, kept):
    with pytest.raises(OutsideLimit, match="30 to 365 days") as caught:
        plan(bench, BackupRule.daily(keep=days(kept)), vault=vault(bench, lock=compliance(30, 365)))

    assert f"{kept} days" in caught.value.message


def test_a_copy_that_loses_its_points_in_time_is_warned_of(bench):
    declared = plan(bench, BackupRule("continuous", days(30), continuous=True, copies=(CopyTo(COPIES, days(30)),)))

    assert any("point-in-time" in str(entry.data) for entry in declared.node.metadata)


def test_windows_is_made_consistent_when_asked(bench):
    plan(bench, windows_vss=True)

    (setting,) = bench.template().only("aws_backup_plan")["advanced_backup_setting"]
    assert setting == {"resource_type": "EC2", "backup_options": {"WindowsVSS": "enabled"}}


@pytest.mark.parametrize("rules", [[], [BackupRule.daily(), BackupRule.daily()]])
def test_a_plan_has_rules_and_each_name_once(bench, rules):
    with pytest.raises(OutsideLimit, match="each name once"):
        plan(bench, rules=rules)


def test_a_plan_name_aws_backup_refuses_is_refused(bench):
    with pytest.raises(OutsideLimit, match="plan_name"):
        plan(bench, plan_name="all databases")


def select(bench, id="Orders", of=None, **props):
    return BackupSelection(
        bench.stack,
        id,
        plan=of or plan(bench),
        role=props.pop("role", None) or backup_role(bench),
        selection_name="orders",
        **props,
    )


def test_all_conditions_must_hold(bench):
    select(bench, resources=["arn:aws:s3:::*"], conditions=Conditions(equals={"service": "orders", "env": "prod"}))

    selection = bench.template().only("aws_backup_selection")
    assert selection["resources"] == ["arn:aws:s3:::*"]
    assert selection["condition"] == [
        {
            "string_equals": [
                {"key": "aws:ResourceTag/service", "value": "orders"},
                {"key": "aws:ResourceTag/env", "value": "prod"},
            ]
        }
    ]


def test_conditions_alone_look_at_everything(bench):
    select(bench, conditions=Conditions(like={"service": "ord*"}, not_equals={"backup": "no"}))

    assert bench.template().only("aws_backup_selection")["resources"] == ["*"]


def test_any_tag_is_another_matter(bench):
    select(bench, any_tag={"backup": "daily"}, excluding=["arn:aws:s3:::scratch"])

    selection = bench.template().only("aws_backup_selection")
    assert selection["selection_tag"] == [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]
    assert selection["not_resources"] == ["arn:aws:s3:::scratch"]
    assert "resources" not in selection


def test_a_selection_waits_for_what_its_role_may_do(bench):
    select(bench, resources=["arn:aws:s3:::orders"])

    waits = bench.template().only("aws_backup_selection")["depends_on"]
    assert {each.partition(".")[0] for each in waits} == {"aws_iam_role_policy_attachment"}


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({}, "nothing"),
        ({"resources": ["arn:aws:s3:::x"], "selection_name": "a b"}, "selection_name"),
        ({"resources": ["arn:aws:s3:::*-logs"]}, "only at the end"),
        ({"resources": [f"arn:aws:s3:::{number}" for number in range(501)]}, "at most 500"),
        ({"resources": [f"arn:aws:s3:::{number}*" for number in range(31)]}, "at most 500, or 30"),
        ({"conditions": Conditions(equals={str(number): "" for number in range(31)})}, "conditions"),
    ],
)
def test_a_selection_aws_backup_refuses_is_refused(bench, props, field):
    named = {"selection_name": "orders", **props}

    with pytest.raises(OutsideLimit, match=field):
        BackupSelection(bench.stack, "Orders", plan=plan(bench), role=backup_role(bench), **named)


def test_arns_known_after_apply_are_not_checked(bench, token):
    select(bench, resources=[token()])

    assert bench.template().only("aws_backup_selection")["resources"][0].startswith("${")


def test_a_plan_has_at_most_ten_selections(bench):
    of, role = plan(bench), backup_role(bench)
    for number in range(10):
        select(bench, f"Selection{number}", of=of, role=role, resources=["arn:aws:s3:::orders"])

    with pytest.raises(OutsideLimit, match="at most 10"):
        select(bench, "OneMore", of=of, role=role, resources=["arn:aws:s3:::orders"])


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_service_role_is_taken_on_by_its_service_for_its_account(bench, purpose):
    import json

    backup_role(bench, purpose)

    template = bench.template()
    role = template.only("aws_iam_role")
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    service = "dlm" if purpose in (Purpose.SNAPSHOTS, Purpose.IMAGES) else "backup"
    assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert role["permissions_boundary"].startswith("${aws_iam_policy.")
    for attachment in template.all("aws_iam_role_policy_attachment").values():
        assert attachment["policy_arn"].startswith("arn:aws:iam::aws:policy/")


@pytest.mark.parametrize(
    "action",
    ["backup:PutBackupVaultAccessPolicy", "kms:ScheduleKeyDeletion", "iam:CreateUser", "sts:AssumeRole", "lambda:*"],
)
def test_a_service_role_neither_weakens_nor_climbs(bench, action):
    backup_role(bench)
    boundary = bench.template().policy("aws_iam_policy")

    assert boundary.decides(action, resource_policy=False) != "Allow"


def test_only_restoring_passes_roles_and_only_to_what_is_restored(bench):
    backup_role(bench, Purpose.RESTORE)
    boundary = bench.template().policy("aws_iam_policy")

    to = {"iam:PassedToService": "ec2.amazonaws.com"}
    assert boundary.decides("iam:PassRole", resource_policy=False, context=to) == "Allow"
    to = {"iam:PassedToService": "lambda.amazonaws.com"}
    assert boundary.decides("iam:PassRole", resource_policy=False, context=to) == "ImplicitDeny"


def test_making_backups_passes_no_role(bench):
    backup_role(bench)

    assert bench.template().policy("aws_iam_policy").sids == ["DataServices", "OwnRules", "NeverWeaken", "NeverClimb"]


@pytest.mark.parametrize(("name", "account"), [("x" * 56, ACCOUNT), ("aws-backup", "1111")])
def test_a_service_role_iam_refuses_is_refused(bench, name, account):
    with pytest.raises(OutsideLimit):
        ServiceRole(bench.stack, "Role", role_name=name, account=account, purpose=Purpose.BACKUP)
