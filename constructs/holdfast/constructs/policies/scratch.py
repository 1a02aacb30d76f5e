"""What a drill may do that restores into resources of its own: look anywhere, make and unmake its own, nothing else.

What is a drill's own is told by its name. A resource of another name is denied besides, whatever is attached later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.constructs.policies import weakening
from holdfast.constructs.policies.document import Conditions, Statement, allow, never

_WRITE_ITEMS = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_SETTLE = ("s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning")


@dataclass(frozen=True)
class Scratch:
    """Where drills restore to.

    Args:
        name: pattern of the names of what a drill makes, such as `acme-drill-*`. It must match nothing else.
        account: the account drills restore in.
        regions: the Regions they restore in.
    """

    name: str
    account: str
    regions: tuple[str, ...]

    @property
    def bucket(self) -> str:
        """ARN pattern of the buckets."""
        return f"arn:aws:s3:::{self.name}"

    @property
    def tables(self) -> list[str]:
        """ARN patterns of the tables."""
        return [f"arn:aws:dynamodb:{region}:{self.account}:table/{self.name}" for region in self.regions]

    @property
    def every_table(self) -> list[str]:
        """ARN patterns of all tables of the account in these Regions."""
        return [f"arn:aws:dynamodb:{region}:{self.account}:table/*" for region in self.regions]

    @property
    def recovery_points(self) -> list[str]:
        """ARN patterns of recovery points: each service AWS Backup works for has its own."""
        return [
            arn
            for region in self.regions
            for arn in (
                f"arn:aws:backup:{region}:{self.account}:recovery-point:*",
                f"arn:aws:dynamodb:{region}:{self.account}:table/*/backup/*",
                f"arn:aws:ec2:{region}::snapshot/*",
                f"arn:aws:ec2:{region}::image/*",
                f"arn:aws:rds:{region}:{self.account}:*snapshot:awsbackup:*",
            )
        ]


def look_at_points(vault_arns: Sequence[str], scratch: Scratch) -> Statement:
    """Threat: a drill of the wrong recovery point. Those of these vaults can be listed and looked at."""
    actions = (
        "backup:DescribeBackupVault",
        "backup:DescribeRecoveryPoint",
        "backup:GetRecoveryPointRestoreMetadata",
        "backup:ListRecoveryPointsByBackupVault",
        "backup:ListTags",
    )
    return allow("LookAtPoints", actions, on=[*vault_arns, *scratch.recovery_points])


def restore_points(scratch: Scratch) -> Statement:
    """Threat: backups nobody has restored. A restore makes something new; what, the role that is passed on decides."""
    return allow("RestorePoints", ["backup:StartRestoreJob"], on=scratch.recovery_points)


def follow_jobs() -> Statement:
    """Threat: a restore that failed and passes for one that did not; a backup that is older than it should be.

    Jobs are followed, leftovers found, and databases asked how far back they go. IAM knows no resource for most of it.
    """
    actions = (
        "backup:DescribeRestoreJob",
        "backup:ListCopyJobs",
        "backup:ListRestoreJobs",
        "backup:PutRestoreValidationResult",
        "dynamodb:ListTables",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "s3:ListAllMyBuckets",
    )
    return allow("LookAround", actions, on=["*"])


def own_buckets(scratch: Scratch) -> tuple[Statement, Statement]:
    """Threat: what was restored lies open, or for ever. Drills close, tag, read, empty and delete buckets of theirs.

    Versions are deleted, not objects; `s3:DeleteObject` is for emulators that ask for it all the same.
    """
    buckets = ("s3:CreateBucket", "s3:DeleteBucket", "s3:GetBucketTagging", "s3:ListBucket", "s3:ListBucketVersions")
    objects = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:GetObjectVersion")
    return (
        allow("OwnBuckets", (*buckets, *_SETTLE), on=[scratch.bucket]),
        allow("OwnObjects", objects, on=[f"{scratch.bucket}/*"]),
    )


def restore_tables(scratch: Scratch) -> Statement:
    """Threat: a table taken for restorable that is not. A restore reads no item, and writes only where it may write.

    DynamoDB asks for the right to write items into the table that is made
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html).
    """
    actions = (
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:ListTagsOfResource",
        "dynamodb:RestoreTableToPointInTime",
    )
    return allow("RestoreTables", actions, on=scratch.every_table)


def own_tables(scratch: Scratch) -> Statement:
    """Threat: what was restored is never looked at, or stays. A drill makes, reads and deletes tables of its own."""
    tables = ("dynamodb:CreateTable", "dynamodb:DeleteTable")
    actions = (*_WRITE_ITEMS, *tables, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")
    return allow("OwnTables", actions, on=scratch.tables)


def read_under_keys(key_arns: Sequence[str], regions: Sequence[str]) -> Statement:
    """Threat: backups under a customer's key that nobody can show to be readable. These keys, through S3 and DynamoDB.

    A grant is only ever given to a service (`kms:GrantIsForAWSResource`), and a key's own policy has to agree.
    """
    services = [f"{service}.{region}.amazonaws.com" for region in regions for service in ("dynamodb", "s3")]
    when: Conditions = {
        "StringEquals": {"kms:ViaService": services},
        "BoolIfExists": {"kms:GrantIsForAWSResource": "true"},
    }
    return allow("ReadUnderKeys", ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey"), on=key_arns, when=when)


def never_touch_what_is_real(scratch: Scratch) -> Statement:
    """Threat: a drill, or who stole its role, that writes to or deletes the source. Denied but for a drill's names."""
    actions = (
        *_WRITE_ITEMS,
        "dynamodb:DeleteTable",
        "dynamodb:UpdateTable",
        "s3:PutObject",
        *weakening.DELETE,
        *weakening.WEAKEN,
    )
    own = (scratch.bucket, f"{scratch.bucket}/*", *scratch.tables)
    return Statement("NeverTouchWhatIsReal", "Deny", actions, not_resources=own)


def never_harm_backups() -> Statement:
    """Threat: a drill that ends what it proves. No recovery point, vault or key is changed, whatever comes later."""
    actions = (
        "backup:Delete*",
        "backup:DisassociateRecoveryPoint",
        "backup:PutBackupVault*",
        "backup:UpdateRecoveryPointLifecycle",
        "kms:DisableKey",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
    )
    return never("NeverHarmBackups", actions)
