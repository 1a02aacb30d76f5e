"""Snapshots, the bin deleted ones go to, and what databases keep themselves."""

from __future__ import annotations

from datetime import timedelta

import cdktn
import pytest
from backup_bench import days
from cdktn_provider_aws.db_instance import DbInstance
from cdktn_provider_aws.dynamodb_table import DynamodbTable
from cdktn_provider_aws.rds_cluster import RdsCluster
from construct_bench import ACCOUNT

from holdfast.constructs import (
    AutomatedBackupReplication,
    ContinuousProtection,
    RecycleBinRule,
    Recycled,
    RegionalCopy,
    SnapshotPolicy,
    SnapshotSchedule,
    SnapshotTarget,
)
from holdfast.constructs.aws import AwsProvider
from holdfast.constructs.errors import OutsideLimit

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234"
LEDGER = "arn:aws:rds:us-east-1:111122223333:db:ledger"


def snapshots(bench, *schedules, **props):
    defaults = {
        "description": "Volumes of the metrics store",
        "account": ACCOUNT,
        "role_name": "snapshots",
        "target": SnapshotTarget.VOLUMES,
        "tags": {"service": "metrics"},
        "schedules": schedules or [SnapshotSchedule("daily")],
    }
    return SnapshotPolicy(bench.stack, "Snapshots", **{**defaults, **props})


def details(bench):
    return bench.template().only("aws_dlm_lifecycle_policy")["policy_details"]


def test_a_snapshot_every_night_kept_for_a_week(bench):
    snapshots(bench)

    policy = details(bench)
    assert (policy["policy_type"], policy["resource_types"]) == ("EBS_SNAPSHOT_MANAGEMENT", ["VOLUME"])
    assert policy["target_tags"] == {"service": "metrics"}
    (schedule,) = policy["schedule"]
    assert schedule["create_rule"] == {"interval": 24, "interval_unit": "HOURS", "times": ["02:00"]}
    assert schedule["retain_rule"] == {"interval": 7, "interval_unit": "DAYS"}
    assert schedule["copy_tags"] is True
    assert "fast_restore_rule" not in schedule


def test_copies_are_encrypted_under_a_key_of_their_region(bench):
    snapshots(bench, SnapshotSchedule("daily", copies=(RegionalCopy("us-west-2", KEY, days(30)),)))

    ((copy,),) = (schedule["cross_region_copy_rule"] for schedule in details(bench)["schedule"])
    assert (copy["target"], copy["cmk_arn"], copy["encrypted"]) == ("us-west-2", KEY, True)
    assert copy["retain_rule"] == {"interval": 30, "interval_unit": "DAYS"}


def test_fast_restore_is_there_where_asked(bench):
    by_age = SnapshotSchedule("age", fast_restore=["us-east-1a"], fast_restore_for=days(2))
    by_number = SnapshotSchedule("number", count=5, fast_restore=["us-east-1a", "us-east-1b"])
    snapshots(bench, by_age, by_number)

    first, second = (schedule["fast_restore_rule"] for schedule in details(bench)["schedule"])
    assert first == {"availability_zones": ["us-east-1a"], "interval": 2, "interval_unit": "DAYS"}
    assert second == {"availability_zones": ["us-east-1a", "us-east-1b"], "count": 5}


def test_instances_and_images(bench):
    snapshots(bench, target=SnapshotTarget.IMAGES, reboot=True)

    policy = details(bench)
    assert (policy["policy_type"], policy["resource_types"]) == ("IMAGE_MANAGEMENT", ["INSTANCE"])
    assert policy["parameters"] == {"no_reboot": False}


def test_instances_without_their_boot_volume(bench):
    snapshots(bench, target=SnapshotTarget.INSTANCES, without_boot_volume=True)

    policy = details(bench)
    assert (policy["policy_type"], policy["resource_types"]) == ("EBS_SNAPSHOT_MANAGEMENT", ["INSTANCE"])
    assert policy["parameters"] == {"exclude_boot_volume": True}


