"""How old the newest recovery point of each dataset is that has an objective, for the alarm on `RecoveryPointAge`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.clock import Clock
from holdfast.drills.due.newest import Looking, newest_moments
from holdfast.environments.metrics import DATASET, ENVIRONMENT, NAMESPACE, RECOVERY_POINT_AGE
from holdfast.environments.model import Dataset, Environment
from holdfast.errors import HoldfastError, Interrupted

ACTIONS = (
    "backup:ListRecoveryPointsByBackupVault",
    "backup:ListTags",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:ListTables",
    "dynamodb:ListTagsOfResource",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
)
"""What the drill restorer needs; backup sets and archives are read, and the figures published, by the drill runner."""
_LOOKED_BACK = 2
"""Recovery points older than this many times the objective are not listed: the alarm is on by then."""
_AT_LEAST = timedelta(days=2)
_MOST_AT_ONCE = 1000
"""Metrics one call takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""


@dataclass(frozen=True)
class PointAge:
    """The age of one dataset's newest recovery point.

    Args:
        limit: the shortest recovery point objective of its tier.
        newest: the newest moment all of it can be restored to; None where that is not known.
        age: how long ago that was, by S3's clock.
        because: why it is not known.
    """

    dataset: str
    limit: timedelta
    newest: datetime | None = None
    age: timedelta | None = None
    because: str = ""

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "dataset": self.dataset,
            "limit_seconds": self.limit.total_seconds(),
            "newest": self.newest.isoformat() if self.newest else None,
            "age_seconds": None if self.age is None else round(self.age.total_seconds(), 3),
            "because": self.because or None,
        }


def ages(environment: Environment, sessions: Sessions, clock: Clock) -> tuple[PointAge, ...]:
    """Look at the recovery points of every dataset whose tier has a recovery point objective.

    What cannot be found out of one dataset does not keep the others from being told.

    Raises:
        ServiceError: nobody tells the time.
    """
    watched = [each for each in environment.datasets if environment.tier_of(each).rpo]
    if not watched:
        return ()
    now = sessions.server_clock(environment.regions.primary, role=ROLE).time
    return tuple(_age(environment, sessions, clock, dataset, now) for dataset in watched)


def publish_ages(found: Iterable[PointAge], sessions: Sessions) -> None:
    """Put the ages that are known into CloudWatch, as the drill runner, in the primary Region. Of the rest the alarm
    hears nothing, which it takes for a failure.

    Raises:
        ServiceError: CloudWatch refuses or does not answer.
    """
    environment = sessions.environment
    data = [
        {
            "MetricName": RECOVERY_POINT_AGE,
            "Dimensions": [
                {"Name": ENVIRONMENT, "Value": environment.environment},
                {"Name": DATASET, "Value": each.dataset},
            ],
            "Timestamp": sessions.clock.now(),
            "Value": each.age.total_seconds(),
            "Unit": "Seconds",
        }
        for each in found
        if each.age is not None
    ]
    cloudwatch = sessions.client("cloudwatch", environment.regions.primary, role=ROLE)
    with translated(f"publish the metric {RECOVERY_POINT_AGE}"):
        for first in range(0, len(data), _MOST_AT_ONCE):
            cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[first : first + _MOST_AT_ONCE])


def _age(environment: Environment, sessions: Sessions, clock: Clock, dataset: Dataset, now: datetime) -> PointAge:
    limit = min(environment.tier_of(dataset).rpo.values())
    back = max(_AT_LEAST, _LOOKED_BACK * limit)
    try:
        found = newest_moments(Looking(environment, sessions, clock, now - back), dataset)
    except Interrupted:
        raise
    except HoldfastError as error:
        return PointAge(dataset.name, limit, because=error.message)
    without = sorted(resource for resource, moment in found.items() if moment is None)
    if without:
        return PointAge(dataset.name, limit, because=f"nothing can be restored of {', '.join(without[:3])}")
    newest = min((each for each in found.values() if each is not None), default=None)
    if newest is None:
        return PointAge(dataset.name, limit, because="no recovery point of it was found")
    return PointAge(dataset.name, limit, newest, max(timedelta(), now - newest))
