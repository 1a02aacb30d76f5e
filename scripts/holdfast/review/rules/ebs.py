"""EBS, EC2, Data Lifecycle Manager and the Recycle Bin."""

from __future__ import annotations

from holdfast.review.directions import (
    Added,
    Changed,
    Grown,
    Leaves,
    Lowered,
    Ranked,
    Rarer,
    Removed,
    Shrunk,
    TurnedOff,
    TurnedOn,
)
from holdfast.review.finding import Kind, Severity
from holdfast.review.readings import BIN_DAYS, COUNT, CREATION, INTERVAL, SNAPSHOT_DAYS, TAGS, UNLOCK_DAYS
from holdfast.review.rule import Appears, Gone, row

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_EBS = "https://docs.aws.amazon.com/ebs/latest/userguide"
_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"
_DLM = f"{_EBS}/snapshot-ami-policy.html"
_BIN = f"{_EBS}/recycle-bin.html"
_TYPE = "aws_dlm_lifecycle_policy"
_SCHEDULE = "policy_details[].schedule[name]"
_COPY = f"{_SCHEDULE}.cross_region_copy_rule[*]"

DLM = (
    row(
        "dlm-gone", _TYPE, "", Gone(), B, "A snapshot policy is destroyed, replaced or no longer managed",
        risk="Snapshots are neither made nor, from a replaced policy, expired.",
        remediation="Keep the policy.", source=_DLM,
    ),
    row(
        "dlm-disabled", _TYPE, "state", Leaves(("ENABLED",)), B, "A snapshot policy is disabled",
        risk="No snapshots are made.",
        remediation='Keep state = "ENABLED".', source=_DLM,
    ),
    row(
        "dlm-schedule-removed", _TYPE, _SCHEDULE, Removed(), B, "A snapshot schedule is removed",
        risk="These snapshots are no longer made.",
        remediation="Keep the schedule.", source=_DLM,
    ),
    row(
        "dlm-retention", _TYPE, _SCHEDULE, Lowered(null="most"), B, "Snapshots are kept for a shorter time",
        reading=SNAPSHOT_DAYS,
        risk="Snapshots are deleted sooner.",
        remediation="Keep the retain rule.", source=_DLM,
    ),
    row(
        "dlm-count", _TYPE, f"{_SCHEDULE}.retain_rule[].count", Lowered(null="ignored"), B,
        "Fewer snapshots are kept", reading=COUNT,
        risk="The oldest snapshots are deleted.",
        remediation="Keep the count.", source=_DLM,
    ),
    row(
        "dlm-schedule-rarer", _TYPE, f"{_SCHEDULE}.create_rule[]", Rarer(), B, "Snapshots are made less often",
        reading=CREATION,
        risk="The newest snapshot is older when it is needed.",
        remediation="Keep the create rule.", source=_DLM,
    ),
    row(
        "dlm-times", _TYPE, f"{_SCHEDULE}.create_rule[].times", Changed(), W, "Snapshots are made at another time",
        kind=Kind.PROCESS,
        risk="The first gap after the change is longer than the interval.",
        remediation="Check that the new time is off-peak.", source=_DLM,
    ),
    row(
        "dlm-copy-removed", _TYPE, _COPY, Removed(), B, "The copy of snapshots to another Region is removed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep the copy rule.", source=_DLM,
    ),
    row(
        "dlm-copy-retention", _TYPE, f"{_COPY}.retain_rule[]", Lowered(null="most"), B,
        "Copies of snapshots are kept for a shorter time", reading=INTERVAL,
        risk="The copy that survives a lost Region is deleted sooner.",
        remediation="Keep the retain rule.", source=_DLM,
    ),
    row(
        "dlm-copy-unencrypted", _TYPE, f"{_COPY}.encrypted", TurnedOff(), B, "Copies of snapshots are not encrypted",
        risk="Whoever can read the snapshot reads the data.",
        remediation="Keep encrypted = true.", source=_DLM,
    ),
    row(
        "dlm-copy-target", _TYPE, f"{_COPY}.target", Changed(), B, "Copies of snapshots go elsewhere",
        risk="The new target may be the Region of the source.",
        remediation="Keep the recovery Region.", source=_DLM,
    ),
    row(
        "dlm-copy-target-region", _TYPE, f"{_COPY}.target_region", Changed(), B,
        "Copies of snapshots go to another Region", provider=6,
        risk="The new target may be the Region of the source.",
        remediation="Keep the recovery Region.", source=_DLM,
    ),
    row(
        "dlm-copy-key", _TYPE, f"{_COPY}.cmk_arn", Changed(), B, "Copies of snapshots are encrypted with another key",
        risk="The new key may not be usable from the recovery Region or account.",
        remediation="Check the key.", source=_DLM,
    ),
    row(
        "dlm-targets", _TYPE, "policy_details[].target_tags", Shrunk(), H, "Fewer resources are targeted", reading=TAGS,
        risk="Resources with only that tag get no snapshots.",
        remediation="Keep the tags.", source=_DLM,
    ),
    row(
        "dlm-boot-volume-excluded", _TYPE, "policy_details[].parameters[].exclude_boot_volume", TurnedOn(), H,
        "Boot volumes are excluded",
        risk="A machine cannot be restored from the snapshots alone.",
        remediation="Leave exclude_boot_volume off.", source=_DLM,
    ),
    row(
        "dlm-exclusions", _TYPE, "policy_details[].exclusions", Added(), H, "Exclusions are added", provider=6,
        risk="What is excluded gets no snapshots.",
        remediation="Keep the exclusions as they are.", source=f"{_EBS}/default-policies.html",
    ),
    row(
        "dlm-extend-deletion", _TYPE, "policy_details[].extend_deletion", TurnedOn(), H,
        "The last snapshots are deleted as well", provider=6,
        risk="When the source is deleted its last snapshots are deleted too.",
        remediation="Leave extend_deletion off.", source=f"{_EBS}/default-policies.html",
    ),
    row(
        "dlm-default-retention", _TYPE, "policy_details[].retain_interval", Lowered(null="ignored"), H,
        "A default policy keeps snapshots for a shorter time", provider=6,
        risk="Snapshots are deleted sooner.",
        remediation="Keep retain_interval.", source=f"{_EBS}/default-policies.html",
    ),
    row(
        "dlm-default-policy", _TYPE, "default_policy", Changed(), H, "The kind of default policy changes", provider=6,
        risk="What the default policy protected before is no longer covered.",
        remediation="Keep default_policy.", source=f"{_EBS}/default-policies.html",
    ),
    row(
        "dlm-shared", _TYPE, f"{_SCHEDULE}.share_rule[].target_accounts", Grown(), H,
        "Snapshots are shared with more accounts",
        new_items=True,
        risk="Another account can copy the data out.",
        remediation="Keep the accounts.", source=_DLM,
    ),
    row(
        "dlm-deprecation", _TYPE, f"{_SCHEDULE}.deprecate_rule[]", Lowered(null="most"), H,
        "Images are deprecated sooner", reading=INTERVAL,
        risk="A deprecated image no longer shows up when it is needed.",
        remediation="Keep the deprecate rule.", source=_DLM,
    ),
    row(
        "dlm-archived", _TYPE, f"{_SCHEDULE}.archive_rule[]", Added(), H, "Snapshots are archived", provider=6,
        risk="An archived snapshot takes up to 72 hours to restore.",
        remediation="Archive only what no recovery objective needs.", source=f"{_EBS}/snapshot-archive.html",
    ),
)  # fmt: skip

