"""What sets of event rules have in common: one `AlertRule` an event, under the event's name."""

from __future__ import annotations

from collections.abc import Iterable

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.alert_rule import AlertRule
from holdfast.constructs.alert_topic import AlertTopic, Urgency
from holdfast.constructs.watched_event import WatchedEvent


class AlertRules(Construct):
    """The base of `BackupJobRules` and `TamperRules`; not meant to be used alone.

    Args:
        name_prefix: beginning of the rules' names.
        events: what to watch for.
        alerts: where alerts go.
        urgency: how far up they go.
        provider: the AWS provider to use.

    Raises:
        OutsideLimit: a rule's name or pattern is longer than EventBridge accepts.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        events: Iterable[WatchedEvent],
        alerts: AlertTopic,
        urgency: Urgency,
        provider: TerraformProvider | None,
    ) -> None:
        super().__init__(scope, id)
        self.events: tuple[WatchedEvent, ...] = tuple(events)
        for event in self.events:
            AlertRule(
                self,
                event.name,
                name_prefix=name_prefix,
                event=event,
                alerts=alerts,
                urgency=urgency,
                provider=provider,
            )
