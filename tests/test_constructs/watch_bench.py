"""A stack that watches, with everything in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from construct_bench import ACCOUNT, Bench, role

from holdfast.constructs import (
    AccessAlarms,
    AlertTopic,
    AuditTrail,
    BackupAlarms,
    BackupJobRules,
    ExpectedJobs,
    ExpectedSets,
    ExpiringKey,
    JobKind,
    Principals,
    RecoveryDashboard,
    Response,
    SiemDelivery,
    StorageLimit,
    Subscriber,
    TamperRules,
    WatchedReplication,
    WatchKey,
)

REGION = "us-east-1"
AUDITOR = role("auditor")
RUNBOOK = "https://wiki.acme.com/backups"
ESCALATION = "After 30 minutes call the head of platform."
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:siem-Ab12Cd"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/watch"


class WatchBench(Bench):
    """Makes each watching construct with props that can be replaced; what it depends on is made once."""

    _key: WatchKey | None = None
    _alerts: AlertTopic | None = None
    _trail: AuditTrail | None = None

    def watch_key(self, **props: Any) -> WatchKey:
        if self._key is None:
            defaults = {
                "alias": "alias/watch",
                "account": ACCOUNT,
                "region": REGION,
                "administrators": self.deployer,
                "break_glass": self.break_glass,
                "auditors": Principals.of(AUDITOR),
            }
            self._key = WatchKey(self.stack, "WatchKey", **{**defaults, **props})
        return self._key

    def alerts(self, **props: Any) -> AlertTopic:
        if self._alerts is None:
            defaults = {
                "topic_name": "watch-alerts",
                "account": ACCOUNT,
                "region": REGION,
                "key": self.watch_key(),
                "response": Response(RUNBOOK, ESCALATION),
                "subscribers": [Subscriber.email("on-call@acme.com"), Subscriber.https("https://pager.acme.com/sns")],
                "escalation": [Subscriber.email("head@acme.com")],
            }
            self._alerts = AlertTopic(self.stack, "Alerts", **{**defaults, **props})
        return self._alerts

    def trail(self, **props: Any) -> AuditTrail:
        if self._trail is None:
            defaults = {
                "trail_name": "watch",
                "bucket_name": "acme-trail",
                "account": ACCOUNT,
                "region": REGION,
                "key": self.watch_key(),
                "bucket_arns": ["arn:aws:s3:::acme-vault", "arn:aws:s3:::acme-evidence"],
                "administrators": self.deployer | self.break_glass,
                "auditors": Principals.of(AUDITOR),
            }
            self._trail = AuditTrail(self.stack, "Trail", **{**defaults, **props})
        return self._trail

    def jobs(self, **props: Any) -> BackupJobRules:
        return BackupJobRules(self.stack, "Jobs", **{"name_prefix": "watch", "alerts": self.alerts(), **props})

    def tampering(self, **props: Any) -> TamperRules:
        defaults = {"name_prefix": "watch", "bucket_names": ["acme-vault", "acme-evidence"], "alerts": self.alerts()}
        return TamperRules(self.stack, "Tampering", **{**defaults, **props})

    def alarms(self, **props: Any) -> BackupAlarms:
        defaults = {
            "name_prefix": "watch",
            "alerts": self.alerts(),
            "jobs": [
                ExpectedJobs("critical", every=timedelta(hours=4)),
                ExpectedJobs("critical", every=timedelta(hours=6), kind=JobKind.COPY),
            ],
            "replications": [WatchedReplication("acme-vault", "acme-replica")],
            "storage": [StorageLimit("acme-vault", gibibytes=1000)],
            "keys": [ExpiringKey("1234abcd")],
            "drills_of": "prod",
        }
        return BackupAlarms(self.stack, "Alarms", **{**defaults, **props})

    def access(self, **props: Any) -> AccessAlarms:
        defaults = {
            "name_prefix": "watch",
            "alerts": self.alerts(),
            "trail": self.trail(),
            "readers": Principals.of(role("drill-runner"), role("team/restore-*")),
            "sets": [ExpectedSets("orders", every=timedelta(hours=24))],
        }
        return AccessAlarms(self.stack, "Access", **{**defaults, **props})

    def siem(self, **props: Any) -> SiemDelivery:
        defaults = {
            "name_prefix": "watch",
            "account": ACCOUNT,
            "region": REGION,
            "endpoint": "https://siem.acme.com/collector",
            "header": "Authorization",
            "secret_arn": SECRET,
            "secret_field": "authorization",
            "bucket_names": ["acme-vault", "acme-evidence"],
            "alerts": self.alerts(),
        }
        return SiemDelivery(self.stack, "Siem", **{**defaults, **props})

    def everything(self) -> None:
        """One of each, in one stack."""
        self.jobs()
        self.tampering()
        self.siem()
        alarms = (*self.alarms().alarms, *self.access().alarms)
        RecoveryDashboard(
            self.stack, "Dashboard", dashboard_name="watch", title="Backups", alerts=self.alerts(), alarms=alarms
        )
