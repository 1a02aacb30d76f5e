"""S3: buckets, versioning, Object Lock, access. Lifecycle and replication have tables of their own."""

from __future__ import annotations

from holdfast.review.directions import Changed, Leaves, Lowered, Ranked, Removed, TurnedOff, TurnedOn
from holdfast.review.finding import Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.readings import LEGACY_EXPIRY, LEGACY_NONCURRENT, RETENTION
from holdfast.review.rule import Gone, row

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN

_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_LOCK = f"{_GUIDE}/object-lock.html"
_VERSIONING = f"{_GUIDE}/Versioning.html"
_PROVIDER = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources"
_MODES: tuple[tuple[str | None, ...], ...] = (("COMPLIANCE",), ("GOVERNANCE",), (None,))

BUCKETS = (
    row(
        "s3-bucket-gone", "aws_s3_bucket", "", Gone(), B, "A bucket is destroyed, replaced or no longer managed",
        risk="What it holds is lost, or nobody watches its protection any more.",
        remediation="Keep the resource; a bucket of backups is emptied by its lifecycle, never by a plan.",
        source=f"{_PROVIDER}/s3_bucket",
    ),
    row(
        "s3-bucket-force-destroy", "aws_s3_bucket", "force_destroy", TurnedOn(), B,
        "force_destroy is turned on", opens_deletion=True,
        risk="The next plan may delete the bucket with every object in it.",
        remediation="Leave force_destroy off; it is often the first of two steps to a deletion.",
        source=f"{_PROVIDER}/s3_bucket#force_destroy",
    ),
    row(
        "s3-bucket-object-lock-off", "aws_s3_bucket", "object_lock_enabled", TurnedOff(), B,
        "Object Lock is turned off",
        risk="The bucket is replaced by one whose objects can be deleted.",
        remediation="Keep object_lock_enabled = true.", source=_LOCK,
    ),
    row(
        "s3-versioning-gone", "aws_s3_bucket_versioning", "", Gone(replaced=False), B,
        "The versioning configuration is destroyed or no longer managed",
        risk="The provider suspends versioning on the way out: new writes overwrite what is there.",
        remediation="Keep the resource with status Enabled.", source=_VERSIONING,
    ),
    row(
        "s3-versioning-suspended", "aws_s3_bucket_versioning", "versioning_configuration[].status",
        Leaves(("Enabled",)), B, "Versioning is suspended",
        risk="New writes and deletes destroy the version before.",
        remediation='Keep status = "Enabled".', source=_VERSIONING,
    ),
    row(
        "s3-mfa-delete-off", "aws_s3_bucket_versioning", "versioning_configuration[].mfa_delete",
        Leaves(("Enabled",)), H, "MFA delete is turned off",
        risk="A stolen credential is enough to delete versions.",
        remediation='Keep mfa_delete = "Enabled".', source=f"{_GUIDE}/MultiFactorAuthenticationDelete.html",
    ),
    row(
        "s3-legacy-versioning-off", "aws_s3_bucket", "versioning[].enabled", TurnedOff(), B,
        "Versioning (inline block) is turned off",
        risk="New writes and deletes destroy the version before.",
        remediation="Keep versioning enabled, better with aws_s3_bucket_versioning.", source=_VERSIONING,
    ),
    row(
        "s3-legacy-mfa-delete-off", "aws_s3_bucket", "versioning[].mfa_delete", TurnedOff(), H,
        "MFA delete (inline block) is turned off",
        risk="A stolen credential is enough to delete versions.",
        remediation="Keep mfa_delete on.", source=f"{_GUIDE}/MultiFactorAuthenticationDelete.html",
    ),
    row(
        "s3-legacy-expiration", "aws_s3_bucket", "lifecycle_rule[id]", Lowered(null="most"), B,
        "Objects expire sooner (inline block)", reading=LEGACY_EXPIRY,
        risk="Backups are deleted earlier than before.",
        remediation="Keep the days, or remove the expiration.", source=f"{_GUIDE}/object-lifecycle-mgmt.html",
    ),
    row(
        "s3-legacy-noncurrent", "aws_s3_bucket", "lifecycle_rule[id]", Lowered(null="most"), B,
        "Noncurrent versions expire sooner (inline block)", reading=LEGACY_NONCURRENT,
        risk="An overwritten or deleted object can be brought back for a shorter time.",
        remediation="Keep the days, or remove the expiration.", source=f"{_GUIDE}/object-lifecycle-mgmt.html",
    ),
    row(
        "s3-legacy-replication-rule-removed", "aws_s3_bucket", "replication_configuration[].rules[id]", Removed(), B,
        "A replication rule (inline block) is removed",
        risk="New objects have no second copy.",
        remediation="Keep the rule.", source=f"{_GUIDE}/replication.html",
    ),
    row(
        "s3-legacy-replication-off", "aws_s3_bucket", "replication_configuration[].rules[id].status",
        Leaves(("Enabled",)), B, "A replication rule (inline block) is disabled",
        risk="New objects have no second copy.",
        remediation='Keep status = "Enabled".', source=f"{_GUIDE}/replication.html",
    ),
    row(
        "s3-legacy-lock-mode", "aws_s3_bucket", "object_lock_configuration[].rule[].default_retention[].mode",
        Ranked(_MODES), B, "The default retention mode (inline block) is weaker", one_way=True,
        risk="Who may bypass governance mode can delete backups early.",
        remediation="Keep COMPLIANCE.", source=_LOCK,
    ),
    row(
        "s3-legacy-lock-retention", "aws_s3_bucket", "object_lock_configuration[].rule[].default_retention[]",
        Lowered(), B, "The default retention (inline block) is shorter", reading=RETENTION, one_way=True,
        risk="New objects can be deleted sooner.",
        remediation="Keep the retention, or lengthen it.", source=_LOCK,
    ),
)  # fmt: skip