RECYCLE_BIN = (
    row(
        "rbin-gone", "aws_rbin_rule", "", Gone(), B, "A Recycle Bin rule is destroyed, replaced or no longer managed",
        risk="A deleted snapshot or image is gone at once.",
        remediation="Keep the rule.", source=_BIN,
    ),
    row(
        "rbin-retention", "aws_rbin_rule", "retention_period[]", Lowered(), B,
        "Deleted snapshots are kept for a shorter time", reading=BIN_DAYS,
        risk="There is less time to take a deletion back.",
        remediation="Keep the retention period.", source=_BIN,
    ),
    row(
        "rbin-unlocked", "aws_rbin_rule", "lock_configuration[]", Removed(), B, "A Recycle Bin rule is unlocked",
        risk="The rule can be changed or deleted.",
        remediation="Keep the lock.", source=_BIN,
    ),
    row(
        "rbin-unlock-delay", "aws_rbin_rule", "lock_configuration[]", Lowered(), B,
        "A Recycle Bin rule can be unlocked sooner", reading=UNLOCK_DAYS,
        risk="There is less time to notice an unlocking.",
        remediation="Keep the unlock delay.", source=_BIN,
    ),
    row(
        "rbin-excluded", "aws_rbin_rule", "exclude_resource_tags", Grown(), B, "More is excluded from the Recycle Bin",
        provider=6,
        risk="Whoever sets that tag can delete at once.",
        remediation="Keep the exclusions.", source=_BIN,
    ),
)  # fmt: skip

