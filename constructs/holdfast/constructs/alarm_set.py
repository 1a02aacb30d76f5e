"""What sets of alarms have in common: a prefix of their names, where they go, and a list of them for a dashboard."""

from __future__ import annotations

from typing import ClassVar

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.alarm import Alarm, Comparison, Metric, Silence, Window
from holdfast.constructs.alert_topic import AlertTopic, Urgency


class AlarmSet(Construct):
    """The base of `BackupAlarms` and `AccessAlarms`; not meant to be used alone.

    Args:
        name_prefix: beginning of the alarms' names.
        alerts: where alarms go.
        provider: the AWS provider to use.
    """

    silence: ClassVar[Silence] = Silence.IS_FAILURE
    """What no data means where an alarm of the set does not say."""

    def __init__(
        self, scope: Construct, id: str, *, name_prefix: str, alerts: AlertTopic, provider: TerraformProvider | None
    ) -> None:
        super().__init__(scope, id)
        self.alarms: tuple[Alarm, ...] = ()
        self._prefix, self._alerts, self._provider = name_prefix, alerts, provider

    def _nothing_for(self, name: str, what: str, metric: Metric, window: Window) -> None:
        """An urgent alarm for something that should have happened at least once in the window."""
        urgency, silence = Urgency.URGENT, Silence.IS_FAILURE
        self._alarm(name, what, metric, Comparison.BELOW, 1, window, urgency=urgency, silence=silence)

    def _alarm(
        self,
        name: str,
        what: str,
        metric: Metric,
        comparison: Comparison,
        threshold: float,
        window: Window,
        *,
        urgency: Urgency = Urgency.NOTICE,
        silence: Silence | None = None,
    ) -> None:
        alarm = Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            what=what,
            metric=metric,
            comparison=comparison,
            threshold=threshold,
            window=window,
            alerts=self._alerts,
            urgency=urgency,
            silence=silence or self.silence,
            provider=self._provider,
        )
        self.alarms = (*self.alarms, alarm)
