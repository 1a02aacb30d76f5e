"""Whom a vault tells of its events."""

from __future__ import annotations

from holdfast.sandbox.backup_service.errors import not_found
from holdfast.sandbox.backup_service.world import Request, serves
from holdfast.sandbox.service.values import Values


@serves("PutBackupVaultNotifications")
def put(request: Request) -> Values:
    """Set the topic and the events it is told of."""
    vault = request.vault()
    vault.topic, vault.events = request.given["SNSTopicArn"], tuple(request.given["BackupVaultEvents"])
    return {}


@serves("GetBackupVaultNotifications")
def get(request: Request) -> Values:
    """Tell the topic and the events."""
    vault = request.vault()
    if vault.topic is None:
        raise not_found("The specified vault does not have notifications")
    return {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "SNSTopicArn": vault.topic,
        "BackupVaultEvents": list(vault.events),
    }


@serves("DeleteBackupVaultNotifications")
def delete(request: Request) -> Values:
    """Tell nobody any more."""
    vault = request.vault()
    vault.topic, vault.events = None, ()
    return {}
