"""The number of overdue drills as a metric, for the alarm that the watch stack declares."""

from __future__ import annotations

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.drills.due.standing import Due
from holdfast.environments.metrics import DRILLS_OVERDUE, ENVIRONMENT, NAMESPACE

ACTIONS = ("cloudwatch:PutMetricData",)
"""What the drill runner needs besides, for metrics of this namespace."""


def publish(due: Due, sessions: Sessions) -> None:
    """Put the number into CloudWatch, as the drill runner, in the primary Region. Zero counts too: silence alarms.

    Raises:
        ServiceError: CloudWatch refuses or does not answer.
    """
    region = sessions.environment.regions.primary
    with translated("publish the metric DrillsOverdue"):
        sessions.client("cloudwatch", region, role=ROLE).put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[
                {
                    "MetricName": DRILLS_OVERDUE,
                    "Dimensions": [{"Name": ENVIRONMENT, "Value": due.environment}],
                    "Timestamp": sessions.clock.now(),
                    "Value": float(len(due.overdue)),
                    "Unit": "Count",
                }
            ],
        )
