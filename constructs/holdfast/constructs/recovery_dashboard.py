"""One page for whoever is on call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.alarm import Alarm
from holdfast.constructs.alert_topic import AlertTopic
from holdfast.constructs.limits import matches, require

_LIMITS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html"
_ALARMS = 100
_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3
_TOP = 8


class RecoveryDashboard(Construct):
    """Runbook and way up on top, then all alarms at a glance, then the metric of each.

    Args:
        dashboard_name: its name; 1 to 255 letters, digits, - and _.
        title: the heading.
        alerts: whose runbook and Region it shows.
        alarms: what it shows, 1 to 100.
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
        watch = BackupAlarms(
            stack,
            "Alarms",
            name_prefix="backups",
            alerts=alerts,
            jobs=[ExpectedJobs("critical", every=timedelta(hours=4))],
        )
        RecoveryDashboard(
            stack, "Dashboard", dashboard_name="backups", title="Backups", alerts=alerts, alarms=watch.alarms
        )

    Raises:
        OutsideLimit: the name, or the number of alarms, is outside a limit of CloudWatch.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dashboard_name: str,
        title: str,
        alerts: AlertTopic,
        alarms: Sequence[Alarm],
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            dashboard_name,
            r"[A-Za-z0-9_-]{1,255}",
            construct="RecoveryDashboard",
            field="dashboard_name",
            allowed="1 to 255 letters, digits, - and _",
            reference=_LIMITS,
        )
        require(
            1 <= len(alarms) <= _ALARMS,
            construct="RecoveryDashboard",
            field="alarms",
            value=f"{len(alarms)} alarms",
            allowed=f"1 to {_ALARMS}",
            reference=_LIMITS,
        )
        prefix = f"arn:aws:cloudwatch:{alerts.region}:{alerts.account}:alarm:"
        arns = [f"{prefix}{alarm.alarm_name}" for alarm in alarms]
        response = alerts.response
        text = f"# {title}\n\n[Runbook]({response.runbook})\n\n{response.escalation}"
        widgets = [
            _widget("text", 0, 0, 24, 3, {"markdown": text}),
            _widget("alarm", 0, 3, 24, _TOP - 3, {"title": "Alarms", "alarms": arns}),
            *(_graph(number, alarm, arns[number], alerts.region) for number, alarm in enumerate(alarms)),
        ]
        aws.CloudwatchDashboard(
            self,
            "Resource",
            dashboard_name=dashboard_name,
            dashboard_body=json.dumps({"widgets": widgets}, separators=(",", ":")),
            provider=provider,
        )


def _graph(number: int, alarm: Alarm, arn: str, region: str) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    properties = {"title": alarm.alarm_name, "region": region, "annotations": {"alarms": [arn]}, "view": "timeSeries"}
    return _widget("metric", column * _WIDTH, _TOP + row * _HEIGHT, _WIDTH, _HEIGHT, properties)


def _widget(kind: str, x: int, y: int, width: int, height: int, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}
