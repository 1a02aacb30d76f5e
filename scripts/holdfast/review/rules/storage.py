"""File systems, warehouses, caches, secrets: EFS, FSx, Redshift, ElastiCache, MemoryDB, DSQL, Secrets Manager."""

from __future__ import annotations

from holdfast.review.directions import Becomes, Changed, Leaves, Lowered, Ranked, Removed, TurnedOff, TurnedOn
from holdfast.review.finding import Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.readings import FOREVER_AT_MINUS_ONE, SNAPLOCK_DAYS
from holdfast.review.rule import Gone, row

B, H = Severity.BLOCK, Severity.HIGH
_EFS = "https://docs.aws.amazon.com/efs/latest/ug"
_FSX = "https://docs.aws.amazon.com/fsx/latest"
_REDSHIFT = "https://docs.aws.amazon.com/redshift/latest/mgmt"
_CACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html"
_MEMORYDB = "https://docs.aws.amazon.com/memorydb/latest/devguide/snapshots.html"
_DSQL = "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/what-is-aurora-dsql.html"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide"
_FILE_SYSTEMS = (
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
)
_CACHES = ("aws_elasticache_replication_group", "aws_elasticache_cluster")

EFS = (
    row(
        "efs-gone", "aws_efs_file_system", "", Gone(), B, "A file system is destroyed, replaced or no longer managed",
        risk="Its files are lost.",
        remediation="Keep the file system.", source=f"{_EFS}/delete-efs-fs.html",
    ),
    row(
        "efs-backup-off", "aws_efs_backup_policy", "backup_policy[].status", Leaves(("ENABLED", "ENABLING")), B,
        "Automatic backups are turned off",
        risk="The file system is no longer backed up.",
        remediation='Keep status = "ENABLED".', source=f"{_EFS}/awsbackup.html",
    ),
    row(
        "efs-backup-gone", "aws_efs_backup_policy", "", Gone(replaced=False), B,
        "The backup policy is destroyed or no longer managed",
        risk="The provider turns automatic backups off on the way out.",
        remediation="Keep the policy.", source=f"{_EFS}/awsbackup.html",
    ),
    row(
        "efs-replication-gone", "aws_efs_replication_configuration", "", Gone(), B,
        "Replication is destroyed, replaced or no longer managed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep the replication.", source=f"{_EFS}/efs-replication.html",
    ),
    row(
        "efs-overwrite-protection-off", "aws_efs_file_system", "protection[].replication_overwrite",
        Becomes(("DISABLED",)), H, "Replication may overwrite the file system",
        risk="The file system can be made the target of a replication, which replaces its files.",
        remediation='Keep replication_overwrite = "ENABLED".', source=f"{_EFS}/efs-replication.html",
    ),
    row(
        "efs-policy-gone", "aws_efs_file_system_policy", "", Gone(replaced=False), H,
        "The file system policy is destroyed or no longer managed",
        risk="All its denials are lost.",
        remediation="Keep the policy.", source=f"{_EFS}/iam-access-control-nfs-efs.html",
    ),
    row(
        "efs-policy-weaker", "aws_efs_file_system_policy", "policy", PolicyWeaker("resource"), H,
        "The file system policy is weaker", attached="file_system_id",
        risk="Somebody can mount, write or administer the file system.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_EFS}/iam-access-control-nfs-efs.html",
    ),
)  # fmt: skip

