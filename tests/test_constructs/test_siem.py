"""A SIEM gets everything worth watching, and no file of ours its key."""

from __future__ import annotations

import json

import pytest
from construct_bench import ACCOUNT
from watch_bench import REGION, SECRET, WatchBench

from holdfast.constructs.errors import OutsideLimit
from holdfast.constructs.tamper_rules import tamper_events
from holdfast.constructs.watched_event import CALL


@pytest.fixture
def bench():
    return WatchBench()


@pytest.fixture
def template(bench):
    bench.siem()
    return bench.template()


@pytest.fixture
def patterns(template):
    return [json.loads(rule["event_pattern"]) for rule in template.all("aws_cloudwatch_event_rule").values()]


def test_the_key_is_looked_up_by_cloudformation_when_the_connection_is_made(template):
    body = json.loads(template.only("aws_cloudformation_stack")["template_body"])
    parameters = body["Resources"]["Connection"]["Properties"]["AuthParameters"]["ApiKeyAuthParameters"]
    assert parameters == {
        "ApiKeyName": "Authorization",
        "ApiKeyValue": "{{resolve:secretsmanager:" + SECRET + ":SecretString:authorization}}",
    }


def test_no_resource_or_lookup_that_would_put_the_key_into_the_state_is_declared(template):
    assert "data" not in template.document
    assert not template.all("aws_cloudwatch_event_connection")
    assert not template.all("aws_secretsmanager_secret_version")


def test_all_access_to_the_buckets_is_sent(patterns):
    access = {"eventSource": ["s3.amazonaws.com"], "requestParameters": {"bucketName": ["acme-vault", "acme-evidence"]}}
    assert {"source": ["aws.s3"], "detail-type": [CALL], "detail": access} in patterns


def test_all_of_aws_backup_is_sent(patterns):
    assert {"source": ["aws.backup"]} in patterns


def test_all_tampering_is_sent(patterns):
    sources = {source for event in tamper_events(["acme-vault"]) for source in event.pattern["source"]}
    assert {source for pattern in patterns for source in pattern["source"]} == sources | {"aws.backup", "aws.s3"}


def test_events_are_sent_as_they_are_and_tried_for_a_day(template):
    for target in template.all("aws_cloudwatch_event_target").values():
        assert "input_transformer" not in target
        assert target["retry_policy"]["maximum_event_age_in_seconds"] == 86_400
        assert target["dead_letter_config"]["arn"].startswith("${aws_sqs_queue.")


def test_what_cannot_be_sent_is_kept_encrypted_and_alarms(template):
    queue = template.only("aws_sqs_queue")
    assert queue["sqs_managed_sse_enabled"] is True
    assert queue["message_retention_seconds"] == 14 * 86_400
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert alarm["dimensions"] == {"QueueName": queue["name"]}


def test_only_our_rules_send_and_only_to_this_destination(template):
    rules = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/watch-siem-*"
    trust = json.loads(template.only("aws_iam_role")["assume_role_policy"])["Statement"][0]
    assert trust["Condition"] == {"ArnLike": {"aws:SourceArn": rules}}
    allowed = template.policy("aws_iam_role_policy").statement("SendToTheSiem")
    assert allowed["Resource"] == [f"arn:aws:events:{REGION}:{ACCOUNT}:api-destination/watch-siem/*"]
    assert template.policy("aws_sqs_queue_policy").statement("KeepUndelivered")["Condition"]["ArnLike"] == {
        "aws:SourceArn": rules
    }


def test_a_new_value_of_the_secret_is_taken_up_by_raising_its_version(template):
    before = template.only("aws_cloudformation_stack")["template_body"]
    other = WatchBench()
    other.siem(secret_version=2)
    assert other.template().only("aws_cloudformation_stack")["template_body"] != before


@pytest.mark.parametrize(
    "endpoint", ["http://siem.acme.com", "https://key@siem.acme.com", "https://siem.acme.com/?token=abc", "siem"]
)
def test_an_endpoint_that_could_hold_a_secret_is_refused(bench, endpoint):
    with pytest.raises(OutsideLimit, match="where a key could be"):
        bench.siem(endpoint=endpoint)


@pytest.mark.parametrize("secret", ["hunter2", "Bearer abc", "arn:aws:ssm:us-east-1:111122223333:parameter/siem"])
def test_a_secret_instead_of_its_arn_is_refused(bench, secret):
    with pytest.raises(OutsideLimit, match="never the secret itself"):
        bench.siem(secret_arn=secret)


@pytest.mark.parametrize(
    ("props", "field"),
    [
        ({"per_second": 0}, "per_second"),
        ({"per_second": 301}, "per_second"),
        ({"header": "two words"}, "header"),
        ({"secret_field": "a:b"}, "secret_field"),
        ({"name_prefix": "x" * 39}, "name_prefix"),
        ({"bucket_names": []}, "bucket_names"),
    ],
)
def test_what_eventbridge_refuses_is_refused(bench, props, field):
    with pytest.raises(OutsideLimit, match=field):
        bench.siem(**props)
