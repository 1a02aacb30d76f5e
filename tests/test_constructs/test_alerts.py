"""Every alert says what to do and whom to call, and reaches somebody."""

from __future__ import annotations

import json
import re

import pytest
from construct_bench import ACCOUNT
from watch_bench import ESCALATION, REGION, RUNBOOK, WatchBench

from holdfast.constructs import Response, Subscriber, Urgency
from holdfast.constructs.alert_rule import checked_pattern
from holdfast.constructs.backup_job_rules import JOB_EVENTS
from holdfast.constructs.errors import OutsideLimit
from holdfast.constructs.tamper_rules import tamper_events
from holdfast.constructs.watched_event import CALL


@pytest.fixture
def bench():
    return WatchBench()


@pytest.fixture
def template(bench):
    bench.everything()
    return bench.template()


def pattern(template, path):
    return json.loads(template.all("aws_cloudwatch_event_rule")[f"test/{path}/Resource"]["event_pattern"])


def test_every_alarm_ends_with_runbook_and_way_up(template):
    alarms = template.all("aws_cloudwatch_metric_alarm")
    assert len(alarms) > 10
    for alarm in alarms.values():
        assert alarm["alarm_description"].endswith(f"Runbook: {RUNBOOK} Escalation: {ESCALATION}")
        assert alarm["alarm_actions"]
        assert alarm["ok_actions"] == alarm["alarm_actions"]


def test_every_message_about_an_event_ends_with_runbook_and_way_up(template):
    messages = [each for each in template.all("aws_cloudwatch_event_target").values() if "input_transformer" in each]
    assert len(messages) > len(JOB_EVENTS)
    for message in messages:
        lines = message["input_transformer"]["input_template"].splitlines()
        assert [json.loads(line) for line in lines][-2:] == [f"Runbook: {RUNBOOK}", f"Escalation: {ESCALATION}"]


def test_every_placeholder_of_a_message_is_a_fact_of_the_event(template):
    for message in template.all("aws_cloudwatch_event_target").values():
        transformer = message.get("input_transformer", {"input_template": "", "input_paths": {}})
        assert set(re.findall("<(.+?)>", transformer["input_template"])) <= set(transformer["input_paths"])


@pytest.mark.parametrize(
    ("path", "kind", "state"),
    [
        ("Jobs/backup-failed", "Backup Job State Change", {"state": ["FAILED", "ABORTED", "PARTIAL"]}),
        ("Jobs/backup-missed", "Backup Job State Change", {"state": ["EXPIRED"]}),
        ("Jobs/copy-failed", "Copy Job State Change", {"state": ["FAILED", "PARTIAL"]}),
        ("Jobs/restore-failed", "Restore Job State Change", {"status": ["FAILED", "ABORTED"]}),
    ],
)
def test_jobs_that_fail_or_never_begin_alert(template, path, kind, state):
    assert pattern(template, path) == {"source": ["aws.backup"], "detail-type": [kind], "detail": state}


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("key-touched", "ScheduleKeyDeletion"),
        ("key-touched", "DisableKey"),
        ("key-touched", "PutKeyPolicy"),
        ("vault-touched", "PutBackupVaultAccessPolicy"),
        ("vault-touched", "DeleteBackupVaultLockConfiguration"),
        ("vault-touched", "DeleteRecoveryPoint"),
        ("bucket-touched", "PutBucketPolicy"),
        ("bucket-touched", "PutBucketVersioning"),
        ("bucket-touched", "PutBucketReplication"),
        ("bucket-touched", "DeleteBucketReplication"),
        ("trail-touched", "StopLogging"),
        ("rules-touched", "DisableRule"),
        ("alarms-touched", "DeleteAlarms"),
    ],
)
def test_tampering_alerts(template, path, action):
    found = pattern(template, f"Tampering/{path}")
    assert found["detail-type"] == [CALL]
    assert action in found["detail"]["eventName"]


def test_an_attempt_that_was_refused_alerts_as_well(template):
    for event in tamper_events(["acme-vault"]):
        assert "errorCode" not in json.dumps(event.pattern)


