"""Alarms take silence for failure where something should have happened, and look at the right figures."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from construct_bench import ACCOUNT, role
from watch_bench import REGION, RUNBOOK, WatchBench

from holdfast.constructs import ExpectedJobs, Principals, RecoveryDashboard, StorageLimit, Window
from holdfast.constructs.errors import OutsideLimit

HOUR = timedelta(hours=1)


@pytest.fixture
def bench():
    return WatchBench()


@pytest.fixture
def template(bench):
    bench.alarms()
    bench.access()
    return bench.template()


@pytest.fixture
def alarms(template):
    return {alarm["alarm_name"]: alarm for alarm in template.all("aws_cloudwatch_metric_alarm").values()}


@pytest.fixture
def filters(template):
    found = template.all("aws_cloudwatch_log_metric_filter").values()
    return {each["metric_transformation"]["name"]: each for each in found}


@pytest.mark.parametrize(
    "name",
    [
        "watch-no-backup-critical",
        "watch-no-copy-critical",
        "watch-replication-lag-copy-streams",
        "watch-storage-acme-vault",
        "watch-key-material-1234abcd",
        "watch-drills-overdue",
        "watch-no-sets-orders",
        "watch-trail-silent",
    ],
)
def test_no_data_is_a_failure(alarms, name):
    assert alarms[name]["treat_missing_data"] == "breaching"


@pytest.mark.parametrize("name", ["watch-refused-deletes", "watch-new-reader", "watch-bulk-download"])
def test_where_silence_is_normal_a_silent_trail_alarms_instead(alarms, name):
    assert alarms[name]["treat_missing_data"] == "notBreaching"
    silent = alarms["watch-trail-silent"]
    assert (silent["namespace"], silent["dimensions"]) == ("AWS/Logs", {"LogGroupName": "watch"})


def test_a_vault_without_a_completed_job_in_time_alarms(alarms):
    alarm = alarms["watch-no-backup-critical"]
    assert alarm["metric_name"] == "NumberOfBackupJobsCompleted"
    assert alarm["dimensions"] == {"BackupVaultName": "critical"}
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert alarm["period"] * alarm["evaluation_periods"] == 4 * 3600
    assert alarm["datapoints_to_alarm"] == alarm["evaluation_periods"]


def test_replication_that_falls_behind_alarms(alarms):
    alarm = alarms["watch-replication-lag-copy-streams"]
    assert alarm["metric_name"] == "ReplicationLatency"
    assert alarm["threshold"] == 15 * 60
    assert alarm["dimensions"] == {
        "SourceBucket": "acme-vault",
        "DestinationBucket": "acme-replica",
        "RuleId": "copy-streams",
    }


def test_storage_alarms_before_the_limit(alarms):
    assert alarms["watch-storage-acme-vault"]["threshold"] == pytest.approx(800 * 2**30)


def test_a_set_that_did_not_come_within_its_objective_alarms(alarms, filters):
    assert alarms["watch-no-sets-orders"]["evaluation_periods"] == 24
    pattern = filters["sets-orders"]["pattern"]
    assert '($.requestParameters.key = "sets/orders/*")' in pattern
    assert '($.requestParameters.key = "*/commit.json")' in pattern
    assert "($.errorCode NOT EXISTS)" in pattern


def test_expected_readers_are_named_by_their_sessions(filters):
    pattern = filters["new-reader"]["pattern"]
    assert f'!= "arn:aws:sts::{ACCOUNT}:assumed-role/drill-runner/*"' in pattern
    assert f'!= "arn:aws:sts::{ACCOUNT}:assumed-role/restore-*"' in pattern


def test_bytes_are_added_up(filters, alarms):
    size = "$.additionalEventData.bytesTransferredOut"
    assert filters["bytes-read"]["metric_transformation"]["value"] == size
    assert alarms["watch-bulk-download"]["threshold"] == 100 * 2**30


def test_the_dashboard_shows_runbook_and_every_alarm(bench):
    # GIVEN alarms
    alarms = bench.alarms().alarms

    # WHEN they are put on a dashboard
    RecoveryDashboard(
        bench.stack, "Dashboard", dashboard_name="watch", title="Backups", alerts=bench.alerts(), alarms=alarms
    )

    # THEN it shows the runbook, all at a glance, and each
    widgets = json.loads(bench.template().only("aws_cloudwatch_dashboard")["dashboard_body"])["widgets"]
    assert RUNBOOK in widgets[0]["properties"]["markdown"]
    arns = [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm.alarm_name}" for alarm in alarms]
    assert widgets[1]["properties"]["alarms"] == arns
    assert [widget["properties"]["annotations"]["alarms"] for widget in widgets[2:]] == [[arn] for arn in arns]


@pytest.mark.parametrize("length", [timedelta(0), timedelta(minutes=7), timedelta(days=7, hours=1), 25.5 * HOUR])
def test_a_window_cloudwatch_cannot_look_at_is_refused(length):
    with pytest.raises(OutsideLimit, match="Window"):
        Window.of(length)


@pytest.mark.parametrize(("length", "period"), [(7 * 24 * HOUR, HOUR), (0.5 * HOUR, timedelta(minutes=5))])
def test_windows_come_in_hours_or_five_minutes(length, period):
    assert Window.of(length) == Window(period, length // period)


def test_an_expectation_that_is_too_slow_to_watch_is_refused(bench):
    with pytest.raises(OutsideLimit, match="7 days"):
        bench.alarms(jobs=[ExpectedJobs("yearly", every=timedelta(days=365))])


@pytest.mark.parametrize(("gibibytes", "share"), [(0, 0.8), (10, 0), (10, 1.1)])
def test_a_limit_that_is_none_is_refused(gibibytes, share):
    with pytest.raises(OutsideLimit, match="1 GiB"):
        StorageLimit("acme-vault", gibibytes, share)


def test_a_reader_a_filter_cannot_name_is_refused(bench):
    with pytest.raises(OutsideLimit, match="at the end"):
        bench.access(readers=Principals.of(role("*-runner")))


def test_more_readers_than_a_filter_holds_are_refused(bench):
    with pytest.raises(OutsideLimit, match="fewer readers"):
        bench.access(readers=Principals.of(*(role(f"reader-{number}") for number in range(20))))


@pytest.mark.parametrize("props", [{"refused_deletes": 0}, {"bulk_gibibytes": 0}])
def test_a_threshold_of_nothing_is_refused(bench, props):
    with pytest.raises(OutsideLimit, match="1 or more"):
        bench.access(**props)


def test_a_dashboard_of_nothing_is_refused(bench):
    with pytest.raises(OutsideLimit, match="1 to 100"):
        RecoveryDashboard(
            bench.stack, "Dashboard", dashboard_name="watch", title="Backups", alerts=bench.alerts(), alarms=[]
        )


def test_what_does_not_fit_a_description_is_refused(bench):
    with pytest.raises(OutsideLimit, match="1024"):
        bench.alarms(drills_of="x" * 900)
