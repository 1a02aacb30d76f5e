"""Topic policies: AWS's alarms, events and vaults of this account publish, nobody else does."""

from __future__ import annotations

from holdfast.constructs.policies.document import Conditions, Statement, allow_service, deny


def alarms_publish(topic_arn: str, account: str) -> Statement:
    """Threat: false alarms that wear people out, until the real one is ignored. Alarms of this account publish.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    when: Conditions = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:*:{account}:alarm:*"},
        "StringEquals": {"aws:SourceAccount": account},
    }
    return allow_service("AlarmsPublish", "cloudwatch.amazonaws.com", ["sns:Publish"], on=[topic_arn], when=when)


def events_publish(topic_arn: str, account: str) -> Statement:
    """Threat: events made up by another account's rule, EventBridge as its deputy. Rules of this account publish.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    when = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:*:{account}:rule/*"}}
    return allow_service("EventsPublish", "events.amazonaws.com", ["sns:Publish"], on=[topic_arn], when=when)


def vaults_publish(topic_arn: str) -> Statement:
    """Threat: a failed backup nobody is told of, because AWS Backup may not publish.

    It tells topics of the vault's own account only, so there is no deputy to be confused, and AWS documents no
    condition key it would set (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html).
    """
    return allow_service("VaultsPublish", "backup.amazonaws.com", ["sns:Publish"], on=[topic_arn], when={})


def only_tls(topic_arn: str) -> Statement:
    """Threat: alerts read or changed on their way. Publishing without TLS is denied."""
    when = {"Bool": {"aws:SecureTransport": "false"}}
    return deny("OnlyTls", ["sns:Publish"], on=[topic_arn], when=when)