def test_only_our_buckets_are_watched(template):
    found = pattern(template, "Tampering/bucket-touched")
    assert found["detail"]["requestParameters"] == {"bucketName": ["acme-vault", "acme-evidence"]}


def test_tampering_goes_up_at_once_and_a_failed_job_does_not(template):
    targets = template.all("aws_cloudwatch_event_target")
    assert len([path for path in targets if path.startswith("test/Tampering/key-touched/")]) == 2
    assert len([path for path in targets if path.startswith("test/Jobs/backup-failed/")]) == 1


def test_topics_are_encrypted_and_open_to_alarms_and_rules_of_the_account_only(template):
    assert all("kms_master_key_id" in topic for topic in template.all("aws_sns_topic").values())
    for path in ("test/Alerts/Policy", "test/Alerts/EscalationPolicy"):
        policy = template.policy("aws_sns_topic_policy", path)
        assert policy.sids == ["AlarmsPublish", "EventsPublish", "VaultsPublish", "OnlyTls"]
        events = policy.statement("EventsPublish")["Condition"]
        assert events == {"ArnLike": {"aws:SourceArn": f"arn:aws:events:*:{ACCOUNT}:rule/*"}}
        assert policy.statement("AlarmsPublish")["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_a_subscriber_keeps_its_address_when_others_come_and_go():
    ids = [Subscriber.email(f"{name}@acme.com").construct_id for name in ("a", "b")]
    assert ids == [Subscriber.email("a@acme.com").construct_id, Subscriber.email("b@acme.com").construct_id]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    "address",
    ["http://pager.acme.com", "https://user:secret@pager.acme.com", "https://pager.acme.com/?key=abc", "pager"],
)
def test_an_address_that_could_hold_a_secret_is_refused(address):
    with pytest.raises(OutsideLimit, match="without password, query or fragment"):
        Subscriber.https(address)


def test_a_protocol_that_is_not_known_is_refused():
    with pytest.raises(OutsideLimit, match="email or https"):
        Subscriber("sms", "+15550100")


@pytest.mark.parametrize("field", ["subscribers", "escalation"])
def test_an_alert_nobody_hears_is_refused(bench, field):
    with pytest.raises(OutsideLimit, match=field):
        bench.alerts(**{field: []})


@pytest.mark.parametrize("runbook", ["http://wiki.acme.com", "wiki", "https://a b", "https://a/" + "x" * 300])
def test_a_runbook_that_is_no_https_address_is_refused(runbook):
    with pytest.raises(OutsideLimit, match="runbook"):
        Response(runbook, ESCALATION)


@pytest.mark.parametrize("text", ["", 'say "help"', "<who>", "two\nlines", "x" * 301])
def test_a_way_up_that_breaks_the_message_is_refused(text):
    with pytest.raises(OutsideLimit, match="escalation"):
        Response(RUNBOOK, text)


def test_watching_no_bucket_is_refused(bench):
    with pytest.raises(OutsideLimit, match="every bucket"):
        bench.tampering(bucket_names=[])


def test_a_pattern_longer_than_eventbridge_accepts_is_refused():
    (touched,) = (event for event in tamper_events(["b" * 63] * 40) if event.name == "bucket-touched")
    with pytest.raises(OutsideLimit, match="2048"):
        checked_pattern(touched, construct="TamperRules")


def test_a_rule_name_longer_than_eventbridge_accepts_is_refused(bench):
    with pytest.raises(OutsideLimit, match="name_prefix"):
        bench.jobs(name_prefix="x" * 60)


def test_what_is_known_after_apply_is_not_checked(bench, token):
    bench.alerts(topic_name=token())

    assert bench.template().all("aws_sns_topic")


def test_urgent_reaches_both_topics(bench):
    alerts = bench.alerts()

    assert set(alerts.arns(Urgency.NOTICE)) < set(alerts.arns(Urgency.URGENT))
    assert (alerts.account, alerts.region) == (ACCOUNT, REGION)
