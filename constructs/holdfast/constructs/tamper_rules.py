"""Notice of each attempt to take protection away, allowed or refused."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs.alert_rules import AlertRules
from holdfast.constructs.alert_topic import AlertTopic, Urgency
from holdfast.constructs.limits import require
from holdfast.constructs.watched_event import WatchedEvent, call, state_change

_KEY = (
    "DeleteAlias",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
    "UpdateAlias",
)
_BUCKET = (
    "DeleteBucket",
    "DeleteBucketEncryption",
    "DeleteBucketLifecycle",
    "DeleteBucketOwnershipControls",
    "DeleteBucketPolicy",
    "DeleteBucketPublicAccessBlock",
    "DeleteBucketReplication",
    "PutBucketAcl",
    "PutBucketEncryption",
    "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration",
    "PutBucketLogging",
    "PutBucketObjectLockConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketReplication",
    "PutBucketVersioning",
)
_VAULT = (
    "DeleteBackupPlan",
    "DeleteBackupSelection",
    "DeleteBackupVault",
    "DeleteBackupVaultAccessPolicy",
    "DeleteBackupVaultLockConfiguration",
    "DeleteRecoveryPoint",
    "DeleteRestoreTestingPlan",
    "DisassociateRecoveryPoint",
    "PutBackupVaultAccessPolicy",
    "PutBackupVaultLockConfiguration",
    "StopBackupJob",
    "UpdateBackupPlan",
    "UpdateGlobalSettings",
    "UpdateRecoveryPointLifecycle",
    "UpdateRegionSettings",
)
_TRAIL = ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail")


def tamper_events(bucket_names: Sequence[str]) -> tuple[WatchedEvent, ...]:
    """The events that tell of tampering with keys, these buckets, vaults, snapshots, the trail and the watching itself.

    A call that was refused is among them: CloudTrail records it with its `errorCode`.
    """
    return (
        call("key-touched", "kms", _KEY, "A key was touched that backups may depend on"),
        state_change(
            "key-deleted",
            "kms",
            "KMS CMK Deletion",
            {"key-id": [{"exists": True}]},
            "A key is gone: <key>. What it encrypted cannot be read again.",
            key="$.detail.key-id",
        ),
        state_change(
            "key-material-expired",
            "kms",
            "KMS Imported Key Material Expiration",
            {"key-id": [{"exists": True}]},
            "Imported key material has expired: <key>. Import it again to read what it encrypted.",
            key="$.detail.key-id",
        ),
        call("bucket-touched", "s3", _BUCKET, "What protects a bucket of backups was touched", bucketName=bucket_names),
        call("vault-touched", "backup", _VAULT, "A backup vault, plan or recovery point was touched"),
        call(
            "snapshots-touched",
            "dlm",
            ("DeleteLifecyclePolicy", "UpdateLifecyclePolicy"),
            "A snapshot policy was touched",
        ),
        call("trail-touched", "cloudtrail", _TRAIL, "The trail was touched"),
        call("rules-touched", "events", ("DeleteRule", "DisableRule", "RemoveTargets"), "An event rule was touched"),
        call("alarms-touched", "monitoring", ("DeleteAlarms", "DisableAlarmActions"), "An alarm was touched"),
        call("topic-touched", "sns", ("DeleteTopic", "Unsubscribe"), "An alert topic was touched"),
    )


class TamperRules(AlertRules):
    """Urgent alerts for key deletions and changes of key, bucket and vault policies, locks, versioning, replication,
    snapshot policies, the trail, and these alerts themselves.

    Terraform's own changes alert as well: whoever applies says so beforehand. Keys, vaults and plans are watched in the
    whole Region of the account, because their ids are known only after apply; buckets are named. EventBridge gets API
    calls only where a trail logs them (`AuditTrail`), and those of IAM only in us-east-1.

    Args:
        name_prefix: beginning of the rules' names, up to 43 characters.
        bucket_names: the buckets to watch, at least one.
        alerts: where alerts go.
        urgency: how far up they go. By default to the escalation topic at once.
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
        TamperRules(stack, "Tampering", name_prefix="backups", bucket_names=["acme-backups"], alerts=alerts)

    Raises:
        OutsideLimit: there is no bucket, or a rule's name or pattern is longer than EventBridge accepts.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        bucket_names: Sequence[str],
        alerts: AlertTopic,
        urgency: Urgency = Urgency.URGENT,
        provider: TerraformProvider | None = None,
    ) -> None:
        require(
            bool(bucket_names),
            construct="TamperRules",
            field="bucket_names",
            value="none",
            allowed="at least one bucket; a pattern without a name would match every bucket",
            reference="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html",
        )
        events = tamper_events(bucket_names)
        super().__init__(
            scope, id, name_prefix=name_prefix, events=events, alerts=alerts, urgency=urgency, provider=provider
        )
