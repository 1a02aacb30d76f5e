"""AWS Backup: plans, what they select, vaults, locks, restore testing."""

from __future__ import annotations

from holdfast.review.directions import (
    Changed,
    Differs,
    Grown,
    Lowered,
    Raised,
    Rarer,
    Removed,
    Shrunk,
    TurnedOff,
    TurnedOn,
)
from holdfast.review.finding import Kind, Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.readings import COUNT
from holdfast.review.rule import Gone, row

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide"
_LOCK = f"{_GUIDE}/vault-lock.html"
_PLAN = f"{_GUIDE}/plan-options-and-configuration.html"
_AIR_GAP = f"{_GUIDE}/logicallyairgappedvault.html"
_PROVIDER = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources"

VAULTS = (
    row(
        "backup-vault-gone", "aws_backup_vault", "", Gone(), B,
        "A backup vault is destroyed, replaced or no longer managed",
        risk="Its recovery points are lost, or nobody watches their lock any more.",
        remediation="Keep the vault; its name and key cannot change in place.", source=f"{_PROVIDER}/backup_vault",
    ),
    row(
        "backup-vault-force-destroy", "aws_backup_vault", "force_destroy", TurnedOn(), B,
        "force_destroy is turned on", opens_deletion=True,
        risk="Deleting the vault then deletes every recovery point in it.",
        remediation="Leave force_destroy off.", source=f"{_PROVIDER}/backup_vault#force_destroy",
    ),
    row(
        "backup-vault-lock-gone", "aws_backup_vault_lock_configuration", "", Gone(replaced=False), B,
        "The vault lock is destroyed or no longer managed",
        risk="Recovery points can be deleted, and their retention shortened.",
        remediation="Keep the lock.", source=_LOCK,
    ),
    row(
        "backup-vault-lock-minimum", "aws_backup_vault_lock_configuration", "min_retention_days", Lowered(), B,
        "The minimum retention of the vault lock is shorter", one_way=True,
        risk="Backups with a shorter life are accepted.",
        remediation="Keep min_retention_days.", source=_LOCK,
    ),
    row(
        "backup-vault-lock-maximum", "aws_backup_vault_lock_configuration", "max_retention_days", Changed(), B,
        "The maximum retention of the vault lock changes",
        risk="Jobs that keep longer than a lower maximum fail; above a higher one storage is locked for longer.",
        remediation="Keep max_retention_days in step with the plans.", source=_LOCK,
    ),
    row(
        "backup-vault-lock-mode", "aws_backup_vault_lock_configuration", "changeable_for_days", Changed(), B,
        "The lock leaves compliance mode, or its grace time changes", one_way=True,
        risk="Without changeable_for_days it is a governance lock, which an administrator can remove.",
        remediation="Keep changeable_for_days as it is.", source=_LOCK,
    ),
    row(
        "backup-air-gapped-vault-gone", "aws_backup_logically_air_gapped_vault", "", Gone(), B,
        "A logically air-gapped vault is destroyed, replaced or no longer managed",
        risk="The copies that survive a lost account are lost; a refused deletion even leaves the state in silence.",
        remediation="Keep the vault; its name and retention cannot change in place.", source=_AIR_GAP,
    ),
    row(
        "backup-air-gapped-vault-minimum", "aws_backup_logically_air_gapped_vault", "min_retention_days", Lowered(),
        B, "The minimum retention of an air-gapped vault is shorter", one_way=True,
        risk="The vault is replaced by one that keeps less.",
        remediation="Keep min_retention_days.", source=_AIR_GAP,
    ),
    row(
        "backup-air-gapped-vault-key", "aws_backup_logically_air_gapped_vault", "encryption_key_arn", Changed(), B,
        "An air-gapped vault changes its key", provider=6,
        risk="The vault is replaced; what the old one holds stays under a key nobody manages here.",
        remediation="Keep the key.", source=_AIR_GAP,
    ),
    row(
        "backup-vault-policy-gone", "aws_backup_vault_policy", "", Gone(replaced=False), H,
        "The vault policy is destroyed or no longer managed",
        risk="All its denials are lost: deleting recovery points, shortening their life, replacing the policy.",
        remediation="Keep the policy.", source=f"{_GUIDE}/create-a-vault-access-policy.html",
    ),
    row(
        "backup-vault-policy-weaker", "aws_backup_vault_policy", "policy", PolicyWeaker("resource"), H,
        "The vault policy is weaker", attached="backup_vault_name",
        risk="Somebody can delete recovery points, shorten their life or copy them out.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_GUIDE}/create-a-vault-access-policy.html",
    ),
    row(
        "backup-vault-notifications-gone", "aws_backup_vault_notifications", "", Gone(replaced=False), H,
        "Notifications of the vault are destroyed or no longer managed",
        risk="A failed job is noticed by nobody.",
        remediation="Keep the notifications.", source=f"{_GUIDE}/backup-notifications.html",
    ),
    row(
        "backup-vault-notifications-fewer", "aws_backup_vault_notifications", "backup_vault_events", Shrunk(), H,
        "Fewer events of the vault are reported",
        risk="A failed job is noticed by nobody.",
        remediation="Keep the events.", source=f"{_GUIDE}/backup-notifications.html",
    ),
)  # fmt: skip