VOLUMES = (
    row(
        "ebs-snapshot-sharing", "aws_ebs_snapshot_block_public_access", "state",
        Ranked((("block-all-sharing",), ("block-new-sharing",), ("unblocked", None))), H,
        "Snapshots may be shared with everyone",
        risk="A snapshot can be made public.",
        remediation="Keep block-all-sharing.", source=f"{_EBS}/block-public-access-snapshots.html",
    ),
    row(
        "ebs-account-guard-gone", ("aws_ebs_snapshot_block_public_access", "aws_ebs_encryption_by_default"), "",
        Gone(replaced=False), H, "An account-wide EBS guard is destroyed or no longer managed",
        risk="New volumes may be unencrypted, or snapshots public.",
        remediation="Keep the guard.", source=f"{_EBS}/encryption-by-default.html",
    ),
    row(
        "ebs-encryption-off", "aws_ebs_encryption_by_default", "enabled", TurnedOff(null=True), H,
        "EBS encryption by default is turned off",
        risk="New volumes and their snapshots may be unencrypted.",
        remediation="Keep it enabled.", source=f"{_EBS}/encryption-by-default.html",
    ),
    row(
        "ebs-final-snapshot-off", "aws_ebs_volume", "final_snapshot", TurnedOff(), H,
        "A volume leaves no final snapshot", opens_deletion=True,
        risk="Deleting the volume then deletes the data.",
        remediation="Keep final_snapshot = true.",
        source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ebs_volume",
    ),
    row(
        "ebs-volume-gone", "aws_ebs_volume", "", Gone(), H, "A volume is destroyed, replaced or no longer managed",
        risk="Its data is lost unless a snapshot exists.",
        remediation="Keep the volume, or check its newest snapshot first.", source=f"{_EBS}/ebs-deleting-volume.html",
    ),
    row(
        "ebs-snapshot-gone", ("aws_ebs_snapshot", "aws_ebs_snapshot_copy"), "", Gone(), H,
        "A snapshot is destroyed, replaced or no longer managed",
        risk="A recovery point is lost.",
        remediation="Keep it until its retention ends.", source=f"{_EBS}/ebs-deleting-snapshot.html",
    ),
    row(
        "ebs-snapshot-shared", ("aws_snapshot_create_volume_permission", "aws_ami_launch_permission"), "", Appears(),
        H, "A snapshot or image is shared",
        risk="Another account can copy the data out.",
        remediation="Share backups through a vault, with a policy that is reviewed.",
        source=f"{_EBS}/ebs-modifying-snapshot-permissions.html",
    ),
    row(
        "ec2-termination-protection-off", "aws_instance", "disable_api_termination", TurnedOff(), H,
        "Termination protection is turned off", opens_deletion=True,
        risk="The instance can be terminated, with its volumes.",
        remediation="Keep disable_api_termination = true.", source=f"{_EC2}/Using_ChangingDisableAPITermination.html",
    ),
)  # fmt: skip

RULES = (*DLM, *RECYCLE_BIN, *VOLUMES)
