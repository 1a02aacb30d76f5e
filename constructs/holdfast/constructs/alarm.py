"""A CloudWatch alarm that says what to do, and takes silence for failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.alert_topic import AlertTopic, Urgency
from holdfast.constructs.limits import known, matches, require

_PUT = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Silence(StrEnum):
    """What it means when a metric has no data."""

    IS_FAILURE = "breaching"
    """Something that should have happened did not. The default."""

    IS_NORMAL = "notBreaching"
    """The metric counts what went wrong and is published only then. Another alarm has to notice if nothing runs."""


class Comparison(StrEnum):
    """When a value alarms."""

    BELOW = "LessThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    ABOVE = "GreaterThanThreshold"


@dataclass(frozen=True)
class Metric:
    """What CloudWatch measures.

    Args:
        namespace: who publishes it, such as `AWS/S3`.
        name: its name.
        dimensions: which one of that name; an alarm sees only the very combination that is published.
        statistic: what to make of the values of a period. By default their sum.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Sum"


@dataclass(frozen=True)
class Window:
    """How long a metric is looked at: so many periods, all of which must breach.

    Args:
        period: length of one; 10, 20, 30 or whole 60 seconds.
        periods: how many.

    Raises:
        OutsideLimit: together over a day, or over a week where a period is an hour or longer.
    """

    period: timedelta
    periods: int = 1

    def __post_init__(self) -> None:
        most = _WEEK if self.period >= _HOUR else _DAY
        fits = self.period >= _MINUTE and self.period % _MINUTE == timedelta(0) and self.periods >= 1
        require(
            fits and self.period * self.periods <= most,
            construct="Window",
            field="period",
            value=f"{self.periods} x {self.period}",
            allowed="periods of whole minutes, together up to a day, or up to 7 days in periods of an hour or more",
            reference=_PUT,
        )

    @classmethod
    def of(cls, length: timedelta) -> Window:
        """A window of so many hours, or of 5 minutes where the length is no whole number of hours."""
        step = _HOUR if length % _HOUR == timedelta(0) else 5 * _MINUTE
        require(
            length >= step and length % step == timedelta(0),
            construct="Window",
            field="length",
            value=str(length),
            allowed="whole hours up to 7 days, or 5 minutes times a number up to a day",
            reference=_PUT,
        )
        return cls(step, length // step)


class Alarm(Construct):
    """An alarm whose description ends with the runbook and the way up. It says when it is over, too.

    Args:
        alarm_name: its name, unique in account and Region; up to 255 characters.
        what: what it means, as a sentence.
        metric: what it looks at.
        comparison: when a value alarms.
        threshold: the value to compare with.
        window: how long the metric is looked at.
        alerts: where it goes.
        urgency: how far up. By default to whoever is on call.
        silence: what no data means. By default failure.
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
        Alarm(
            stack,
            "Exports",
            alarm_name="exports-stopped",
            what="No export was written for six hours.",
            metric=Metric("Acme", "ExportsWritten"),
            comparison=Comparison.BELOW,
            threshold=1,
            window=Window.of(timedelta(hours=6)),
            alerts=alerts,
        )

    Raises:
        OutsideLimit: a value is outside a limit of CloudWatch.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alarm_name: str,
        what: str,
        metric: Metric,
        comparison: Comparison,
        threshold: float,
        window: Window,
        alerts: AlertTopic,
        urgency: Urgency = Urgency.NOTICE,
        silence: Silence = Silence.IS_FAILURE,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            alarm_name,
            r"[\x20-\x7e]{1,255}",
            construct="Alarm",
            field="alarm_name",
            allowed="1 to 255 printable characters",
            reference=_PUT,
        )
        description = alerts.response.after(what)
        require(
            not known(description) or len(description) <= 1024,
            construct="Alarm",
            field="what",
            value=f"{len(description)} characters with the runbook",
            allowed="up to 1024",
            reference=_PUT,
        )
        self.alarm_name = alarm_name
        self.what = what
        topics = list(alerts.arns(urgency))
        aws.CloudwatchMetricAlarm(
            self,
            "Resource",
            alarm_name=alarm_name,
            alarm_description=description,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dict(metric.dimensions) or None,
            statistic=metric.statistic,
            comparison_operator=comparison.value,
            threshold=threshold,
            period=int(window.period.total_seconds()),
            evaluation_periods=window.periods,
            datapoints_to_alarm=window.periods,
            treat_missing_data=silence.value,
            actions_enabled=True,
            alarm_actions=topics,
            ok_actions=topics,
            provider=provider,
        )