PLANS = (
    row(
        "backup-plan-gone", "aws_backup_plan", "", Gone(), B, "A backup plan is destroyed or no longer managed",
        risk="Nothing it selected is backed up any more.",
        remediation="Keep the plan.", source=f"{_GUIDE}/about-backup-plans.html",
    ),
    row(
        "backup-rule-removed", "aws_backup_plan", "rule[rule_name]", Removed(), B, "A backup rule is removed",
        risk="These backups are no longer made.",
        remediation="Keep the rule.", source=_PLAN,
    ),
    row(
        "backup-retention", "aws_backup_plan", "rule[rule_name].lifecycle[].delete_after",
        Lowered(null="most", zero="most"), B, "Backups are kept for a shorter time",
        risk="Recovery points expire sooner.",
        remediation="Keep delete_after.", source=f"{_PLAN}#backup-lifecycle",
    ),
    row(
        "backup-cold-storage", "aws_backup_plan", "rule[rule_name].lifecycle[].cold_storage_after", Differs(), B,
        "The move to cold storage changes", reading=COUNT,
        risk="A restore from cold storage takes hours, and a recovery point stays there for at least 90 days.",
        remediation="Keep cold_storage_after.", source=f"{_PLAN}#backup-lifecycle",
    ),
    row(
        "backup-schedule", "aws_backup_plan", "rule[rule_name].schedule", Rarer(), B, "Backups are made less often",
        risk="The recovery point is older when it is needed.",
        remediation="Keep the schedule.", source=_PLAN,
    ),
    row(
        "backup-continuous-off", "aws_backup_plan", "rule[rule_name].enable_continuous_backup", TurnedOff(), B,
        "Point-in-time recovery is turned off",
        risk="Only whole backups can be restored, and the changes since the last one are lost.",
        remediation="Keep enable_continuous_backup = true.", source=f"{_GUIDE}/point-in-time-recovery.html",
    ),
    row(
        "backup-target-vault", "aws_backup_plan", "rule[rule_name].target_vault_name", Changed(), B,
        "Backups go to another vault",
        risk="The new vault may be without lock.",
        remediation="Check the lock, the key and the policy of the new vault.", source=_PLAN,
    ),
    row(
        "backup-air-gapped-target-removed", "aws_backup_plan",
        "rule[rule_name].target_logically_air_gapped_backup_vault_arn", Removed(), B,
        "Backups no longer go to the air-gapped vault", provider=6,
        risk="No copy survives a lost account.",
        remediation="Keep the target.", source=_AIR_GAP,
    ),
    row(
        "backup-copy-removed", "aws_backup_plan", "rule[rule_name].copy_action[*]", Removed(), B,
        "A copy to another vault is removed",
        risk="There is no second copy in another Region or account.",
        remediation="Keep the copy action.", source=f"{_GUIDE}/cross-region-backup.html",
    ),
    row(
        "backup-copy-destination", "aws_backup_plan", "rule[rule_name].copy_action[*].destination_vault_arn",
        Changed(), B, "Copies go to another vault",
        risk="The new vault may be in the same Region or account, or without lock.",
        remediation="Check Region, account and lock of the new vault.", source=f"{_GUIDE}/cross-region-backup.html",
    ),
    row(
        "backup-copy-retention", "aws_backup_plan", "rule[rule_name].copy_action[*].lifecycle[].delete_after",
        Lowered(null="most", zero="most"), B, "Copies are kept for a shorter time",
        risk="The copy that survives a lost Region expires sooner.",
        remediation="Keep delete_after.", source=f"{_PLAN}#backup-lifecycle",
    ),
    row(
        "backup-start-window", "aws_backup_plan", "rule[rule_name].start_window", Raised(null="ignored"), W,
        "A job may start later",
        risk="The worst gap between two backups grows.",
        remediation="Keep start_window.", source=_PLAN,
    ),
    row(
        "backup-completion-window", "aws_backup_plan", "rule[rule_name].completion_window", Changed(), W,
        "The time a job may take changes", kind=Kind.PROCESS,
        risk="A shorter window cancels long jobs; a longer one widens the worst gap.",
        remediation="Check it against the time jobs really take.", source=_PLAN,
    ),
    row(
        "backup-scan-setting-removed", "aws_backup_plan", "scan_setting[*]", Removed(), H,
        "Malware scanning is removed from the plan", provider=6,
        risk="An infected recovery point is restored without warning.",
        remediation="Keep the scan setting.", source=f"{_GUIDE}/malware-protection.html",
    ),
    row(
        "backup-scan-action-removed", "aws_backup_plan", "rule[rule_name].scan_action[*]", Removed(), H,
        "Malware scanning is removed from a rule", provider=6,
        risk="An infected recovery point is restored without warning.",
        remediation="Keep the scan action.", source=f"{_GUIDE}/malware-protection.html",
    ),
    row(
        "backup-advanced-setting", "aws_backup_plan", "advanced_backup_setting[resource_type].backup_options",
        Changed(), H, "Advanced backup options change",
        risk="Without Windows VSS a running machine is backed up in an inconsistent state.",
        remediation="Keep WindowsVSS = enabled.", source=f"{_GUIDE}/windows-backups.html",
    ),
)  # fmt: skip

