"""S3 replication: the second copy, where it goes, who owns it and how fast it is."""

from __future__ import annotations

from holdfast.review.directions import Becomes, Changed, Leaves, Raised, Removed
from holdfast.review.finding import Severity
from holdfast.review.rule import Gone, row
from holdfast.review.scopes import SCOPE, Narrowed

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_TYPE = "aws_s3_bucket_replication_configuration"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_SOURCE = f"{_GUIDE}/replication-add-config.html"
_RTC = f"{_GUIDE}/replication-time-control.html"
_ENABLED = Leaves(("Enabled",))

RULES = (
    row(
        "s3-replication-gone", _TYPE, "", Gone(replaced=False), B,
        "Replication is destroyed or no longer managed",
        risk="New objects have no second copy.",
        remediation="Keep the configuration.", source=f"{_GUIDE}/replication.html",
    ),
    row(
        "s3-replication-rule-removed", _TYPE, "rule[id]", Removed(), B, "A replication rule is removed",
        risk="New objects in its scope have no second copy.",
        remediation="Keep the rule.", source=_SOURCE,
    ),
    row(
        "s3-replication-off", _TYPE, "rule[id].status", _ENABLED, B, "A replication rule is disabled",
        risk="New objects in its scope have no second copy.",
        remediation='Keep status = "Enabled".', source=_SOURCE,
    ),
    row(
        "s3-replication-destination", _TYPE, "rule[id].destination[].bucket", Changed(), B,
        "Copies go to another bucket",
        risk="The new bucket may be in the same Region or account, or without lock.",
        remediation="Check Region, account, lock and policy of the new bucket.", source=_SOURCE,
    ),
    row(
        "s3-replication-account", _TYPE, "rule[id].destination[].account", Changed(), B,
        "Copies belong to another account",
        risk="Whoever owns the new account can delete the copies.",
        remediation="Keep the backup account.", source=f"{_GUIDE}/replication-change-owner.html",
    ),
    row(
        "s3-replication-role", _TYPE, "role", Changed(), B, "Replication runs under another role",
        risk="Replication stops when the new role lacks a permission, without an error in the plan.",
        remediation="Check that the new role may read, decrypt, replicate and encrypt.",
        source=f"{_GUIDE}/setting-repl-config-perm-overview.html",
    ),
    row(
        "s3-replication-scope", _TYPE, "rule[id]", Narrowed(), H, "A replication rule covers fewer objects",
        reading=SCOPE,
        risk="Objects outside the new filter have no second copy.",
        remediation="Keep the filter.", source=_SOURCE,
    ),
    row(
        "s3-replication-deletes", _TYPE, "rule[id].delete_marker_replication[].status", Becomes(("Enabled",)), H,
        "Deletions are replicated",
        risk="A deletion, by mistake or by an attacker, reaches the copy as well.",
        remediation='Keep delete_marker_replication status = "Disabled".',
        source=f"{_GUIDE}/delete-marker-replication.html",
    ),
    row(
        "s3-replication-time-control-off", _TYPE, "rule[id].destination[].replication_time[].status", _ENABLED, H,
        "Replication time control is turned off",
        risk="Nothing promises, or measures, when a copy is there: the RPO of a lost Region is open.",
        remediation="Keep replication time control.", source=_RTC,
    ),
    row(
        "s3-replication-time", _TYPE, "rule[id].destination[].replication_time[].time[].minutes", Raised(), H,
        "Replication may take longer",
        risk="The RPO of a lost Region grows.",
        remediation="Keep the minutes.", source=_RTC,
    ),
    row(
        "s3-replication-metrics-off", _TYPE, "rule[id].destination[].metrics[].status", _ENABLED, H,
        "Replication metrics are turned off",
        risk="Lag and failures no longer alarm.",
        remediation="Keep the metrics.", source=f"{_GUIDE}/repl-metrics.html",
    ),
    row(
        "s3-replication-encrypted-off", _TYPE,
        "rule[id].source_selection_criteria[].sse_kms_encrypted_objects[].status", _ENABLED, H,
        "Objects encrypted with KMS are no longer replicated",
        risk="The encrypted backups, which is all of them, have no second copy.",
        remediation='Keep sse_kms_encrypted_objects status = "Enabled".',
        source=f"{_GUIDE}/replication-config-for-kms-objects.html",
    ),
    row(
        "s3-replication-key", _TYPE, "rule[id].destination[].encryption_configuration[].replica_kms_key_id",
        Changed(), H, "Copies are encrypted with another key",
        risk="When the new key is the source's, losing it loses both copies.",
        remediation="Keep a key of the destination's own Region and account.",
        source=f"{_GUIDE}/replication-config-for-kms-objects.html",
    ),
    row(
        "s3-replication-ownership", _TYPE, "rule[id].destination[].access_control_translation[].owner", Removed(), H,
        "The source account owns the copies again",
        risk="Whoever takes over the source account can delete the copies.",
        remediation='Keep access_control_translation owner = "Destination".',
        source=f"{_GUIDE}/replication-change-owner.html",
    ),
    row(
        "s3-replication-existing-off", _TYPE, "rule[id].existing_object_replication[].status", _ENABLED, H,
        "Existing objects are no longer replicated",
        risk="What was there before the rule has no second copy.",
        remediation='Keep existing_object_replication status = "Enabled".',
        source=f"{_GUIDE}/s3-batch-replication-batch.html",
    ),
    row(
        "s3-replication-modifications-off", _TYPE,
        "rule[id].source_selection_criteria[].replica_modifications[].status", _ENABLED, H,
        "Changes to copies no longer flow back",
        risk="Locks and tags of the two copies drift apart.",
        remediation='Keep replica_modifications status = "Enabled".',
        source=f"{_GUIDE}/replication-for-metadata-changes.html",
    ),
    row(
        "s3-replication-archive", _TYPE, "rule[id].destination[].storage_class",
        Becomes(("GLACIER", "DEEP_ARCHIVE")), W, "Copies are written to an archive class",
        risk="A restore from the second Region has to wait up to 48 hours.",
        remediation="Keep a class with immediate access.",
        source=f"{_GUIDE}/restoring-objects-retrieval-options.html",
    ),
)  # fmt: skip
