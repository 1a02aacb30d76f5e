"""What an outside judge of plans (checkov) asks for and these stacks do otherwise, each with the reason.

A test runs checkov on the plans of `prod`: what it finds is in this table or fails the test, and so does a line here
that it no longer finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Accepted:
    """A finding that stays.

    Attributes:
        check: id of the check (https://www.checkov.io/5.Policy%20Index/terraform.html).
        paths: construct paths without the name of the environment, `*` for any part: `primary/Logs/Resource`.
        reason: why the resource is as it is.
    """

    check: str
    paths: tuple[str, ...]
    reason: str

    def covers(self, check: str, path: str) -> bool:
        """Whether it speaks of a check on a construct path."""
        return check == self.check and any(fnmatchcase(path, each) for each in self.paths)


_SERVICE_BOUNDARIES = (
    "*/BackupRole/Boundary",
    "*/Snapshots-*/Role/Boundary",
    "*/RestoreTests/Role/Boundary",
    "*/RestoreRole/Boundary",
)
_BOUNDED = "A boundary grants nothing. It leaves AWS's own managed policies the services they work on and denies "
_EVERY_BUCKET = (
    "*/Vault/Resource",
    "*/Replica/Resource",
    "*/Evidence/Resource",
    "*/Logs/Resource",
    "*/Bucket/Resource",
)

ACCEPTED: tuple[Accepted, ...] = (
    Accepted(
        "CKV2_AWS_5",
        ("drill/Network/Restored",),
        "Restore jobs put what they restore into this group; between two drills nothing is in it.",
    ),
    Accepted(
        "CKV2_AWS_62",
        _EVERY_BUCKET,
        "A notification for each object says nothing that is acted on. What is (refused deletes, changed settings, "
        "failed jobs) comes from the trail, from AWS Backup and from metrics, and goes to the alert topic.",
    ),
    Accepted(
        "CKV_AWS_18",
        ("*watch/Trail/Bucket/Resource",),
        "Only CloudTrail writes here, under a lock; the trail itself shows who changes the bucket.",
    ),
    Accepted(
        "CKV_AWS_61",
        ("access/*/Resource", "recovery-access/*/Resource"),
        "People and pipelines that take on a role may not exist yet, and IAM refuses a principal that does not. So the "
        "account is the principal and a condition on aws:PrincipalArn names who it is; see RestrictedRole.",
    ),
    Accepted(
        "CKV_AWS_124",
        ("watch/Siem/Connection",),
        "The CloudFormation stack holds one connection, so that its secret is in no state. Terraform makes it, waits "
        "for it and fails when it fails.",
    ),
    Accepted(
        "CKV_AWS_144",
        ("recovery/Replica/Resource",),
        "This is the replica.",
    ),
    Accepted(
        "CKV_AWS_144",
        ("*/Logs/Resource", "*watch/Trail/Bucket/Resource"),
        "Records of what happened in one Region, under lock where they are delivered. No restore needs them.",
    ),
    Accepted(
        "CKV_AWS_144",
        ("primary/Evidence/Resource",),
        "A record is one signed file that verifies wherever it lies; whoever drills keeps the same file locally.",
    ),
    Accepted(
        "CKV_AWS_145",
        ("*/Logs/Resource",),
        "S3 delivers access logs only to a bucket whose default encryption is SSE-S3 "
        "(https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html).",
    ),
    Accepted(
        "CKV_AWS_145",
        ("*watch/Trail/Bucket/Resource",),
        "The trail names its KMS key for each log file itself; CloudTrail stores digests under nothing but SSE-S3 "
        "(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html).",
    ),
    Accepted(
        "CKV_AWS_252",
        ("*watch/Trail/Resource",),
        "Event rules on what the trail shows decide who is told; that a file of it was delivered says nothing.",
    ),
    Accepted("CKV_AWS_287", _SERVICE_BOUNDARIES, f"{_BOUNDED}IAM beyond passing a role to its service."),
    Accepted("CKV_AWS_288", _SERVICE_BOUNDARIES, f"{_BOUNDED}what destroys; reading what is backed up is the work."),
    Accepted("CKV_AWS_289", _SERVICE_BOUNDARIES, f"{_BOUNDED}IAM beyond passing a role to its service."),
    Accepted("CKV_AWS_290", _SERVICE_BOUNDARIES, f"{_BOUNDED}what destroys; restoring is writing."),
    Accepted("CKV_AWS_355", _SERVICE_BOUNDARIES, f"{_BOUNDED}what destroys; resources are the managed policies'."),
    Accepted(
        "CKV_AWS_290",
        ("access/BackupOperator/*",),
        "A recovery point of RDS, EBS or EC2 has the ARN of a snapshot, which no pattern tells from another's. A "
        "copy only goes to vaults whose policy takes it.",
    ),
    Accepted(
        "CKV_AWS_355",
        ("access/BackupOperator/*", "access/Auditor/*"),
        "List and Describe calls that IAM cannot narrow to a resource "
        "(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html), and StartCopyJob, "
        "whose recovery points carry ARNs of snapshots.",
    ),
    Accepted(
        "CKV_AWS_355",
        ("*access/DrillRestorer/*",),
        "A drill finds its leftovers and the newest copies of every database by listing and describing. IAM narrows "
        "few of these calls to a resource, and none of them reads or changes what is backed up.",
    ),
    Accepted(
        "CKV_AWS_338",
        ("*watch/Trail/Logs",),
        "Metric filters read this copy as it comes in. The trail stays locked in its bucket for watch.retention.",
    ),
)
