"""Who is told is in the environment file; what watches is tied to the other stacks by names."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from stack_ground import WATCHED, WATCHES, load

from holdfast.constructs.backup_alarms import DRILLS_OVERDUE, NAMESPACE, RECOVERY_POINT_AGE
from holdfast.environments import metrics
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
    assert not [stack.name for stack in sandbox.stacks if stack.name.endswith("watch")]


def test_a_sandbox_that_names_somebody_is_watched(tmp_path):
    # GIVEN a sandbox whose file says whom to tell
    sandbox = load("sandbox").model_copy(update={"watch": load("dev").watch})

    # WHEN it is synthesized
    stacks = synthesize(sandbox, tmp_path)

    # THEN it is watched, and can be destroyed
    watching = [stack for stack in stacks if stack.name.endswith("watch")]
    assert [stack.name for stack in watching] == ["sandbox-recovery-watch", "sandbox-watch"]
    for stack in watching:
        assert "prevent_destroy" not in stack.configuration.read_text()


@pytest.mark.parametrize("part", WATCHES)
@pytest.mark.parametrize("name", WATCHED)
def test_it_needs_nothing_of_another_stack_but_its_names(synthesized, name, part):
    document = synthesized(name).document(part)
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
    synthesize(prod.environment.model_copy(update={"watch": reported}), tmp_path)

    assert "prod-drills-overdue" in (tmp_path / "stacks" / "prod-watch" / "cdk.tf.json").read_text()


def test_a_vault_in_which_nothing_completes_alarms(prod):
    names = Names(prod.environment)
    alarm = prod.at(f"watch/Alarms/no-backup-{names.backup_vault}/Resource")
    assert alarm["dimensions"] == {"BackupVaultName": names.backup_vault}
    assert alarm["period"] * alarm["evaluation_periods"] == prod.environment.watch.jobs_every.total_seconds()


def test_a_pipeline_s_metrics_have_one_name(prod, tmp_path):
    assert (NAMESPACE, DRILLS_OVERDUE, RECOVERY_POINT_AGE) == (
        metrics.NAMESPACE,
        metrics.DRILLS_OVERDUE,
        metrics.RECOVERY_POINT_AGE,
    )
    reported = prod.environment.watch.model_copy(update={"drills_reported": True, "ages_reported": True})
    synthesize(prod.environment.model_copy(update={"watch": reported}), tmp_path)
    document = json.loads((tmp_path / "stacks" / "prod-watch" / "cdk.tf.json").read_text())

    published = [
        alarm
        for alarm in document["resource"]["aws_cloudwatch_metric_alarm"].values()
        if alarm["namespace"] == metrics.NAMESPACE
    ]
    assert all(alarm["treat_missing_data"] == "breaching" for alarm in published)
    (overdue,) = [alarm for alarm in published if alarm["metric_name"] == metrics.DRILLS_OVERDUE]
    assert overdue["dimensions"] == {metrics.ENVIRONMENT: "prod"}
    ages = {
        alarm["dimensions"][metrics.DATASET]: alarm["threshold"]
        for alarm in published
        if alarm["metric_name"] == metrics.RECOVERY_POINT_AGE
    }
    assert ages["orders"] == 300
    assert ages["exports"] == 86_400
    assert "warehouse" not in ages  # its tier has no objective


@pytest.mark.parametrize("part", WATCHES)
def test_what_should_have_happened_alarms_when_nobody_says_anything(prod, part):
    alarms = {
        path.split("/")[-2]: arguments["treat_missing_data"]
        for kind, path, arguments in prod.resources(part)
        if kind == "aws_cloudwatch_metric_alarm"
    }
    counted = {"refused-deletes", "new-reader", "bulk-download", "replication-failed-copy-streams", "Undelivered"}

    assert {name for name, silence in alarms.items() if silence == "breaching"} >= {"trail-silent"}
    normal = {name for name, silence in alarms.items() if silence != "breaching"}
    assert normal <= counted | {name for name in normal if "dead" in name.lower() or "siem" in name.lower()}


def test_the_copies_are_watched_where_they_are(prod):
    names, environment = Names(prod.environment), prod.environment
    (provider,) = prod.document("recovery-watch")["provider"]["aws"]

    assert provider["region"] == environment.regions.recovery
    assert provider["allowed_account_ids"] == [environment.accounts.backup]
    objects = prod.at("recovery-watch/Trail/Resource")["advanced_event_selector"][1]["field_selector"]
    assert {"field": "resources.ARN", "starts_with": [f"arn:aws:s3:::{names.replica_bucket}/"]} in objects
    rule = json.loads(prod.at("recovery-watch/Tampering/bucket-touched/Resource")["event_pattern"])
    assert names.replica_bucket in rule["detail"]["requestParameters"]["bucketName"]
    for touched in ("key-touched", "vault-touched"):
        assert prod.at(f"recovery-watch/Tampering/{touched}/Resource")["state"] == "ENABLED"
    assert environment.regions.primary not in prod.path("recovery-watch").read_text()


def test_copies_that_do_not_come_alarm(prod):
    names = Names(prod.environment)
    alarm = prod.at(f"recovery-watch/Alarms/no-arrival-{names.copy_vault}/Resource")

    assert alarm["metric_name"] == "NumberOfRecoveryPointsCompleted"
    assert alarm["dimensions"] == {"BackupVaultName": names.copy_vault}
    assert alarm["period"] * alarm["evaluation_periods"] == prod.environment.watch.copies_every.total_seconds()
    assert alarm["treat_missing_data"] == "breaching"


@pytest.mark.parametrize(
    ("vault", "watch"), [("primary/BackupVault", "watch"), ("recovery/CopyVault", "recovery-watch")]
)
def test_a_vault_tells_the_topic_beside_it(prod, vault, watch):
    told = prod.at(f"{vault}/Notifications")
    topic = prod.at(f"{watch}/Alerts/Resource")
    (provider,) = prod.document(watch)["provider"]["aws"]
    (account,) = provider["allowed_account_ids"]

    assert told["sns_topic_arn"] == f"arn:aws:sns:{provider['region']}:{account}:{topic['name']}"
    assert {"BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "COPY_JOB_FAILED"} <= set(told["backup_vault_events"])
    publish = prod.policy(f"{watch}/Alerts/Policy")["VaultsPublish"]
    assert publish["Principal"] == {"Service": "backup.amazonaws.com"}
    assert prod.policy(f"{watch}/Key/Resource")["PublishVaults"]["Principal"] == {"Service": "backup.amazonaws.com"}


def test_without_anybody_to_tell_a_vault_tells_nobody(synthesized):
    assert not [path for _, path, _ in synthesized("sandbox").resources() if path.endswith("/Notifications")]


def test_the_two_sides_share_no_name_in_one_account(tmp_path):
    # GIVEN an environment whose two sides are in one account, as a sandbox's are
    sandbox = load("sandbox").model_copy(update={"watch": load("dev").watch})
    synthesize(sandbox, tmp_path)

    # THEN what is global in an account (roles, policies, buckets) is not declared twice
    for kind, name in (("aws_iam_role", "name"), ("aws_iam_policy", "name"), ("aws_s3_bucket", "bucket")):
        declared = [
            arguments[name]
            for path in (tmp_path / "stacks").glob("*/cdk.tf.json")
            for arguments in json.loads(path.read_text())["resource"].get(kind, {}).values()
        ]
        assert len(declared) == len(set(declared))
