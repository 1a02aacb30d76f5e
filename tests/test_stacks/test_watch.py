"""Who is told is in the environment file; what watches is tied to the other stacks by names."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from stack_ground import WATCHED, load

from holdfast.environments.model import Scenario
from holdfast.environments.names import Names
from holdfast.stacks.app import synthesize
from holdfast.stacks.watch import expected_sets


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


def test_a_sandbox_is_not_watched(synthesized):
    sandbox = synthesized("sandbox")

    assert sandbox.environment.watch is None
    assert [stack.name for stack in sandbox.stacks][-1] == "sandbox-access"


def test_a_sandbox_that_names_somebody_is_watched(tmp_path):
    # GIVEN a sandbox whose file says whom to tell
    sandbox = load("sandbox").model_copy(update={"watch": load("dev").watch})

    # WHEN it is synthesized
    stacks = synthesize(sandbox, tmp_path)

    # THEN it is watched, and can be destroyed
    assert [stack.name for stack in stacks][-1] == "sandbox-watch"
    assert "prevent_destroy" not in stacks[-1].configuration.read_text()


@pytest.mark.parametrize("name", WATCHED)
def test_it_needs_nothing_of_another_stack_but_its_names(synthesized, name):
    document = synthesized(name).document("watch")
    assert "data" not in document
    assert "remote_state" not in json.dumps(document)


def test_every_alert_says_what_the_environment_says(prod):
    watch = prod.environment.watch
    alarms = [arguments for kind, _, arguments in prod.resources("watch") if kind == "aws_cloudwatch_metric_alarm"]
    assert alarms
    for alarm in alarms:
        assert watch.runbook in alarm["alarm_description"]
        assert watch.escalation in alarm["alarm_description"]


def test_everybody_named_is_subscribed(prod):
    watch = prod.environment.watch
    endpoints = sorted(
        arguments["endpoint"] for kind, _, arguments in prod.resources("watch") if kind == "aws_sns_topic_subscription"
    )
    assert endpoints == sorted((*watch.notify, *watch.escalate_to))


def test_the_trail_watches_the_buckets_of_backups_and_evidence(prod):
    names = Names(prod.environment)
    objects = prod.at("watch/Trail/Resource")["advanced_event_selector"][1]["field_selector"]
    arns = [f"arn:aws:s3:::{bucket}/" for bucket in (names.vault_bucket, names.evidence_bucket)]
    assert {"field": "resources.ARN", "starts_with": arns} in objects


def test_the_trail_is_locked_as_long_as_the_environment_says(prod):
    rule = prod.at("watch/Trail/Bucket/Lock")["rule"]["default_retention"]
    assert rule == {"mode": "COMPLIANCE", "days": prod.environment.watch.retention.days}
    assert rule["days"] >= 365


def test_tampering_with_the_trail_s_own_bucket_alerts(prod):
    names = Names(prod.environment)
    rule = json.loads(prod.at("watch/Tampering/bucket-touched/Resource")["event_pattern"])
    watched = rule["detail"]["requestParameters"]["bucketName"]
    assert {names.vault_bucket, names.evidence_bucket, names.trail_bucket} <= set(watched)


def test_the_roles_that_read_backups_are_expected(prod):
    names = Names(prod.environment)
    pattern = prod.at("watch/Access/new-reader-filter")["pattern"]
    for purpose in ("drill-runner", "backup-writer", "replication"):
        assert f"assumed-role/{names.role(purpose)}/*" in pattern


def test_each_dataset_kept_as_sets_is_expected_within_its_objective(prod):
    expected = {each.dataset: each.every for each in expected_sets(prod.environment)}
    tier = prod.environment.tier_of(prod.environment.dataset("contracts"))
    assert expected["contracts"] == tier.rpo[Scenario.CORRUPTION] == timedelta(hours=4)
    alarm = prod.at("watch/Access/no-sets-contracts/Resource")
    assert alarm["period"] * alarm["evaluation_periods"] == 4 * 3600
    assert alarm["treat_missing_data"] == "breaching"


def test_what_aws_backup_or_another_tool_keeps_is_not_expected_as_sets(prod):
    assert not {"orders", "ledger-journal", "metrics"} & {each.dataset for each in expected_sets(prod.environment)}


def test_without_a_siem_nothing_is_sent(synthesized):
    dev = synthesized("dev")

    assert dev.environment.watch.siem is None
    assert not [path for _, path, _ in dev.resources("watch") if "/Siem" in path]


def test_the_siem_s_key_is_named_by_its_secret_only(prod):
    siem = prod.environment.watch.siem
    body = prod.at("watch/Siem/Connection")["template_body"]
    assert "{{resolve:secretsmanager:" + siem.secret_arn in body


def test_drills_alarm_only_where_a_pipeline_reports_them(prod, tmp_path):
    assert not [path for _, path, _ in prod.resources("watch") if "drills-overdue" in path]

    reported = prod.environment.watch.model_copy(update={"drills_reported": True})
    watch = synthesize(prod.environment.model_copy(update={"watch": reported}), tmp_path)[-1]

    assert "prod-drills-overdue" in watch.configuration.read_text()


def test_a_vault_in_which_nothing_completes_alarms(prod):
    names = Names(prod.environment)
    alarm = prod.at(f"watch/Alarms/no-backup-{names.backup_vault}/Resource")
    assert alarm["dimensions"] == {"BackupVaultName": names.backup_vault}
    assert alarm["period"] * alarm["evaluation_periods"] == prod.environment.watch.jobs_every.total_seconds()
