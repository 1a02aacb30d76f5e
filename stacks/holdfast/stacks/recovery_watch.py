"""What watches the copies, in the recovery Region and the backup account: the other side may be gone or taken over."""

from __future__ import annotations

from constructs import Construct

from holdfast.constructs.access_alarms import AccessAlarms
from holdfast.constructs.alert_topic import AlertTopic
from holdfast.constructs.audit_trail import AuditTrail
from holdfast.constructs.backup_alarms import BackupAlarms
from holdfast.constructs.backup_job_rules import BackupJobRules
from holdfast.constructs.principals import Principals
from holdfast.constructs.recovery_dashboard import RecoveryDashboard
from holdfast.constructs.tamper_rules import TamperRules
from holdfast.constructs.watched import ExpectedJobs, JobKind, StorageLimit
from holdfast.environments.model import Environment, Watch
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.served import copied_by_aws_backup
from holdfast.stacks.watch import expected_sets
from holdfast.stacks.watching import alert_topics, audit_trail, watch_key


class RecoveryWatchStack(EnvironmentStack):
    """`<env>-recovery-watch`: trail, event rules, alarms, dashboard and topics of the copies.

    It has a trail of its own, because objects of another account's bucket are in that account's trail only; keys, vault
    and bucket of the recovery Region are watched where they are. It needs nothing of the primary Region.
    """

    def __init__(self, scope: Construct, environment: Environment, watch: Watch) -> None:
        super().__init__(
            scope,
            "recovery-watch",
            environment,
            region=environment.regions.recovery,
            account=environment.accounts.backup,
        )
        prefix, names = self.names.recovery_prefix, self.names
        key = watch_key(self)
        alerts = alert_topics(self, watch, key, prefix=prefix)
        trail = audit_trail(
            self,
            watch,
            key,
            name=prefix,
            bucket_name=names.recovery_trail_bucket,
            objects_of=(names.replica_bucket,),
        )
        BackupJobRules(self, "Jobs", name_prefix=prefix, alerts=alerts)
        buckets = [names.replica_bucket, names.replica_log_bucket, names.recovery_trail_bucket]
        TamperRules(self, "Tampering", name_prefix=prefix, bucket_names=buckets, alerts=alerts)
        alarms = (*self._alarms(watch, alerts).alarms, *self._access(watch, alerts, trail).alarms)
        RecoveryDashboard(
            self,
            "Dashboard",
            dashboard_name=prefix,
            title=f"Copies of {environment.environment}",
            alerts=alerts,
            alarms=alarms,
        )

    def _alarms(self, watch: Watch, alerts: AlertTopic) -> BackupAlarms:
        names, limit = self.names, watch.storage_limit_gib
        copied = copied_by_aws_backup(self.environment)
        arrivals = ExpectedJobs(names.copy_vault, every=watch.copies_every, kind=JobKind.ARRIVAL)
        return BackupAlarms(
            self,
            "Alarms",
            name_prefix=names.recovery_prefix,
            alerts=alerts,
            jobs=[arrivals] if copied else [],
            storage=[StorageLimit(names.replica_bucket, gibibytes=limit)] if limit is not None else [],
        )

    def _access(self, watch: Watch, alerts: AlertTopic, trail: AuditTrail) -> AccessAlarms:
        people = self.people
        readers = people.drill_runner | people.writer | people.restore_operator | Principals.of(*watch.readers)
        return AccessAlarms(
            self,
            "Access",
            name_prefix=self.names.recovery_prefix,
            alerts=alerts,
            trail=trail,
            readers=readers,
            refused_deletes=watch.refused_deletes,
            bulk_gibibytes=watch.bulk_download_gib,
            sets=expected_sets(self.environment),
        )
