"""An EventBridge rule that alerts."""

from __future__ import annotations

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.alert_topic import AlertTopic, Urgency
from holdfast.constructs.limits import matches, require
from holdfast.constructs.watched_event import WatchedEvent

_QUOTAS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
_PATTERN = 2_048
_COMMON = {"account": "$.account", "region": "$.region", "time": "$.time", "event": "$.id"}


class AlertRule(Construct):
    """Sends an alert for each event that matches: what happened, where and when, the runbook, the way up.

    Args:
        name_prefix: beginning of the rule's name; the event's own name ends it.
        event: what to match, and what to say of it.
        alerts: where the alert goes.
        urgency: how far up it goes.
        provider: the AWS provider to use. By default the stack's only one.

    Raises:
        OutsideLimit: the rule's name or its pattern is outside a limit of EventBridge.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        event: WatchedEvent,
        alerts: AlertTopic,
        urgency: Urgency,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        rule = aws.CloudwatchEventRule(
            self,
            "Resource",
            name=rule_name(name_prefix, event, construct="AlertRule"),
            description=event.what.partition(":")[0],
            event_pattern=checked_pattern(event, construct="AlertRule"),
            state="ENABLED",
            provider=provider,
        )
        for number, topic in enumerate(alerts.arns(urgency), start=1):
            aws.CloudwatchEventTarget(
                self,
                f"Target{number}",
                rule=rule.name,
                target_id=f"topic-{number}",
                arn=topic,
                input_transformer=aws.CloudwatchEventTargetInputTransformer(
                    input_paths={**_COMMON, **event.facts},
                    input_template=_template(event, alerts),
                ),
                provider=provider,
            )


def rule_name(prefix: str, event: WatchedEvent, *, construct: str) -> str:
    """The name of a rule, if EventBridge accepts it."""
    name = f"{prefix}-{event.name}"
    matches(
        name,
        r"[.\-_A-Za-z0-9]{1,64}",
        construct=construct,
        field="name_prefix",
        allowed="with the event's name 1 to 64 letters, digits and . - _",
        reference="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    )
    return name


def checked_pattern(event: WatchedEvent, *, construct: str) -> str:
    """The pattern of an event, if EventBridge accepts one so long."""
    text = event.text()
    require(
        len(text) <= _PATTERN,
        construct=construct,
        field=f"pattern of {event.name}",
        value=f"{len(text)} characters",
        allowed=f"up to {_PATTERN}; watch fewer buckets in one rule",
        reference=_QUOTAS,
    )
    return text


def _template(event: WatchedEvent, alerts: AlertTopic) -> str:
    lines = (
        event.what,
        "Account <account>, <region>, at <time>; event <event>.",
        f"Runbook: {alerts.response.runbook}",
        f"Escalation: {alerts.response.escalation}",
    )
    return "\n".join(f'"{line}"' for line in lines)