LOCK = (
    row(
        "s3-object-lock-gone", "aws_s3_bucket_object_lock_configuration", "", Gone(replaced=False), B,
        "The Object Lock configuration is destroyed or no longer managed",
        risk="The provider writes an empty rule: new objects get no retention although the bucket still says locked.",
        remediation="Keep the resource and its default retention.", source=_LOCK,
    ),
    row(
        "s3-object-lock-rule-removed", "aws_s3_bucket_object_lock_configuration", "rule", Removed(), B,
        "The default retention rule is removed",
        risk="New objects get no retention.",
        remediation="Keep the rule.", source=_LOCK,
    ),
    row(
        "s3-object-lock-mode", "aws_s3_bucket_object_lock_configuration", "rule[].default_retention[].mode",
        Ranked(_MODES), B, "The default retention mode is weaker", one_way=True,
        risk="Who may bypass governance mode can delete backups early.",
        remediation="Keep COMPLIANCE.", source=_LOCK,
    ),
    row(
        "s3-object-lock-retention", "aws_s3_bucket_object_lock_configuration", "rule[].default_retention[]",
        Lowered(), B, "The default retention is shorter", reading=RETENTION, one_way=True,
        risk="New objects can be deleted sooner.",
        remediation="Keep the retention, or lengthen it.", source=_LOCK,
    ),
)  # fmt: skip

_BLOCKS = {
    "block_public_acls": "New public ACLs are accepted",
    "block_public_policy": "Public bucket policies are accepted",
    "ignore_public_acls": "Public ACLs count again",
    "restrict_public_buckets": "A public policy gives access to everyone",
}

