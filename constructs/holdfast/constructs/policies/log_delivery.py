"""Bucket policy statements that let AWS deliver logs, inventories and reports."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies.document import Conditions, Statement, allow, allow_service
from holdfast.constructs.principals import Principals


def access_logs(bucket_arn: str, prefix: str, sources: Sequence[str], account: str) -> Statement:
    """Threat: reads and attempts nobody sees. S3 may add access logs, of these buckets of this account only.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    return _deliver("AccessLogs", "logging.s3.amazonaws.com", f"{bucket_arn}/{prefix}*", sources, account)


def inventories(bucket_arn: str, prefix: str, sources: Sequence[str], account: str) -> Statement:
    """Threat: an object that lost its lock or its copy among millions. S3 may add inventories of these buckets only.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
    """
    return _deliver("Inventories", "s3.amazonaws.com", f"{bucket_arn}/{prefix}*", sources, account)


def _deliver(sid: str, service: str, objects: str, sources: Sequence[str], account: str) -> Statement:
    # Without these conditions anybody's bucket could be pointed here: the "confused deputy".
    when: Conditions = {"ArnLike": {"aws:SourceArn": list(sources)}, "StringEquals": {"aws:SourceAccount": account}}
    return allow_service(sid, service, ["s3:PutObject"], on=[objects], when=when)


def flow_logs(bucket_arn: str, prefix: str, account: str, region: str) -> Statement:
    """Threat: a way out of an isolated network nobody saw. Flow logs of this account and Region only.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """
    when: Conditions = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{region}:{account}:*"},
        "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control"},
    }
    objects = [f"{bucket_arn}/{prefix}AWSLogs/{account}/*"]
    return allow_service("FlowLogs", "delivery.logs.amazonaws.com", ["s3:PutObject"], on=objects, when=when)


def check_flow_log_bucket(bucket_arn: str, account: str, region: str) -> Statement:
    """Threat: flow logs that go nowhere. Their delivery looks whether the bucket is ours."""
    when: Conditions = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{region}:{account}:*"},
        "StringEquals": {"aws:SourceAccount": account},
    }
    return allow_service("CheckBucket", "delivery.logs.amazonaws.com", ["s3:GetBucketAcl"], on=[bucket_arn], when=when)


def backup_reports(bucket_arn: str, prefix: str, account: str) -> Statement:
    """Threat: reports of AWS Backup written by somebody else. Its own (service-linked) role of this account only.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
    """
    own = "role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
    when = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    writer = Principals.of(f"arn:aws:iam::{account}:{own}")
    return allow("BackupReports", ["s3:PutObject"], on=[f"{bucket_arn}/{prefix}*"], to=writer, when=when)