def test_a_cron_expression_replaces_the_hours(bench):
    snapshots(bench, SnapshotSchedule("weekly", cron="cron(0 2 ? * SUN *)", count=4))

    (schedule,) = details(bench)["schedule"]
    assert schedule["create_rule"] == {"cron_expression": "cron(0 2 ? * SUN *)"}
    assert schedule["retain_rule"] == {"count": 4}


COPY = RegionalCopy("us-west-2", KEY, days(1))


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"name": "täglich"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"every": timedelta(hours=5)}, "every"),
        ({"every": timedelta(minutes=90)}, "every"),
        ({"at": "24:00"}, "at"),
        ({"cron": "rate(1 day)"}, "cron"),
        ({"keep": days(0)}, "keep"),
        ({"keep": days(36_501)}, "keep"),
        ({"count": 0}, "count"),
        ({"count": 1001}, "count"),
        ({"copies": (COPY,) * 4}, "copies"),
        ({"fast_restore": ["us-east-1a"] * 11}, "fast_restore"),
        ({"fast_restore": ["us-east-1a"], "fast_restore_for": days(8)}, "fast_restore_for"),
        ({"fast_restore": ["us-east-1a"], "fast_restore_for": days(1), "count": 3}, "fast_restore_for"),
        ({"tags": {str(number): "" for number in range(46)}}, "tags"),
    ],
)
def test_a_schedule_data_lifecycle_manager_refuses_is_refused(props, field):
    with pytest.raises(OutsideLimit, match=field):
        SnapshotSchedule(**{"name": "daily", **props})


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("west", KEY, days(1)), "region"),
        (("eu-west-1", KEY, days(1)), "key_arn"),
        (("us-west-2", "arn:aws:kms:us-west-2:111122223333:alias/backups", days(1)), "no alias"),
        (("us-west-2", KEY, timedelta(hours=1)), "keep"),
    ],
)
def test_a_copy_data_lifecycle_manager_refuses_is_refused(arguments, field):
    with pytest.raises(OutsideLimit, match=field):
        RegionalCopy(*arguments)


def test_a_key_known_after_apply_is_not_checked(token):
    assert RegionalCopy("us-west-2", token(), days(1))


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"description": "metrics, hourly"}, "description"),
        ({"tags": {}}, "tags"),
        ({"tags": {str(number): "" for number in range(51)}}, "tags"),
        ({"schedules": []}, "schedules"),
        ({"schedules": [SnapshotSchedule(str(number)) for number in range(5)]}, "1 to 4"),
        ({"schedules": [SnapshotSchedule("daily")] * 2}, "each name once"),
        ({"without_boot_volume": True}, "instances only"),
        ({"reboot": True}, "images only"),
        (
            {"target": SnapshotTarget.IMAGES, "schedules": [SnapshotSchedule("d", fast_restore=["us-east-1a"])]},
            "fast restore",
        ),
    ],
)
def test_a_policy_data_lifecycle_manager_refuses_is_refused(bench, props, field):
    with pytest.raises(OutsideLimit, match=field):
        snapshots(bench, **props)


def test_the_bin_is_locked_when_asked(bench):
    RecycleBinRule(bench.stack, "Bin", kind=Recycled.EBS_SNAPSHOT, keep=days(14), unlock_delay=days(7))

    rule = bench.template().only("aws_rbin_rule")
    assert rule["retention_period"] == {"retention_period_value": 14, "retention_period_unit": "DAYS"}
    assert rule["lock_configuration"] == {"unlock_delay": {"unlock_delay_value": 7, "unlock_delay_unit": "DAYS"}}
    assert "resource_tags" not in rule


def test_the_bin_can_be_for_some_tags(bench):
    RecycleBinRule(bench.stack, "Bin", kind=Recycled.EC2_IMAGE, keep=days(1), tags={"service": "build"})

    rule = bench.template().only("aws_rbin_rule")
    assert rule["resource_tags"] == [{"resource_tag_key": "service", "resource_tag_value": "build"}]
    assert "lock_configuration" not in rule


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"keep": days(366)}, "keep"),
        ({"keep": days(0)}, "keep"),
        ({"unlock_delay": days(6)}, "unlock_delay"),
        ({"unlock_delay": days(31)}, "unlock_delay"),
        ({"unlock_delay": days(7), "tags": {"a": "b"}}, "tags"),
        ({"tags": {str(number): "" for number in range(51)}}, "tags"),
        ({"description": "x" * 256}, "description"),
    ],
)
def test_a_rule_the_bin_refuses_is_refused(bench, props, field):
    with pytest.raises(OutsideLimit, match=field):
        RecycleBinRule(bench.stack, "Bin", **{"kind": Recycled.EBS_SNAPSHOT, "keep": days(7), **props})