FSX = (
    row(
        "fsx-gone", (*_FILE_SYSTEMS, "aws_fsx_ontap_volume", "aws_fsx_openzfs_volume", "aws_fsx_backup"), "", Gone(), B,
        "A file system, volume or backup is destroyed, replaced or no longer managed",
        risk="Its files are lost.",
        remediation="Keep it.", source=f"{_FSX}/WindowsGuide/using-backups.html",
    ),
    row(
        "fsx-retention", _FILE_SYSTEMS, "automatic_backup_retention_days", Lowered(), B,
        "Automatic backups are kept for a shorter time",
        risk="Older states can no longer be restored; 0 turns the backups off and deletes them.",
        remediation="Keep automatic_backup_retention_days.", source=f"{_FSX}/WindowsGuide/using-backups.html",
    ),
    row(
        "fsx-skip-final-backup",
        ("aws_fsx_lustre_file_system", "aws_fsx_openzfs_file_system", "aws_fsx_windows_file_system",
         "aws_fsx_ontap_volume"),
        "skip_final_backup", TurnedOn(), B, "The final backup is skipped", opens_deletion=True,
        risk="Deleting the file system then leaves no backup.",
        remediation="Keep skip_final_backup = false.", source=f"{_FSX}/WindowsGuide/using-backups.html",
    ),
    row(
        "fsx-snaplock-type", "aws_fsx_ontap_volume", "snaplock_configuration[].snaplock_type",
        Ranked((("COMPLIANCE",), ("ENTERPRISE",), (None,))), B, "SnapLock is weaker", one_way=True,
        risk="Files under retention can be deleted.",
        remediation="Keep COMPLIANCE.", source=f"{_FSX}/ONTAPGuide/snaplock.html",
    ),
    row(
        "fsx-snaplock-privileged-delete", "aws_fsx_ontap_volume", "snaplock_configuration[].privileged_delete",
        Ranked((("PERMANENTLY_DISABLED",), ("DISABLED", None), ("ENABLED",))), H,
        "Privileged users may delete locked files", one_way=True,
        risk="An administrator can delete files under retention.",
        remediation="Keep privileged_delete disabled.", source=f"{_FSX}/ONTAPGuide/snaplock-enterprise.html",
    ),
    row(
        "fsx-snaplock-minimum", "aws_fsx_ontap_volume",
        "snaplock_configuration[].retention_period[].minimum_retention[]", Lowered(), H,
        "The minimum retention of SnapLock is shorter", reading=SNAPLOCK_DAYS,
        risk="New files can be deleted sooner.",
        remediation="Keep the minimum retention.", source=f"{_FSX}/ONTAPGuide/snaplock.html",
    ),
    row(
        "fsx-snaplock-default", "aws_fsx_ontap_volume",
        "snaplock_configuration[].retention_period[].default_retention[]", Lowered(), H,
        "The default retention of SnapLock is shorter", reading=SNAPLOCK_DAYS,
        risk="New files can be deleted sooner.",
        remediation="Keep the default retention.", source=f"{_FSX}/ONTAPGuide/snaplock.html",
    ),
    row(
        "fsx-snaplock-bypass", "aws_fsx_ontap_volume", "bypass_snaplock_enterprise_retention", TurnedOn(), B,
        "SnapLock retention may be bypassed on deletion", opens_deletion=True,
        risk="Deleting the volume then deletes files under retention.",
        remediation="Leave it off.", source=f"{_FSX}/ONTAPGuide/snaplock-enterprise.html",
    ),
)  # fmt: skip

