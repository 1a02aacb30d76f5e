"""How RDS tells of what it keeps: records as the structures of its API."""

from __future__ import annotations

from typing import Any

from holdfast.sandbox.ports import LOOPBACK
from holdfast.sandbox.rds_service.engine.history import History
from holdfast.sandbox.rds_service.records import Automated, Instance, Snapshot, Subnets
from holdfast.sandbox.service.values import Values

_TOLD = (
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "DeletionProtection",
    "MultiAZ",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "PubliclyAccessible",
    "StorageType",
)
"""Settings that are kept and told, and change nothing here but DeletionProtection."""
_ZONE = "a"


def instance_document(instance: Instance, subnets: Subnets | None) -> Values:
    """A DBInstance."""
    database, cluster = instance.database, instance.cluster
    reached = cluster is not None and cluster.port and instance.status != "creating"
    groups = instance.settings.get("VpcSecurityGroupIds") or []
    return {
        "DBInstanceIdentifier": database.identifier,
        "DBInstanceArn": instance.arn,
        "DbiResourceId": database.resource_id,
        "DBInstanceStatus": instance.status,
        "Engine": database.engine,
        "EngineVersion": database.version,
        "LicenseModel": "postgresql-license",
        "MasterUsername": database.master,
        "DBName": database.database,
        "Endpoint": {"Address": LOOPBACK, "Port": cluster.port} if cluster and reached else None,
        "AllocatedStorage": database.storage,
        "InstanceCreateTime": database.created,
        "BackupRetentionPeriod": instance.retention,
        "LatestRestorableTime": instance.history.latest if instance.history else None,
        "AvailabilityZone": f"{instance.place.region}{_ZONE}",
        "StorageEncrypted": instance.key is not None,
        "KmsKeyId": instance.key.arn if instance.key else None,
        "IAMDatabaseAuthenticationEnabled": False,
        "MonitoringInterval": 0,
        "PendingModifiedValues": {"MasterUserPassword": "****"} if instance.changing_password else {},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": each, "Status": "active"} for each in groups],
        "DBSecurityGroups": [],
        "DBParameterGroups": [],
        "DBSubnetGroup": subnets_document(subnets) if subnets else None,
        "DBInstanceAutomatedBackupsReplications": [
            {"DBInstanceAutomatedBackupsArn": each} for each in instance.replications
        ],
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "TagList": tag_list(instance.tags),
        **{name: instance.settings[name] for name in _TOLD if instance.settings.get(name) is not None},
    }


def snapshot_document(snapshot: Snapshot) -> Values:
    """A DBSnapshot."""
    database = snapshot.database
    source_region = snapshot.source.split(":")[3] if snapshot.source else None
    return {
        "DBSnapshotIdentifier": snapshot.name,
        "DBSnapshotArn": snapshot.arn,
        "DBInstanceIdentifier": database.identifier,
        "DbiResourceId": database.resource_id,
        "SnapshotCreateTime": snapshot.began,
        "OriginalSnapshotCreateTime": snapshot.original or snapshot.began,
        "Status": snapshot.status,
        "PercentProgress": 100 if snapshot.copy else 0,
        "SnapshotType": snapshot.kind,
        "Engine": database.engine,
        "EngineVersion": database.version,
        "LicenseModel": "postgresql-license",
        "AllocatedStorage": database.storage,
        "InstanceCreateTime": database.created,
        "MasterUsername": database.master,
        "Port": 5432,
        "AvailabilityZone": f"{snapshot.place.region}{_ZONE}",
        "Encrypted": snapshot.key is not None,
        "KmsKeyId": snapshot.key.arn if snapshot.key else None,
        "SourceDBSnapshotIdentifier": snapshot.source,
        "SourceRegion": source_region,
        "IAMDatabaseAuthenticationEnabled": False,
        "SnapshotTarget": "region",
        "TagList": tag_list(snapshot.tags),
    }


def automated_document(automated: Automated, history: History | None) -> Values:
    """A DBInstanceAutomatedBackup."""
    database = automated.database
    window = {"EarliestTime": history.earliest, "LatestTime": history.latest} if history else {}
    return {
        "DBInstanceArn": automated.source,
        "DBInstanceAutomatedBackupsArn": automated.arn,
        "DbiResourceId": database.resource_id,
        "DBInstanceIdentifier": database.identifier,
        "Region": automated.source.split(":")[3],
        "Status": automated.status,
        "RestoreWindow": window,
        "AllocatedStorage": database.storage,
        "BackupRetentionPeriod": automated.retention,
        "InstanceCreateTime": database.created,
        "MasterUsername": database.master,
        "Engine": database.engine,
        "EngineVersion": database.version,
        "Encrypted": automated.key is not None,
        "KmsKeyId": automated.key.arn if automated.key else None,
        "IAMDatabaseAuthenticationEnabled": False,
        "BackupTarget": "region",
        "TagList": tag_list(automated.tags),
    }


def subnets_document(group: Subnets) -> Values:
    """A DBSubnetGroup."""
    return {
        "DBSubnetGroupName": group.name,
        "DBSubnetGroupDescription": group.description,
        "VpcId": group.vpc,
        "SubnetGroupStatus": "Complete",
        "DBSubnetGroupArn": f"arn:aws:rds:{group.place.region}:{group.place.account}:subgrp:{group.name}",
        "SupportedNetworkTypes": ["IPV4"],
        "Subnets": [
            {
                "SubnetIdentifier": each["SubnetId"],
                "SubnetAvailabilityZone": {"Name": each["AvailabilityZone"]},
                "SubnetStatus": "Active",
            }
            for each in group.subnets
        ],
    }


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as RDS lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_given(given: list[dict[str, Any]] | None) -> dict[str, str]:
    """Tags as a call gives them."""
    return {str(each["Key"]): str(each.get("Value", "")) for each in given or []}