def replicate(bench, **props):
    defaults = {"source_arn": LEDGER, "key_arn": KEY}
    return AutomatedBackupReplication(bench.stack, "Replication", **{**defaults, **props})


def test_automated_backups_are_replicated_under_a_key_of_ours(bench):
    replicate(bench, keep=days(35))

    declared = bench.template().only("aws_db_instance_automated_backups_replication")
    assert declared["source_db_instance_arn"] == LEDGER
    assert (declared["kms_key_id"], declared["retention_period"]) == (KEY, 35)


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"source_arn": "arn:aws:rds:us-east-1:111122223333:cluster:orders"}, "source_arn"),
        ({"key_arn": "alias/backups"}, "key_arn"),
        ({"keep": days(36)}, "keep"),
        ({"keep": days(0)}, "keep"),
    ],
)
def test_a_replication_rds_refuses_is_refused(bench, props, field):
    with pytest.raises(OutsideLimit, match=field):
        replicate(bench, **props)


GOOD = {
    "backup_retention_period": 35,
    "storage_encrypted": True,
    "deletion_protection": True,
    "skip_final_snapshot": False,
}
MAKERS = {
    "table": lambda stack, **props: DynamodbTable(
        stack,
        "Database",
        **{
            "name": "identities",
            "point_in_time_recovery": {"enabled": True},
            "deletion_protection_enabled": True,
            **props,
        },
    ),
    "cluster": lambda stack, **props: RdsCluster(stack, "Database", engine="aurora-postgresql", **{**GOOD, **props}),
    "instance": lambda stack, **props: DbInstance(
        stack, "Database", instance_class="db.t4g.micro", **{**GOOD, **props}
    ),
}


def synthesize(kind, tmp_path, **props):
    app = cdktn.App(outdir=str(tmp_path), stack_traces=False)
    stack = cdktn.TerraformStack(app, "databases")
    AwsProvider(stack, "aws", region="us-east-1")
    MAKERS[kind](stack, **props)
    ContinuousProtection(keep=days(35)).guard(stack)
    app.synth()


@pytest.mark.parametrize("kind", list(MAKERS))
def test_a_protected_database_passes(kind, tmp_path):
    synthesize(kind, tmp_path)

    assert (tmp_path / "stacks" / "databases" / "cdk.tf.json").is_file()


@pytest.mark.parametrize(
    ("kind", "props", "fault"),
    [
        ("table", {"point_in_time_recovery": {"enabled": False}}, "no point-in-time recovery"),
        ("table", {"point_in_time_recovery": None}, "no point-in-time recovery"),
        ("table", {"deletion_protection_enabled": False}, "deletion_protection_enabled"),
        ("cluster", {"backup_retention_period": 34}, "kept for 34 days"),
        ("cluster", {"backup_retention_period": None}, "kept for 0 days"),
        ("cluster", {"storage_encrypted": None}, "storage_encrypted"),
        ("cluster", {"deletion_protection": False}, "deletion_protection"),
        ("cluster", {"skip_final_snapshot": True}, "skip_final_snapshot"),
        ("instance", {"backup_retention_period": 0}, "kept for 0 days"),
        ("instance", {"delete_automated_backups": True}, "delete_automated_backups"),
    ],
)
def test_an_unprotected_database_stops_synthesis(kind, props, fault, tmp_path):
    with pytest.raises(Exception, match=fault):
        synthesize(kind, tmp_path, **props)


@pytest.mark.parametrize("keep", [days(0), days(36), timedelta(hours=30)])
def test_a_protection_no_database_can_have_is_refused(keep):
    with pytest.raises(OutsideLimit, match="keep"):
        ContinuousProtection(keep=keep)
