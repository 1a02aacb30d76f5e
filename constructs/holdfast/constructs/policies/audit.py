"""Policy statements of a trail: its bucket takes it from CloudTrail alone, its log group from this trail alone."""

from __future__ import annotations

from holdfast.constructs.policies import sharing
from holdfast.constructs.policies.document import Statement, allow, allow_service, deny
from holdfast.constructs.principals import Principals

_CLOUDTRAIL = "cloudtrail.amazonaws.com"


def check_bucket(bucket_arn: str, trail_arn: str) -> Statement:
    """Threat: a trail that goes nowhere. CloudTrail looks whether the bucket is its own, for this trail only.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    when = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return allow_service("CheckBucket", _CLOUDTRAIL, ["s3:GetBucketAcl"], on=[bucket_arn], when=when)


def deliver_trail(bucket_arn: str, trail_arn: str, account: str) -> Statement:
    """Threat: somebody else's trail in our bucket, CloudTrail as its deputy. Only this trail, of this account."""
    when = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail_arn}}
    objects = [f"{bucket_arn}/AWSLogs/{account}/*"]
    return allow_service("DeliverTrail", _CLOUDTRAIL, ["s3:PutObject"], on=objects, when=when)


def only_the_trail_writes(bucket_arn: str) -> Statement:
    """Threat: forged entries, by whoever may write to S3. All writers but CloudTrail are denied.

    A caller that is no AWS service has no `aws:PrincipalServiceName`, and a negated condition holds then as well.
    """
    when = {"StringNotEquals": {"aws:PrincipalServiceName": _CLOUDTRAIL}}
    return deny("OnlyTheTrailWrites", ["s3:PutObject"], on=[f"{bucket_arn}/*"], when=when)


def read_the_trail(bucket_arn: str, auditors: Principals) -> Statement:
    """Threat: a trail nobody reviews. Auditors read it, locks included; the key has its own list."""
    return allow("ReadTheTrail", sharing.READ, on=[f"{bucket_arn}/*"], to=auditors)


def trust_cloudtrail(trail_arn: str) -> Statement:
    """Threat: another account's trail in our role. CloudTrail takes it on, for this trail only."""
    when = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return Statement("DeliverForUs", "Allow", ("sts:AssumeRole",), principal={"Service": _CLOUDTRAIL}, conditions=when)


def write_log_group(log_group_arn: str, account: str, region: str) -> Statement:
    """Threat: a role that writes any log. Streams of this group only, as CloudTrail names them.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    """
    streams = f"{log_group_arn}:log-stream:{account}_CloudTrail_{region}*"
    return allow("WriteLogGroup", ("logs:CreateLogStream", "logs:PutLogEvents"), on=[streams])