ACCESS = (
    *(
        row(
            f"s3-{name.replace('_', '-')}-off",
            ("aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"),
            name, TurnedOff(), H, f"{name} is turned off",
            risk=f"{consequence}.", remediation=f"Keep {name} = true.",
            source=f"{_GUIDE}/access-control-block-public-access.html",
        )
        for name, consequence in _BLOCKS.items()
    ),
    row(
        "s3-public-access-block-gone", ("aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"),
        "", Gone(replaced=False), H, "The public access block is destroyed or no longer managed",
        risk="A policy or an ACL can make backups public.",
        remediation="Keep the block.", source=f"{_GUIDE}/access-control-block-public-access.html",
    ),
    row(
        "s3-ownership-gone", "aws_s3_bucket_ownership_controls", "", Gone(replaced=False), H,
        "The ownership controls are destroyed or no longer managed",
        risk="Whoever writes an object may own it, and ACLs count again.",
        remediation="Keep BucketOwnerEnforced.", source=f"{_GUIDE}/about-object-ownership.html",
    ),
    row(
        "s3-ownership-loosened", "aws_s3_bucket_ownership_controls", "rule[].object_ownership",
        Leaves(("BucketOwnerEnforced",)), H, "The bucket owner no longer owns every object",
        risk="Whoever writes an object may own it, and ACLs count again.",
        remediation="Keep BucketOwnerEnforced.", source=f"{_GUIDE}/about-object-ownership.html",
    ),
    row(
        "s3-acl-opened", "aws_s3_bucket_acl", "acl",
        Ranked(((None, "private", "bucket-owner-full-control", "bucket-owner-read", "log-delivery-write",
                 "aws-exec-read"), ("authenticated-read",), ("public-read",), ("public-read-write",))),
        H, "The ACL is opened",
        risk="People outside the account can read or write the bucket.",
        remediation="Keep the ACL private, or better disable ACLs.", source=f"{_GUIDE}/acl-overview.html",
    ),
    row(
        "s3-encryption-gone", "aws_s3_bucket_server_side_encryption_configuration", "", Gone(replaced=False), H,
        "The default encryption is destroyed or no longer managed",
        risk="New objects are encrypted with a key everybody in the account may use.",
        remediation="Keep the configuration with a customer managed key.", source=f"{_GUIDE}/UsingKMSEncryption.html",
    ),
    row(
        "s3-encryption-weaker", "aws_s3_bucket_server_side_encryption_configuration",
        "rule[].apply_server_side_encryption_by_default[].sse_algorithm",
        Ranked((("aws:kms", "aws:kms:dsse"), ("AES256",), (None,))), H, "Objects are no longer encrypted with KMS",
        risk="Reading a backup no longer needs permission on a key.",
        remediation="Keep aws:kms.", source=f"{_GUIDE}/UsingKMSEncryption.html",
    ),
    row(
        "s3-encryption-key-changed", "aws_s3_bucket_server_side_encryption_configuration",
        "rule[].apply_server_side_encryption_by_default[].kms_master_key_id", Changed(), H,
        "The encryption key changes",
        risk="New backups depend on another key, whose policy and deletion nobody has reviewed here.",
        remediation="Check the policy, the account and the Region of the new key.",
        source=f"{_GUIDE}/UsingKMSEncryption.html",
    ),
    row(
        "s3-bucket-policy-gone", ("aws_s3_bucket_policy", "aws_s3control_access_point_policy"), "",
        Gone(replaced=False), H, "The policy is destroyed or no longer managed",
        risk="All its denials are lost: early deletion, plain HTTP, unlocking.",
        remediation="Keep the policy.", source=f"{_GUIDE}/bucket-policies.html",
    ),
    row(
        "s3-bucket-policy-weaker",
        ("aws_s3_bucket_policy", "aws_s3_bucket", "aws_s3_access_point", "aws_s3control_access_point_policy"),
        "policy", PolicyWeaker("resource"), H, "The bucket policy is weaker", attached="bucket",
        risk="Somebody can delete, unlock or read what the policy protected.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_GUIDE}/bucket-policies.html",
    ),
    row(
        "s3-logging-gone", "aws_s3_bucket_logging", "", Gone(replaced=False), H,
        "Access logging is destroyed or no longer managed",
        risk="Reads and deletes leave no trace in the logs.",
        remediation="Keep the logging.", source=f"{_GUIDE}/ServerLogs.html",
    ),
    row(
        "s3-logging-target-changed", "aws_s3_bucket_logging", "target_bucket", Changed(), W,
        "Access logs go to another bucket",
        risk="The new bucket may be without lock and retention.",
        remediation="Check the lock of the new bucket.", source=f"{_GUIDE}/ServerLogs.html",
    ),
    row(
        "s3-notification-gone", "aws_s3_bucket_notification", "", Gone(replaced=False), H,
        "The bucket notification is destroyed or no longer managed",
        risk="What listens for failed replication, expiry or deletion hears nothing.",
        remediation="Keep the notification.", source=f"{_GUIDE}/EventNotifications.html",
    ),
    row(
        "s3-inventory-gone", "aws_s3_bucket_inventory", "", Gone(replaced=False), H,
        "The inventory is destroyed or no longer managed",
        risk="There is no list to check the lock and the replication of each object against.",
        remediation="Keep the inventory.", source=f"{_GUIDE}/storage-inventory.html",
    ),
    row(
        "s3-inventory-off", "aws_s3_bucket_inventory", "enabled", TurnedOff(null=True), H,
        "The inventory is turned off",
        risk="There is no list to check the lock and the replication of each object against.",
        remediation="Keep it enabled.", source=f"{_GUIDE}/storage-inventory.html",
    ),
)  # fmt: skip

RULES = (*BUCKETS, *LOCK, *ACCESS)
