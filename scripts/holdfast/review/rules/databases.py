"""RDS and its relatives, DynamoDB, Keyspaces."""

from __future__ import annotations

from holdfast.review.directions import Changed, Grown, Leaves, Lowered, Removed, TurnedOff, TurnedOn
from holdfast.review.finding import Kind, Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.rule import Gone, row

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_DDB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_BACKUPS = f"{_RDS}/USER_WorkingWithAutomatedBackups.html"
_DELETE = f"{_RDS}/USER_DeleteInstance.html"
_CLUSTERS = ("aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster")
_ALL = ("aws_db_instance", *_CLUSTERS)
_GLOBAL = ("aws_rds_global_cluster", "aws_docdb_global_cluster", "aws_neptune_global_cluster")
_SNAPSHOTS = (
    "aws_db_snapshot",
    "aws_db_snapshot_copy",
    "aws_db_cluster_snapshot",
    "aws_rds_cluster_snapshot_copy",
    "aws_neptune_cluster_snapshot",
    "aws_docdb_cluster_snapshot",
)

RDS = (
    row(
        "rds-gone", _ALL, "", Gone(), B, "A database is destroyed, replaced or no longer managed",
        risk="Its data is lost, with its automated backups unless they are retained.",
        remediation="Keep it; identifier, key and encryption cannot change in place.", source=_DELETE,
    ),
    row(
        "rds-retention", _ALL, "backup_retention_period", Lowered(), B, "Automated backups are kept for a shorter time",
        risk="Point-in-time recovery reaches less far back; 0 turns it off.",
        remediation="Keep backup_retention_period.", source=_BACKUPS,
    ),
    row(
        "rds-deletion-protection-off", (*_ALL, *_GLOBAL), "deletion_protection", TurnedOff(), B,
        "Deletion protection is turned off", opens_deletion=True,
        risk="The next plan, or one API call, can delete the database.",
        remediation="Keep deletion_protection = true.", source=_DELETE,
    ),
    row(
        "rds-skip-final-snapshot", _ALL, "skip_final_snapshot", TurnedOn(), B, "The final snapshot is skipped",
        opens_deletion=True,
        risk="Deleting the database then leaves no snapshot.",
        remediation="Keep skip_final_snapshot = false.", source=_DELETE,
    ),
    row(
        "rds-final-snapshot-removed", _ALL, "final_snapshot_identifier", Removed(), B,
        "The name of the final snapshot is removed", opens_deletion=True,
        risk="Deleting the database fails, or leaves no snapshot.",
        remediation="Keep final_snapshot_identifier.", source=_DELETE,
    ),
    row(
        "rds-automated-backups-deleted", ("aws_db_instance", "aws_rds_cluster"), "delete_automated_backups",
        TurnedOn(null=True), H, "Automated backups are deleted with the database", opens_deletion=True,
        risk="Deleting the database deletes its automated backups at once.",
        remediation="Keep delete_automated_backups = false.", source=_DELETE,
    ),
    row(
        "rds-snapshot-tags-off", ("aws_db_instance", "aws_rds_cluster", "aws_neptune_cluster"),
        "copy_tags_to_snapshot", TurnedOff(), H, "Snapshots no longer carry the tags",
        risk="What finds, bills or protects snapshots by tag misses them.",
        remediation="Keep copy_tags_to_snapshot = true.", source=f"{_RDS}/USER_Tagging.html",
    ),
    row(
        "rds-multi-az-off", "aws_db_instance", "multi_az", TurnedOff(), H, "The standby is given up",
        risk="A lost zone is an outage and, between backups, lost data.",
        remediation="Keep multi_az = true.", source=f"{_RDS}/Concepts.MultiAZ.html",
    ),
    row(
        "rds-backtrack", "aws_rds_cluster", "backtrack_window", Lowered(), H, "The backtrack window is shorter",
        risk="A mistake can be rewound for a shorter time.",
        remediation="Keep backtrack_window.", source=f"{_AURORA}/AuroraMySQL.Managing.Backtrack.html",
    ),
    row(
        "rds-backup-window", "aws_db_instance", "backup_window", Changed(), W, "The backup window moves",
        kind=Kind.PROCESS,
        risk="The first gap after the change is longer than a day.",
        remediation="Check that the new window is off-peak.", source=_BACKUPS,
    ),
    row(
        "rds-cluster-backup-window", _CLUSTERS, "preferred_backup_window", Changed(), W, "The backup window moves",
        kind=Kind.PROCESS,
        risk="The first gap after the change is longer than a day.",
        remediation="Check that the new window is off-peak.", source=_BACKUPS,
    ),
    row(
        "rds-replicated-backups-gone", "aws_db_instance_automated_backups_replication", "", Gone(), H,
        "The replication of automated backups is destroyed, replaced or no longer managed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep the replication.", source=f"{_RDS}/USER_ReplicateBackups.html",
    ),
    row(
        "rds-replicated-backups-retention", "aws_db_instance_automated_backups_replication", "retention_period",
        Lowered(null="ignored"), H, "Replicated backups are kept for a shorter time",
        risk="Recovery in the second Region reaches less far back.",
        remediation="Keep retention_period.", source=f"{_RDS}/USER_ReplicateBackups.html",
    ),
    row(
        "rds-global-gone", _GLOBAL, "", Gone(), H, "A global cluster is destroyed, replaced or no longer managed",
        risk="The second Region is no longer kept up to date.",
        remediation="Keep the global cluster.", source=f"{_AURORA}/aurora-global-database.html",
    ),
    row(
        "rds-global-force-destroy", "aws_rds_global_cluster", "force_destroy", TurnedOn(), H,
        "force_destroy is turned on", opens_deletion=True,
        risk="Deleting the global cluster then removes its members.",
        remediation="Leave force_destroy off.", source=f"{_AURORA}/aurora-global-database.html",
    ),
    row(
        "rds-snapshot-gone", _SNAPSHOTS, "", Gone(), H, "A snapshot is destroyed, replaced or no longer managed",
        risk="A recovery point is lost.",
        remediation="Keep it until its retention ends.", source=f"{_RDS}/USER_DeleteSnapshot.html",
    ),
    row(
        "rds-snapshot-shared",
        ("aws_db_snapshot", "aws_db_snapshot_copy", "aws_db_cluster_snapshot", "aws_rds_cluster_snapshot_copy"),
        "shared_accounts", Grown(), H, "A snapshot is shared with more accounts",
        risk="Another account can copy the data out.",
        remediation="Keep the accounts.", source=f"{_RDS}/USER_ShareSnapshot.html",
    ),
)  # fmt: skip

