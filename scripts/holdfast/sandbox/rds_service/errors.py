"""RDS's own errors, by the codes of its API. They are answers to a caller, not errors of Holdfast's.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from holdfast.sandbox.service.errors import ServiceAnswer

_MISSING = 404


def no_instance(name: str) -> ServiceAnswer:
    """There is no such instance."""
    return ServiceAnswer("DBInstanceNotFound", f"DBInstance {name} not found.", _MISSING)


def no_snapshot(name: str) -> ServiceAnswer:
    """There is no such snapshot."""
    return ServiceAnswer("DBSnapshotNotFound", f"DBSnapshot {name} not found.", _MISSING)


def no_automated_backup(name: str) -> ServiceAnswer:
    """There are no such automated backups."""
    return ServiceAnswer("DBInstanceAutomatedBackupNotFound", f"Automated backup {name} not found.", _MISSING)


def no_subnets(name: str) -> ServiceAnswer:
    """There is no such subnet group."""
    return ServiceAnswer("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", _MISSING)


def instance_exists() -> ServiceAnswer:
    """There is an instance of that name."""
    return ServiceAnswer("DBInstanceAlreadyExists", "DB instance already exists")


def snapshot_exists(name: str) -> ServiceAnswer:
    """There is a snapshot of that name."""
    return ServiceAnswer("DBSnapshotAlreadyExists", f"Cannot create the snapshot because {name} already exists.")


def wrong_state(text: str) -> ServiceAnswer:
    """The instance is in a state in which that cannot be done."""
    return ServiceAnswer("InvalidDBInstanceState", text)


def wrong_snapshot_state(text: str) -> ServiceAnswer:
    """The snapshot is in a state in which that cannot be done."""
    return ServiceAnswer("InvalidDBSnapshotState", text)


def invalid(text: str) -> ServiceAnswer:
    """A value is outside what is allowed."""
    return ServiceAnswer("InvalidParameterValue", text)


def contradictory(text: str) -> ServiceAnswer:
    """Values do not go together."""
    return ServiceAnswer("InvalidParameterCombination", text)


def key_not_accessible(key: str, why: str) -> ServiceAnswer:
    """The KMS key cannot be used."""
    return ServiceAnswer("KMSKeyNotAccessibleFault", f"The KMS key {key} cannot be used: {why}")
