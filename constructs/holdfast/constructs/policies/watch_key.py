"""Policy statements of the key that trails, alert topics and their logs are encrypted with: AWS services use it."""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, allow, allow_service
from holdfast.constructs.principals import Principals

_TRAIL = "kms:EncryptionContext:aws:cloudtrail:arn"
_LOGS = "kms:EncryptionContext:aws:logs:arn"


def encrypt_trail(account: str, region: str) -> Statement:
    """Threat: a trail somebody who reads S3 can read. CloudTrail encrypts, for trails of this account only.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    when = {
        "StringLike": {_TRAIL: f"arn:aws:cloudtrail:*:{account}:trail/*"},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:{region}:{account}:trail/*"},
    }
    return allow_service("EncryptTrail", "cloudtrail.amazonaws.com", ["kms:GenerateDataKey*"], on=["*"], when=when)


def look_at_the_key(account: str, region: str) -> Statement:
    """Threat: a trail that is refused because CloudTrail cannot see its key. It may look, and nothing else."""
    when = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:{region}:{account}:trail/*"}}
    return allow_service("LookAtTheKey", "cloudtrail.amazonaws.com", ["kms:DescribeKey"], on=["*"], when=when)


def read_trail(auditors: Principals) -> Statement:
    """Threat: a trail nobody can read when it is needed, or everybody can. Auditors decrypt trails, nothing else."""
    return allow("ReadTrail", ["kms:Decrypt"], on=["*"], to=auditors, when={"Null": {_TRAIL: "false"}})


def encrypt_logs(account: str, region: str) -> Statement:
    """Threat: the live copy of the trail left unencrypted. CloudWatch Logs uses the key for groups of this account.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
    when = {"ArnLike": {_LOGS: f"arn:aws:logs:{region}:{account}:log-group:*"}}
    return allow_service("EncryptLogs", f"logs.{region}.amazonaws.com", actions, on=["*"], when=when)


def publish_alarms() -> Statement:
    """Threat: an alarm lost because CloudWatch may not use the key of the topic. Who publishes, the topic decides.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return _publish("PublishAlarms", "cloudwatch.amazonaws.com")


def publish_events() -> Statement:
    """Threat: an event lost because EventBridge may not use the key of the topic. Who publishes, the topic decides.

    EventBridge gives KMS neither `aws:SourceArn` nor `aws:SourceAccount` when a topic is encrypted, so there is nothing
    to narrow it by here (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
    """
    return _publish("PublishEvents", "events.amazonaws.com")


def publish_vaults() -> Statement:
    """Threat: a failed backup nobody hears of, because AWS Backup may not use the topic's key. The topic decides."""
    return _publish("PublishVaults", "backup.amazonaws.com")


def _publish(sid: str, service: str) -> Statement:
    return allow_service(sid, service, ["kms:Decrypt", "kms:GenerateDataKey*"], on=["*"], when={})