_PITR = f"{_DDB}/Point-in-time-recovery.html"
_PROTECT = f"{_DDB}/WorkingWithTables.Basics.html"

DYNAMODB = (
    row(
        "dynamodb-gone", "aws_dynamodb_table", "", Gone(), B, "A table is destroyed, replaced or no longer managed",
        risk="Its data is lost; point-in-time recovery ends with the table.",
        remediation="Keep the table.", source=_PROTECT,
    ),
    row(
        "dynamodb-pitr-off", "aws_dynamodb_table", "point_in_time_recovery[].enabled", TurnedOff(), B,
        "Point-in-time recovery is turned off",
        risk="The continuous backups so far are deleted; turning it on again starts from nothing.",
        remediation="Keep point_in_time_recovery enabled.", source=_PITR,
    ),
    row(
        "dynamodb-pitr-period", "aws_dynamodb_table", "point_in_time_recovery[].recovery_period_in_days",
        Lowered(null="ignored"), B, "Point-in-time recovery reaches less far back",
        risk="Older states can no longer be restored.",
        remediation="Keep recovery_period_in_days.", source=_PITR,
    ),
    row(
        "dynamodb-deletion-protection-off", ("aws_dynamodb_table", "aws_dynamodb_table_replica"),
        "deletion_protection_enabled", TurnedOff(), B, "Deletion protection is turned off", opens_deletion=True,
        risk="The next plan, or one API call, can delete the table.",
        remediation="Keep deletion_protection_enabled = true.", source=_PROTECT,
    ),
    row(
        "dynamodb-replica-removed", "aws_dynamodb_table", "replica[region_name]", Removed(), B, "A replica is removed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep the replica.", source=f"{_DDB}/GlobalTables.html",
    ),
    row(
        "dynamodb-replica-pitr-off", "aws_dynamodb_table", "replica[region_name].point_in_time_recovery", TurnedOff(),
        B, "Point-in-time recovery of a replica is turned off",
        risk="The replica cannot be restored to an earlier state.",
        remediation="Keep point_in_time_recovery = true.", source=_PITR,
    ),
    row(
        "dynamodb-replica-deletion-protection-off", "aws_dynamodb_table",
        "replica[region_name].deletion_protection_enabled", TurnedOff(), B,
        "Deletion protection of a replica is turned off", opens_deletion=True, provider=6,
        risk="One API call can delete the replica.",
        remediation="Keep deletion_protection_enabled = true.", source=_PROTECT,
    ),
    row(
        "dynamodb-table-replica-gone", "aws_dynamodb_table_replica", "", Gone(), B,
        "A replica is destroyed, replaced or no longer managed",
        risk="There is no second copy when the Region is lost.",
        remediation="Keep the replica.", source=f"{_DDB}/GlobalTables.html",
    ),
    row(
        "dynamodb-table-replica-pitr-off", "aws_dynamodb_table_replica", "point_in_time_recovery", TurnedOff(), B,
        "Point-in-time recovery of a replica is turned off",
        risk="The replica cannot be restored to an earlier state.",
        remediation="Keep point_in_time_recovery = true.", source=_PITR,
    ),
    row(
        "dynamodb-encryption-off", "aws_dynamodb_table", "server_side_encryption[].enabled", TurnedOff(), H,
        "The table no longer uses a key of KMS",
        risk="Reading the table no longer needs permission on a key.",
        remediation="Keep server_side_encryption.", source=f"{_DDB}/EncryptionAtRest.html",
    ),
    row(
        "dynamodb-encryption-key", "aws_dynamodb_table", "server_side_encryption[].kms_key_arn", Changed(), H,
        "The table changes its key",
        risk="The table and its backups depend on another key.",
        remediation="Check the policy and the Region of the new key.", source=f"{_DDB}/EncryptionAtRest.html",
    ),
    row(
        "dynamodb-policy-gone", "aws_dynamodb_resource_policy", "", Gone(replaced=False), H,
        "The policy of a table is destroyed or no longer managed",
        risk="All its denials are lost.",
        remediation="Keep the policy.", source=f"{_DDB}/access-control-resource-based.html",
    ),
    row(
        "dynamodb-policy-weaker", "aws_dynamodb_resource_policy", "policy", PolicyWeaker("resource"), H,
        "The policy of a table is weaker", attached="resource_arn",
        risk="Somebody can delete the table, its backups or its contents.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_DDB}/access-control-resource-based.html",
    ),
    row(
        "keyspaces-gone", "aws_keyspaces_table", "", Gone(), B, "A table is destroyed, replaced or no longer managed",
        risk="Its data is lost.",
        remediation="Keep the table.",
        source="https://docs.aws.amazon.com/keyspaces/latest/devguide/PointInTimeRecovery.html",
    ),
    row(
        "keyspaces-pitr-off", "aws_keyspaces_table", "point_in_time_recovery[].status", Leaves(("ENABLED",)), B,
        "Point-in-time recovery is turned off",
        risk="The continuous backups so far are deleted.",
        remediation='Keep status = "ENABLED".',
        source="https://docs.aws.amazon.com/keyspaces/latest/devguide/PointInTimeRecovery.html",
    ),
)  # fmt: skip

RULES = (*RDS, *DYNAMODB)
