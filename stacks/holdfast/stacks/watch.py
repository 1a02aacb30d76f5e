"""What watches an environment in its primary Region: applied last, and only where somebody is named to be told."""

from __future__ import annotations

from datetime import timedelta

from constructs import Construct

from holdfast.constructs.access_alarms import AccessAlarms
from holdfast.constructs.alert_topic import AlertTopic
from holdfast.constructs.audit_trail import AuditTrail
from holdfast.constructs.backup_alarms import BackupAlarms
from holdfast.constructs.backup_job_rules import BackupJobRules
from holdfast.constructs.principals import Principals
from holdfast.constructs.recovery_dashboard import RecoveryDashboard
from holdfast.constructs.siem_delivery import SiemDelivery
from holdfast.constructs.tamper_rules import TamperRules
from holdfast.constructs.watched import ExpectedJobs, ExpectedSets, StorageLimit, WatchedAge, WatchedReplication
from holdfast.environments.datasets import DatasetKind
from holdfast.environments.model import Environment, Siem, Watch
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.served import served_by_aws_backup
from holdfast.stacks.watching import alert_topics, audit_trail, watch_key

_PUSHED = frozenset({DatasetKind.CONFIGURATION, DatasetKind.FILES, DatasetKind.S3})
"""Kinds that are kept as backup sets."""
_HOUR, _WEEK = timedelta(hours=1), timedelta(days=7)


class WatchStack(EnvironmentStack):
    """`<env>-watch`: trail, event rules, alarms, dashboard, topics, and the delivery to a SIEM.

    It watches the workload account in the primary Region; `<env>-recovery-watch` watches the other side.
    """

    def __init__(self, scope: Construct, environment: Environment, watch: Watch) -> None:
        super().__init__(
            scope,
            "watch",
            environment,
            region=environment.regions.primary,
            account=environment.accounts.workload,
        )
        prefix, names, auditor = self.names.prefix, self.names, self.people.auditor
        key = watch_key(self, auditors=auditor)
        alerts = alert_topics(self, watch, key, prefix=prefix)
        trail = audit_trail(
            self,
            watch,
            key,
            name=prefix,
            bucket_name=names.trail_bucket,
            objects_of=(names.vault_bucket, names.evidence_bucket),
            auditors=auditor,
        )
        BackupJobRules(self, "Jobs", name_prefix=prefix, alerts=alerts)
        TamperRules(self, "Tampering", name_prefix=prefix, bucket_names=self._bucket_names(), alerts=alerts)
        alarms = (*self._alarms(watch, alerts).alarms, *self._access(watch, alerts, trail).alarms)
        if watch.siem is not None:
            alarms = (*alarms, self._siem(watch.siem, alerts).alarm)
        RecoveryDashboard(
            self,
            "Dashboard",
            dashboard_name=prefix,
            title=f"Recovery of {environment.environment}",
            alerts=alerts,
            alarms=alarms,
        )

    def _alarms(self, watch: Watch, alerts: AlertTopic) -> BackupAlarms:
        environment, names = self.environment, self.names
        served = served_by_aws_backup(environment)
        streams = any(each.kind is DatasetKind.POSTGRES for each in environment.datasets)
        limit = watch.storage_limit_gib
        return BackupAlarms(
            self,
            "Alarms",
            name_prefix=names.prefix,
            alerts=alerts,
            jobs=[ExpectedJobs(names.backup_vault, every=watch.jobs_every)] if served else [],
            replications=[WatchedReplication(names.vault_bucket, names.replica_bucket)] if streams else [],
            storage=[StorageLimit(names.vault_bucket, gibibytes=limit)] if limit is not None else [],
            ages=watched_ages(environment) if watch.ages_reported else [],
            drills_of=environment.environment if watch.drills_reported else None,
        )

    def _access(self, watch: Watch, alerts: AlertTopic, trail: AuditTrail) -> AccessAlarms:
        people = self.people
        return AccessAlarms(
            self,
            "Access",
            name_prefix=self.names.prefix,
            alerts=alerts,
            trail=trail,
            readers=people.drill_runner | people.writer | people.replication | Principals.of(*watch.readers),
            refused_deletes=watch.refused_deletes,
            bulk_gibibytes=watch.bulk_download_gib,
            sets=expected_sets(self.environment),
        )

    def _siem(self, siem: Siem, alerts: AlertTopic) -> SiemDelivery:
        return SiemDelivery(
            self,
            "Siem",
            name_prefix=self.names.prefix,
            account=self.account,
            region=self.region,
            endpoint=siem.endpoint,
            header=siem.header,
            secret_arn=siem.secret_arn,
            secret_field=siem.secret_field,
            secret_version=siem.secret_version,
            bucket_names=self._bucket_names(),
            alerts=alerts,
        )

    def _bucket_names(self) -> list[str]:
        names = self.names
        return [names.vault_bucket, names.evidence_bucket, names.vault_log_bucket, names.trail_bucket]


def expected_sets(environment: Environment) -> list[ExpectedSets]:
    """Datasets kept as backup sets, each with the shortest recovery point objective of its tier.

    An objective longer than 7 days is watched as 7 days, the most an alarm looks back. A dataset with no objective, or
    one under an hour, is left to the proofs: sets are too coarse for it.
    """
    found = []
    for dataset in environment.datasets:
        objectives = [rpo for rpo in environment.tier_of(dataset).rpo.values() if rpo >= _HOUR]
        if dataset.kind in _PUSHED and objectives:
            found.append(ExpectedSets(dataset.name, every=min(*objectives, _WEEK) // _HOUR * _HOUR))
    return found


def watched_ages(environment: Environment) -> list[WatchedAge]:
    """Every dataset with an objective, with its shortest: what a pipeline that looks at recovery points reports on."""
    name = environment.environment
    return [
        WatchedAge(name, dataset.name, min(environment.tier_of(dataset).rpo.values()))
        for dataset in environment.datasets
        if environment.tier_of(dataset).rpo
    ]
