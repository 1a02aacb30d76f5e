"""Bucket policy statements that let AWS deliver access logs and inventories."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.policies.document import Conditions, Statement, allow_service


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
