"""Backup vaults."""

from __future__ import annotations

from holdfast.sandbox.backup_service.errors import already_exists, invalid_request
from holdfast.sandbox.backup_service.keys import OWN_KEY
from holdfast.sandbox.backup_service.records import Vault
from holdfast.sandbox.backup_service.world import Request, paged, serves
from holdfast.sandbox.service.values import Values


@serves("CreateBackupVault")
def create(request: Request) -> Values:
    """Make a vault."""
    given, here = request.given, request.here
    name = given["BackupVaultName"]
    there = here.vaults.get(name)
    token = given.get("CreatorRequestId")
    if there is not None and (token is None or there.creator_request_id != token):
        raise already_exists("Backup vault with the same name already exists")
    vault = there or Vault(
        name=name,
        home=request.home,
        created=request.now,
        key_arn=given.get("EncryptionKeyArn") or f"arn:aws:kms:{request.home.region}:{request.home.account}:{OWN_KEY}",
        creator_request_id=token,
    )
    here.vaults[name] = vault
    if given.get("BackupVaultTags"):
        here.tags[vault.arn] = dict(given["BackupVaultTags"])
    return _named(vault)


@serves("DescribeBackupVault")
def describe(request: Request) -> Values:
    """Tell of one vault."""
    return described(request.vault())


@serves("ListBackupVaults")
def list_all(request: Request) -> Values:
    """Tell of all vaults, or of those of one type."""
    kind = request.given.get("ByVaultType")
    vaults = [each for each in request.here.vaults.values() if kind is None or each.type == kind]
    return paged(request, "BackupVaultList", [described(each) for each in vaults])


@serves("DeleteBackupVault")
def delete(request: Request) -> Values:
    """Remove an empty vault; an empty vault can be removed even under a lock."""
    vault = request.vault()
    if vault.points:
        raise invalid_request("Backup vault cannot be deleted because it contains recovery points.")
    request.here.tags.pop(vault.arn, None)
    del request.here.vaults[vault.name]
    return {}


def described(vault: Vault) -> Values:
    """A vault, as it is told of."""
    lock = vault.lock
    return {
        **_named(vault),
        "VaultType": vault.type,
        "VaultState": "AVAILABLE",
        "EncryptionKeyArn": vault.key_arn,
        "CreatorRequestId": vault.creator_request_id,
        "NumberOfRecoveryPoints": len(vault.points),
        "Locked": lock is not None,
        "MinRetentionDays": lock.minimum if lock else None,
        "MaxRetentionDays": lock.maximum if lock else None,
        "LockDate": lock.date if lock else None,
    }


def _named(vault: Vault) -> Values:
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "CreationDate": vault.created}
