"""Policies of the endpoints of an isolated network: what restored machines may still say, and to whom.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holdfast.constructs.policies.document import Statement

SPOKEN: Mapping[str, tuple[str, ...]] = {
    "backup": ("backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"),
    "kms": ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"),
    "logs": ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
    "s3": ("s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
    "sts": ("sts:AssumeRole", "sts:GetCallerIdentity"),
}
"""By service, what a drill inside the network needs. S3 is read only: nothing is carried out through it."""


def only_our_accounts(service: str, accounts: Sequence[str]) -> Statement:
    """Threat: what was restored, malware included, sends data out through an endpoint, to a bucket of its own account.

    Callers of these accounts only, and, where AWS says whose a resource is, resources of these accounts only.
    """
    when = {
        "StringEquals": {"aws:PrincipalAccount": list(accounts)},
        "StringEqualsIfExists": {"aws:ResourceAccount": list(accounts)},
    }
    return Statement("OnlyOurAccounts", "Allow", SPOKEN[service], ("*",), principal="*", conditions=when)