_OPERATORS = ("string_equals", "string_like", "string_not_equals", "string_not_like")
_ASSIGN = f"{_GUIDE}/assigning-resources.html"

SELECTIONS = (
    row(
        "backup-selection-gone", "aws_backup_selection", "", Gone(replaced=False), B,
        "A selection is destroyed or no longer managed",
        risk="What it selected is no longer backed up.",
        remediation="Keep the selection.", source=_ASSIGN,
    ),
    row(
        "backup-selection-resources", "aws_backup_selection", "resources", Shrunk(), H, "Fewer resources are selected",
        risk="The resources left out are no longer backed up.",
        remediation="Keep the list.", source=_ASSIGN,
    ),
    row(
        "backup-selection-excluded", "aws_backup_selection", "not_resources", Grown(), H, "More resources are excluded",
        risk="The resources left out are no longer backed up.",
        remediation="Keep the list.", source=_ASSIGN,
    ),
    row(
        "backup-selection-tags", "aws_backup_selection", "selection_tag", Shrunk(), H, "Fewer tags are selected",
        risk="Resources with only that tag are no longer backed up.",
        remediation="Keep the tags.", source=_ASSIGN,
    ),
    *(
        row(
            f"backup-selection-condition-{name.replace('_', '-')}", "aws_backup_selection", f"condition[].{name}",
            Grown(), H, f"A {name} condition is added to a selection",
            risk="All conditions must hold: resources that do not meet the new one are no longer backed up.",
            remediation="Keep the conditions.", source=_ASSIGN,
        )
        for name in _OPERATORS
    ),
    row(
        "backup-selection-role", "aws_backup_selection", "iam_role_arn", Changed(), H,
        "Backups run under another role",
        risk="Jobs fail when the new role lacks a permission, without an error in the plan.",
        remediation="Check the permissions of the new role.", source=f"{_GUIDE}/iam-service-roles.html",
    ),
)  # fmt: skip

