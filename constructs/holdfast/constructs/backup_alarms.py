"""Alarms for what did not happen, falls behind, runs full or runs out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.alarm import Comparison, Metric, Silence, Window
from holdfast.constructs.alarm_set import AlarmSet
from holdfast.constructs.alert_topic import AlertTopic, Urgency
from holdfast.constructs.watched import (
    ExpectedJobs,
    ExpiringKey,
    JobKind,
    StorageLimit,
    WatchedAge,
    WatchedReplication,
)

_GIB = 2**30
NAMESPACE, DRILLS_OVERDUE, RECOVERY_POINT_AGE = "Holdfast", "DrillsOverdue", "RecoveryPointAge"
"""Metrics no service of AWS publishes: a pipeline does."""


class BackupAlarms(AlarmSet):
    """Alarms on AWS's own metrics; where no data means that nothing ran, no data alarms.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html

    Args:
        name_prefix: beginning of the alarms' names.
        alerts: where alarms go.
        jobs: jobs that must complete regularly. By default none are expected.
        replications: replication rules to watch. By default none.
        storage: buckets with a limit. By default none.
        keys: keys whose imported material expires. By default none.
        ages: datasets of which a pipeline publishes `Holdfast/RecoveryPointAge`, in seconds, at least hourly. By
            default nobody does.
        drills_of: environment for which a pipeline publishes `Holdfast/DrillsOverdue`, the number of overdue drills, at
            least once a day. By default nobody does, and drills do not alarm here.
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
        BackupAlarms(
            stack,
            "Alarms",
            name_prefix="backups",
            alerts=alerts,
            jobs=[ExpectedJobs("critical", every=timedelta(hours=4))],
            replications=[WatchedReplication("acme-vault", "acme-replica")],
            storage=[StorageLimit("acme-vault", gibibytes=10_000)],
        )

    Raises:
        OutsideLimit: a value is outside a limit of CloudWatch.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        alerts: AlertTopic,
        jobs: Sequence[ExpectedJobs] = (),
        replications: Sequence[WatchedReplication] = (),
        storage: Sequence[StorageLimit] = (),
        keys: Sequence[ExpiringKey] = (),
        ages: Sequence[WatchedAge] = (),
        drills_of: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id, name_prefix=name_prefix, alerts=alerts, provider=provider)
        for job in jobs:
            self._never_run(job)
        for replication in replications:
            self._replication(replication)
        for limit in storage:
            self._storage(limit)
        for key in keys:
            self._expiry(key)
        for age in ages:
            self._age(age)
        if drills_of is not None:
            self._drills(drills_of)

    def _never_run(self, jobs: ExpectedJobs) -> None:
        kind = jobs.kind
        what = "recovery point came into" if kind is JobKind.ARRIVAL else f"{kind.value.lower()} job completed in"
        self._nothing_for(
            f"no-{kind.value.lower()}-{jobs.vault_name}",
            f"No {what} vault {jobs.vault_name} for {jobs.every}: recovery points grow old.",
            Metric("AWS/Backup", jobs.metric, {"BackupVaultName": jobs.vault_name}),
            Window.of(jobs.every),
        )

    def _replication(self, rule: WatchedReplication) -> None:
        dimensions = {
            "SourceBucket": rule.source_bucket,
            "DestinationBucket": rule.destination_bucket,
            "RuleId": rule.rule_id,
        }
        five_minutes = timedelta(minutes=5)
        self._alarm(
            f"replication-lag-{rule.rule_id}",
            f"The copies of {rule.source_bucket} ({rule.rule_id}) are more than {rule.lag} behind, or nothing arrives.",
            Metric("AWS/S3", "ReplicationLatency", dimensions, "Maximum"),
            Comparison.ABOVE,
            rule.lag.total_seconds(),
            Window(five_minutes, 3),
        )
        self._alarm(
            f"replication-failed-{rule.rule_id}",
            f"Objects of {rule.source_bucket} ({rule.rule_id}) were not copied to the other Region.",
            Metric("AWS/S3", "OperationsFailedReplication", dimensions),
            Comparison.AT_LEAST,
            1,
            Window(five_minutes),
            silence=Silence.IS_NORMAL,
        )

    def _storage(self, limit: StorageLimit) -> None:
        dimensions = {"BucketName": limit.bucket_name, "StorageType": "StandardStorage"}
        self._alarm(
            f"storage-{limit.bucket_name}",
            f"{limit.bucket_name} holds more than {limit.at:.0%} of its {limit.gibibytes} GiB, or S3 reports no size.",
            Metric("AWS/S3", "BucketSizeBytes", dimensions, "Average"),
            Comparison.ABOVE,
            limit.gibibytes * _GIB * limit.at,
            Window(timedelta(days=1), 2),  # S3 reports once a day, and late on some
        )

    def _expiry(self, key: ExpiringKey) -> None:
        self._alarm(
            f"key-material-{key.key_id}",
            f"Imported material of key {key.key_id} expires in less than {key.ahead.days} days; import it again.",
            Metric("AWS/KMS", "SecondsUntilKeyMaterialExpiration", {"KeyId": key.key_id}, "Minimum"),
            Comparison.BELOW,
            key.ahead.total_seconds(),
            Window(timedelta(hours=1)),
        )

    def _age(self, age: WatchedAge) -> None:
        self._alarm(
            f"recovery-point-age-{age.dataset}",
            f"The newest recovery point of {age.dataset} is older than its objective, {age.limit}, or nobody looked.",
            Metric(NAMESPACE, RECOVERY_POINT_AGE, {"Environment": age.environment, "Dataset": age.dataset}, "Maximum"),
            Comparison.ABOVE,
            age.limit.total_seconds(),
            Window(timedelta(hours=1)),
            urgency=Urgency.URGENT,
        )

    def _drills(self, environment: str) -> None:
        self._alarm(
            "drills-overdue",
            f"A restore drill of {environment} is overdue, or nobody looked for a day.",
            Metric(NAMESPACE, DRILLS_OVERDUE, {"Environment": environment}, "Maximum"),
            Comparison.AT_LEAST,
            1,
            Window(timedelta(days=1)),
        )
