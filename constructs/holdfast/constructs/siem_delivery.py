"""Everything worth watching, sent to a SIEM."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.account import check_account
from holdfast.constructs.alarm import Alarm, Comparison, Metric, Silence, Window
from holdfast.constructs.alert_rule import checked_pattern, rule_name
from holdfast.constructs.alert_topic import AlertTopic
from holdfast.constructs.limits import matches, require
from holdfast.constructs.policies import role, siem
from holdfast.constructs.policies.document import QUEUE_POLICY
from holdfast.constructs.restricted_role import RestrictedRole
from holdfast.constructs.tamper_rules import tamper_events
from holdfast.constructs.watched_event import CALL, WatchedEvent

_DESTINATION = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html"
_DYNAMIC_REFERENCE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html"
)
_STACK = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"
_TRY_FOR = timedelta(days=1)
_KEEP_FOR = timedelta(days=14)


def siem_events(bucket_names: Sequence[str]) -> tuple[WatchedEvent, ...]:
    """What a SIEM is sent: all events of AWS Backup, all access to the buckets, and tampering."""
    access = {"eventSource": ["s3.amazonaws.com"], "requestParameters": {"bucketName": list(bucket_names)}}
    return (
        WatchedEvent("siem-backup", {"source": ["aws.backup"]}, "Jobs, vaults and plans of AWS Backup", {}),
        WatchedEvent("siem-access", {"source": ["aws.s3"], "detail-type": [CALL], "detail": access}, "Access", {}),
        *(
            WatchedEvent(f"siem-{event.name}", event.pattern, event.what, {})
            for event in tamper_events(bucket_names)
            if event.name not in ("bucket-touched", "vault-touched")  # the two above have them already
        ),
    )


class SiemDelivery(Construct):
    """Sends events, as they are, to the https endpoint of a SIEM; keeps what cannot be sent, and alarms about it.

    The key the SIEM asks for stays in Secrets Manager: no configuration, plan or state of Terraform holds it. The
    connection is declared through CloudFormation, which puts the secret in when it makes the connection
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-apidestination.html). So a new
    value in Secrets Manager takes effect when the stack is updated: raise `secret_version`.

    EventBridge tries each event again for a day. What is still undelivered waits in a queue for 14 days.

    Args:
        name_prefix: beginning of all names: a letter, then up to 37 letters, digits and -.
        account: the account it is in.
        region: its Region.
        endpoint: https address of the SIEM's collector, without password, query or fragment.
        header: the header the key is sent in, such as `Authorization`.
        secret_arn: ARN of the secret in Secrets Manager.
        secret_field: the field of the secret, a JSON object, that holds the header's value.
        bucket_names: the buckets whose access is sent.
        alerts: who hears when events cannot be delivered.
        secret_version: raise it to have a new value of the secret used. By default 1.
        per_second: how many events are sent a second at most, 1 to 300. By default 300.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        key = WatchKey(
            stack,
            "WatchKey",
            alias="alias/watch",
            account="111122223333",
            region="us-east-1",
            administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
        )
        alerts = AlertTopic(
            stack,
            "Alerts",
            topic_name="backup-alerts",
            account="111122223333",
            region="us-east-1",
            key=key,
            response=Response("https://wiki.acme.com/backups", "After 30 minutes call the head of platform."),
            subscribers=[Subscriber.email("on-call@acme.com")],
            escalation=[Subscriber.email("head-of-platform@acme.com")],
        )
        SiemDelivery(
            stack,
            "Siem",
            name_prefix="backups",
            account="111122223333",
            region="us-east-1",
            endpoint="https://siem.acme.com/services/collector/raw",
            header="Authorization",
            secret_arn="arn:aws:secretsmanager:us-east-1:111122223333:secret:siem-Ab12Cd",
            secret_field="authorization",
            bucket_names=["acme-backups"],
            alerts=alerts,
        )

    Raises:
        OutsideLimit: a value is outside a limit of EventBridge, or the endpoint could hold a secret.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        account: str,
        region: str,
        endpoint: str,
        header: str,
        secret_arn: str,
        secret_field: str,
        bucket_names: Sequence[str],
        alerts: AlertTopic,
        secret_version: int = 1,
        per_second: int = 300,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_account(account, construct="SiemDelivery")
        _check(name_prefix, endpoint, header, secret_arn, secret_field, bucket_names, per_second)
        self._account, self._region, self._prefix, self._provider = account, region, name_prefix, provider
        destination = f"{name_prefix}-siem"
        connection = aws.CloudformationStack(
            self,
            "Connection",
            name=destination,
            template_body=json.dumps(_template(destination, header, secret_arn, secret_field, secret_version)),
            on_failure="DELETE",
            provider=provider,
        )
        target = aws.CloudwatchEventApiDestination(
            self,
            "Resource",
            name=destination,
            description="The collector of the SIEM",
            connection_arn=f'${{{connection.fqn}.outputs["Connection"]}}',
            http_method="POST",
            invocation_endpoint=endpoint,
            invocation_rate_limit_per_second=per_second,
            provider=provider,
        )
        sender = RestrictedRole(
            self,
            "Role",
            role_name=destination,
            description="EventBridge sends events to the SIEM with it",
            trust=siem.trust_rules(account, region, self._rules),
            statements=[siem.send_to(destination, account, region), role.never_climb()],
            provider=provider,
        )
        queue = self._undelivered(alerts)
        self.events = siem_events(bucket_names)
        for event in self.events:
            self._send(event, str(target.arn), sender.role_arn, queue)

    @property
    def _rules(self) -> str:
        return f"{self._prefix}-siem-*"

    def _undelivered(self, alerts: AlertTopic) -> str:
        name = f"{self._prefix}-siem-undelivered"
        arn = f"arn:aws:sqs:{self._region}:{self._account}:{name}"
        queue = aws.SqsQueue(
            self,
            "Undelivered",
            name=name,
            message_retention_seconds=int(_KEEP_FOR.total_seconds()),
            sqs_managed_sse_enabled=True,
            provider=self._provider,
        )
        keep = siem.keep_undelivered(arn, self._account, self._region, self._rules)
        aws.SqsQueuePolicy(
            self,
            "UndeliveredPolicy",
            queue_url=queue.url,
            policy=QUEUE_POLICY.render([keep], construct="SiemDelivery"),
            provider=self._provider,
        )
        self.alarm = Alarm(
            self,
            "siem-undelivered",
            alarm_name=name,
            what="Events could not be delivered to the SIEM for a day; they wait in a queue for 14 days.",
            metric=Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": name}, "Maximum"),
            comparison=Comparison.AT_LEAST,
            threshold=1,
            window=Window(timedelta(minutes=5)),
            alerts=alerts,
            silence=Silence.IS_NORMAL,
            provider=self._provider,
        )
        return str(queue.arn)

    def _send(self, event: WatchedEvent, destination: str, role_arn: str, queue: str) -> None:
        rule = aws.CloudwatchEventRule(
            self,
            event.name,
            name=rule_name(self._prefix, event, construct="SiemDelivery"),
            description="Sent to the SIEM",
            event_pattern=checked_pattern(event, construct="SiemDelivery"),
            state="ENABLED",
            provider=self._provider,
        )
        aws.CloudwatchEventTarget(
            self,
            f"{event.name}-target",
            rule=rule.name,
            target_id="siem",
            arn=destination,
            role_arn=role_arn,
            retry_policy=aws.CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=int(_TRY_FOR.total_seconds()), maximum_retry_attempts=185
            ),
            dead_letter_config={"arn": queue},
            provider=self._provider,
        )