_TESTING = f"{_GUIDE}/restore-testing.html"
_AUDIT = f"{_GUIDE}/aws-backup-audit-manager.html"
_POINTS = "recovery_point_selection[]"

SETTINGS = (
    row(
        "backup-opt-in-off", "aws_backup_region_settings", "resource_type_opt_in_preference{}", TurnedOff(), H,
        "A service is opted out of AWS Backup",
        risk="Resources of this service are no longer backed up in this Region.",
        remediation="Keep the opt-in.", source=f"{_ASSIGN}#resource-opt-in",
    ),
    row(
        "backup-management-off", "aws_backup_region_settings", "resource_type_management_preference{}", TurnedOff(),
        H, "AWS Backup no longer manages a service's backups fully",
        risk="Backups of this service lose their own encryption, ARNs and lock.",
        remediation="Keep the preference.", source=f"{_GUIDE}/advanced-ddb-backup.html",
    ),
    row(
        "backup-cross-account-off", "aws_backup_global_settings", "global_settings.isCrossAccountBackupEnabled",
        TurnedOff(), H, "Cross-account backup is turned off",
        risk="Copies to the backup account fail.",
        remediation='Keep isCrossAccountBackupEnabled = "true".', source=f"{_GUIDE}/create-cross-account-backup.html",
    ),
    row(
        "backup-restore-testing-gone",
        ("aws_backup_restore_testing_plan", "aws_backup_restore_testing_selection"), "", Gone(replaced=False), H,
        "Restore testing is destroyed or no longer managed",
        risk="Nothing shows any more that the backups can be restored.",
        remediation="Keep the restore tests.", source=_TESTING,
    ),
    row(
        "backup-restore-testing-schedule", "aws_backup_restore_testing_plan", "schedule_expression", Rarer(), H,
        "Restores are tested less often",
        risk="A backup that cannot be restored is noticed later.",
        remediation="Keep the schedule.", source=_TESTING,
    ),
    row(
        "backup-restore-testing-vaults", "aws_backup_restore_testing_plan", f"{_POINTS}.include_vaults", Shrunk(), H,
        "Fewer vaults are tested",
        risk="Backups in the vaults left out are never restored.",
        remediation="Keep the vaults.", source=_TESTING,
    ),
    row(
        "backup-restore-testing-excluded", "aws_backup_restore_testing_plan", f"{_POINTS}.exclude_vaults", Grown(), H,
        "More vaults are excluded from restore tests",
        risk="Backups in the vaults left out are never restored.",
        remediation="Keep the exclusions.", source=_TESTING,
    ),
    row(
        "backup-restore-testing-window", "aws_backup_restore_testing_plan", f"{_POINTS}.selection_window_days",
        Lowered(null="ignored"), H, "Restore tests look at fewer days",
        risk="Older recovery points are never restored.",
        remediation="Keep selection_window_days.", source=_TESTING,
    ),
    row(
        "backup-restore-testing-resources", "aws_backup_restore_testing_selection", "protected_resource_arns",
        Shrunk(), H, "Fewer resources are tested",
        risk="Backups of the resources left out are never restored.",
        remediation="Keep the list.", source=_TESTING,
    ),
    row(
        "backup-framework-gone", ("aws_backup_framework", "aws_backup_report_plan"), "", Gone(replaced=False), H,
        "An audit framework or report is destroyed or no longer managed",
        risk="Nobody reports what is not protected.",
        remediation="Keep it.", source=_AUDIT,
    ),
    row(
        "backup-framework-control-removed", "aws_backup_framework", "control[name]", Removed(), H,
        "A control is removed from an audit framework",
        risk="What it found is no longer reported.",
        remediation="Keep the control.", source=f"{_GUIDE}/controls-and-remediation.html",
    ),
)  # fmt: skip

RULES = (*VAULTS, *PLANS, *SELECTIONS, *SETTINGS)
