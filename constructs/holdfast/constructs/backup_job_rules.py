"""Notice of each backup, copy, restore or snapshot that did not work."""

from __future__ import annotations

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.alert_rules import AlertRules
from holdfast.constructs.alert_topic import AlertTopic, Urgency
from holdfast.constructs.watched_event import state_change

_WHY = {"resource": "$.detail.resourceArn", "why": "$.detail.statusMessage"}
_JOB = {**_WHY, "state": "$.detail.state", "job": "$.detail.backupJobId"}

JOB_EVENTS = (
    state_change(
        "backup-failed",
        "backup",
        "Backup Job State Change",
        {"state": ["FAILED", "ABORTED", "PARTIAL"]},
        "A backup did not succeed: job <job> of <resource> is <state>, because: <why>.",
        **_JOB,
    ),
    state_change(
        "backup-missed",
        "backup",
        "Backup Job State Change",
        {"state": ["EXPIRED"]},
        "A backup never began in its window: job <job> of <resource> is <state>, because: <why>.",
        **_JOB,
    ),
    state_change(
        "copy-failed",
        "backup",
        "Copy Job State Change",
        {"state": ["FAILED", "PARTIAL"]},
        "A copy to the other Region did not succeed: job <job> of <resource> is <state>, because: <why>.",
        **{**_JOB, "job": "$.detail.copyJobId"},
    ),
    state_change(
        "restore-failed",
        "backup",
        "Restore Job State Change",
        {"status": ["FAILED", "ABORTED"]},
        "A restore or a restore test did not succeed: job <job> of <resource> is <state>, because: <why>.",
        resource="$.detail.sourceResourceArn",
        why="$.detail.statusMessage",
        state="$.detail.status",
        job="$.detail.restoreJobId",
    ),
    state_change(
        "snapshot-failed",
        "ec2",
        "EBS Snapshot Notification",
        {"event": ["createSnapshot", "createSnapshots", "copySnapshot"], "result": ["failed"]},
        "An EBS snapshot did not succeed: <state> of <resource>, because: <why>.",
        resource="$.detail.source",
        state="$.detail.event",
        why="$.detail.cause",
    ),
    state_change(
        "snapshot-policy-failed",
        "dlm",
        "DLM Policy State Change",
        {"state": ["ERROR"]},
        "A snapshot policy stopped working: <resource> is <state>, because: <why>.",
        resource="$.detail.policy_id",
        state="$.detail.state",
        why="$.detail.cause",
    ),
)
"""What AWS Backup, EBS and Data Lifecycle Manager report when a job went wrong, or never began (`EXPIRED`).

https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-cloud-watch-events.html
"""


class BackupJobRules(AlertRules):
    """Alerts for failed, aborted, partial and missed backups, copies, restores and snapshots of a Region.

    A job that was never asked for sends no event: `BackupAlarms` notices that by its absence.

    Args:
        name_prefix: beginning of the rules' names, up to 41 characters.
        alerts: where alerts go.
        urgency: how far up they go. By default to whoever is on call.
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
        BackupJobRules(stack, "Jobs", name_prefix="backups", alerts=alerts)

    Raises:
        OutsideLimit: the prefix makes a rule's name longer than 64 characters.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        alerts: AlertTopic,
        urgency: Urgency = Urgency.NOTICE,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(
            scope, id, name_prefix=name_prefix, events=JOB_EVENTS, alerts=alerts, urgency=urgency, provider=provider
        )