def _template(name: str, header: str, secret_arn: str, field: str, version: int) -> dict[str, Any]:
    value = f"{{{{resolve:secretsmanager:{secret_arn}:SecretString:{field}}}}}"
    connection = {
        "Type": "AWS::Events::Connection",
        "Properties": {
            "Name": name,
            "Description": f"The SIEM; secret version {version}",
            "AuthorizationType": "API_KEY",
            "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": header, "ApiKeyValue": value}},
        },
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {"Connection": connection},
        "Outputs": {"Connection": {"Value": {"Fn::GetAtt": ["Connection", "Arn"]}}},
    }


def _check(
    name_prefix: str,
    endpoint: str,
    header: str,
    secret_arn: str,
    secret_field: str,
    bucket_names: Sequence[str],
    per_second: int,
) -> None:
    for field, value, pattern, allowed, reference in (
        (
            "name_prefix",
            name_prefix,
            r"[A-Za-z][A-Za-z0-9-]{0,37}",
            "a letter, then up to 37 letters, digits and -",
            _STACK,
        ),
        (
            "endpoint",
            endpoint,
            r"https://[^\s@?#]{1,2040}",
            "an https:// address without password, query or fragment, where a key could be",
            _DESTINATION,
        ),
        ("header", header, r"[A-Za-z0-9-]{1,512}", "the name of a header", _DESTINATION),
        (
            "secret_arn",
            secret_arn,
            r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+",
            "the ARN of a secret in Secrets Manager, never the secret itself",
            _DYNAMIC_REFERENCE,
        ),
        ("secret_field", secret_field, r"[\w.-]{1,128}", "the name of a field of the secret", _DYNAMIC_REFERENCE),
    ):
        matches(value, pattern, construct="SiemDelivery", field=field, allowed=allowed, reference=reference)
    require(
        1 <= per_second <= 300,
        construct="SiemDelivery",
        field="per_second",
        value=per_second,
        allowed="1 to 300",
        reference=_DESTINATION,
    )
    require(
        bool(bucket_names),
        construct="SiemDelivery",
        field="bucket_names",
        value="none",
        allowed="at least one bucket",
        reference=_DESTINATION,
    )