WAREHOUSES = (
    row(
        "redshift-gone", "aws_redshift_cluster", "", Gone(), B,
        "A cluster is destroyed, replaced or no longer managed",
        risk="Its data is lost, with its automated snapshots.",
        remediation="Keep the cluster.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-retention", "aws_redshift_cluster", "automated_snapshot_retention_period", Lowered(null="ignored"),
        B, "Automated snapshots are kept for a shorter time",
        risk="Older states can no longer be restored; 0 turns the snapshots off.",
        remediation="Keep the retention.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-manual-retention", ("aws_redshift_cluster", "aws_redshift_snapshot_copy"),
        "manual_snapshot_retention_period", Lowered(null="most"), B, "Manual snapshots are kept for a shorter time",
        reading=FOREVER_AT_MINUS_ONE,
        risk="Older states can no longer be restored.",
        remediation="Keep the retention.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-skip-final-snapshot", "aws_redshift_cluster", "skip_final_snapshot", TurnedOn(), B,
        "The final snapshot is skipped", opens_deletion=True,
        risk="Deleting the cluster then leaves no snapshot.",
        remediation="Keep skip_final_snapshot = false.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-schedule-gone", ("aws_redshift_snapshot_schedule", "aws_redshift_snapshot_schedule_association"),
        "", Gone(), B, "A snapshot schedule is destroyed, replaced or no longer managed",
        risk="Snapshots are made at the default times only.",
        remediation="Keep the schedule.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-schedule-changed", "aws_redshift_snapshot_schedule", "definitions", Changed(), H,
        "A snapshot schedule changes",
        risk="The recovery point may be older when it is needed.",
        remediation="Compare the times.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-schedule-force-destroy", "aws_redshift_snapshot_schedule", "force_destroy", TurnedOn(), H,
        "force_destroy is turned on", opens_deletion=True,
        risk="The schedule can be deleted while clusters use it.",
        remediation="Leave force_destroy off.", source=f"{_REDSHIFT}/working-with-snapshots.html",
    ),
    row(
        "redshift-copy-gone", "aws_redshift_snapshot_copy", "", Gone(), B,
        "The copy of snapshots to another Region is destroyed, replaced or no longer managed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep the copy.", source=f"{_REDSHIFT}/cross-region-snapshot-copy.html",
    ),
    row(
        "redshift-copy-retention", "aws_redshift_snapshot_copy", "retention_period", Lowered(null="ignored"), B,
        "Copies of snapshots are kept for a shorter time",
        risk="The copy that survives a lost Region is deleted sooner.",
        remediation="Keep retention_period.", source=f"{_REDSHIFT}/cross-region-snapshot-copy.html",
    ),
    row(
        "redshift-legacy-copy-removed", "aws_redshift_cluster", "snapshot_copy[]", Removed(), B,
        "The copy of snapshots to another Region (inline block) is removed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep it, better with aws_redshift_snapshot_copy.",
        source=f"{_REDSHIFT}/cross-region-snapshot-copy.html",
    ),
    row(
        "cache-gone", (*_CACHES, "aws_memorydb_cluster"), "", Gone(), H,
        "A cache is destroyed, replaced or no longer managed",
        risk="What it holds is lost.",
        remediation="Keep it, or check that it holds only what can be computed again.", source=_CACHE,
    ),
    row(
        "cache-retention", (*_CACHES, "aws_memorydb_cluster"), "snapshot_retention_limit", Lowered(), B,
        "Snapshots are kept for a shorter time",
        risk="Older states can no longer be restored; 0 turns the snapshots off.",
        remediation="Keep snapshot_retention_limit.", source=_CACHE,
    ),
    row(
        "cache-final-snapshot-removed", _CACHES, "final_snapshot_identifier", Removed(), B,
        "The final snapshot is given up", opens_deletion=True,
        risk="Deleting the cache then leaves no snapshot.",
        remediation="Keep final_snapshot_identifier.", source=_CACHE,
    ),
    row(
        "memorydb-final-snapshot-removed", "aws_memorydb_cluster", "final_snapshot_name", Removed(), B,
        "The final snapshot is given up", opens_deletion=True,
        risk="Deleting the cluster then leaves no snapshot.",
        remediation="Keep final_snapshot_name.", source=_MEMORYDB,
    ),
    row(
        "dsql-gone", "aws_dsql_cluster", "", Gone(), B, "A cluster is destroyed, replaced or no longer managed",
        risk="Its data is lost.",
        remediation="Keep the cluster.", source=_DSQL,
    ),
    row(
        "dsql-deletion-protection-off", "aws_dsql_cluster", "deletion_protection_enabled", TurnedOff(), B,
        "Deletion protection is turned off", opens_deletion=True,
        risk="The next plan, or one API call, can delete the cluster.",
        remediation="Keep deletion_protection_enabled = true.", source=_DSQL,
    ),
    row(
        "dsql-force-destroy", "aws_dsql_cluster", "force_destroy", TurnedOn(), B, "force_destroy is turned on",
        opens_deletion=True, provider=6,
        risk="The next plan may delete the cluster in spite of its protection.",
        remediation="Leave force_destroy off.", source=_DSQL,
    ),
)  # fmt: skip

SECRETS = (
    row(
        "secret-gone", "aws_secretsmanager_secret", "", Gone(), H,
        "A secret is destroyed, replaced or no longer managed",
        risk="What needs it to start after a restore cannot.",
        remediation="Keep the secret.", source=f"{_SECRETS}/manage_delete-secret.html",
    ),
    row(
        "secret-recovery-window", "aws_secretsmanager_secret", "recovery_window_in_days", Lowered(null="most"), B,
        "A deleted secret can be brought back for a shorter time", opens_deletion=True,
        risk="There is less time to take a deletion back; with 0 there is none.",
        remediation="Keep 30 days.", source=f"{_SECRETS}/manage_delete-secret.html",
    ),
    row(
        "secret-replica-removed", "aws_secretsmanager_secret", "replica[region]", Removed(), B,
        "A replica of a secret is removed",
        risk="When the Region is lost, what is restored elsewhere has no secret.",
        remediation="Keep the replica.", source=f"{_SECRETS}/replicate-secrets.html",
    ),
    row(
        "secret-replica-overwrite", "aws_secretsmanager_secret", "force_overwrite_replica_secret", TurnedOn(), B,
        "A replica may overwrite a secret of the same name",
        risk="A secret in the other Region is lost.",
        remediation="Leave it off.", source=f"{_SECRETS}/replicate-secrets.html",
    ),
)  # fmt: skip

RULES = (*EFS, *FSX, *WAREHOUSES, *SECRETS)
