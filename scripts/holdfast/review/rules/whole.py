"""Rules over all plans together: what contradicts itself once they are applied, and what nobody can undo."""

from __future__ import annotations

from holdfast.review.finding import Kind, Severity
from holdfast.review.rule import Described, row, told

B, H, W, N = Severity.BLOCK, Severity.HIGH, Severity.WARN, Severity.INFO
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_BACKUP = "https://docs.aws.amazon.com/aws-backup/latest/devguide"

CONDITIONS = (
    row(
        "no-second-copy", ("aws_s3_bucket", "aws_backup_plan"), "",
        Described("a locked bucket of backups, or a backup plan, with no copy in another Region"), W,
        "There is no copy in a second Region", kind=Kind.CONDITION,
        risk="Losing the Region loses the backups.",
        remediation="Replicate the bucket, or add a copy_action to a vault in another Region.",
        source=f"{_BACKUP}/cross-region-backup.html",
    ),
    row(
        "copy-in-same-region", ("aws_s3_bucket_replication_configuration", "aws_backup_plan"), "",
        Described("the destination of a copy is in the Region of its source"), H,
        "The copy is in the Region of its source", kind=Kind.CONDITION,
        risk="Losing the Region loses both.",
        remediation="Copy into another Region.", source=f"{_S3}/replication.html",
    ),
    row(
        "copy-in-same-account", ("aws_s3_bucket_replication_configuration", "aws_backup_plan"), "",
        Described("the destination of a copy is in the account of its source"), W,
        "The copy is in the account of its source", kind=Kind.CONDITION,
        risk="Whoever takes over the account reaches both.",
        remediation="Copy into the backup account.", source=f"{_BACKUP}/create-cross-account-backup.html",
    ),
    row(
        "expiry-before-lock", "aws_s3_bucket_lifecycle_configuration", "",
        Described("objects expire before their default retention ends"), H,
        "Objects expire before their lock ends", kind=Kind.CONDITION,
        risk="They are hidden behind a delete marker while they are still locked, and restores miss them.",
        remediation="Let objects expire after the lock has ended.", source=f"{_S3}/object-lock-managing.html",
    ),
    row(
        "vault-minimum-over-retention", "aws_backup_plan", "",
        Described("a rule keeps backups for less than the vault's minimum, or more than its maximum"), H,
        "The vault lock refuses the plan's retention", kind=Kind.CONDITION,
        risk="Every job of this rule fails.",
        remediation="Bring delete_after between min_retention_days and max_retention_days.",
        source=f"{_BACKUP}/vault-lock.html",
    ),
    row(
        "copy-into-unlocked-vault", "aws_backup_plan", "",
        Described("the vault of a copy has no lock while the source's has one"), H,
        "Copies go into a vault without lock", kind=Kind.CONDITION,
        risk="The copy that must survive can be deleted.",
        remediation="Lock the destination vault as well.", source=f"{_BACKUP}/vault-lock.html",
    ),
    row(
        "replica-key-refuses-role", "aws_s3_bucket_replication_configuration", "",
        Described("the policy of the replica's key does not let the replicating role encrypt"), H,
        "The replica's key refuses the role that replicates", kind=Kind.CONDITION,
        risk="Every object fails to replicate, and only a metric says so.",
        remediation="Allow kms:Encrypt to the role, or to its account, in the policy of the key.",
        source=f"{_S3}/replication-config-for-kms-objects.html",
    ),
    told(
        "guard-and-guarded-removed", "one plan removes a resource and what guards it", B,
        "The guard goes together with what it guards", kind=Kind.LOSS,
        risk="Nothing refuses the deletion, and nothing is left that would have shown it.",
        remediation="Keep the guard until the resource is known to be empty.",
        source="https://docs.aws.amazon.com/prescriptive-guidance/latest/backup-recovery/welcome.html",
    ),
    told(
        "deletion-prepared",
        "force_destroy, deletion_protection, final snapshots or prevent_destroy loosened, nothing deleted", H,
        "What allows a deletion tomorrow is loosened today", kind=Kind.CONDITION,
        risk="The next plan can delete what this one leaves.",
        remediation="Ask what the next step will be.",
        source="https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
    ),
)  # fmt: skip

IRREVERSIBLE = (
    row(
        "irreversible-object-lock", ("aws_s3_bucket_object_lock_configuration", "aws_s3_bucket"), "",
        Described("a default retention in COMPLIANCE mode is set or lengthened"), N,
        "Objects will be locked in COMPLIANCE mode", kind=Kind.IRREVERSIBLE,
        risk="Nobody, not even the root user, can delete an object or shorten its lock before it ends.",
        remediation="Have somebody say yes to the time and the cost.", source=f"{_S3}/object-lock.html",
    ),
    row(
        "irreversible-bucket-lock", "aws_s3_bucket", "",
        Described("a bucket is created with Object Lock"), N,
        "The bucket will have Object Lock for ever", kind=Kind.IRREVERSIBLE,
        risk="Object Lock cannot be turned off again, nor versioning suspended.",
        remediation="Have somebody say yes.", source=f"{_S3}/object-lock-configure.html",
    ),
    row(
        "irreversible-vault-lock", "aws_backup_vault_lock_configuration", "",
        Described("a vault lock with changeable_for_days is set or tightened"), N,
        "The vault lock becomes permanent", kind=Kind.IRREVERSIBLE,
        risk="After the grace time nobody, AWS included, can remove the lock or delete a recovery point early.",
        remediation="Have somebody say yes, and use the grace time to test.", source=f"{_BACKUP}/vault-lock.html",
    ),
    row(
        "irreversible-air-gapped-vault", "aws_backup_logically_air_gapped_vault", "",
        Described("a logically air-gapped vault is created"), N,
        "The vault is locked from its first moment", kind=Kind.IRREVERSIBLE,
        risk="It is in compliance mode without grace time, and its retention cannot change.",
        remediation="Have somebody say yes to the time and the cost.",
        source=f"{_BACKUP}/logicallyairgappedvault.html",
    ),
    row(
        "irreversible-snaplock", "aws_fsx_ontap_volume", "",
        Described("SnapLock Compliance is set, or privileged delete permanently disabled"), N,
        "Files will be locked by SnapLock", kind=Kind.IRREVERSIBLE,
        risk="Files, and the volume, cannot be deleted before their retention ends.",
        remediation="Have somebody say yes to the time and the cost.",
        source="https://docs.aws.amazon.com/fsx/latest/ONTAPGuide/snaplock.html",
    ),
)  # fmt: skip

RULES = (*CONDITIONS, *IRREVERSIBLE)
