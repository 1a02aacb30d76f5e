"""Logically air-gapped vaults: locked from the beginning, under a key of AWS's.

https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html
"""

from __future__ import annotations

from holdfast.sandbox.backup_service.errors import already_exists, invalid_parameter
from holdfast.sandbox.backup_service.keys import OWN_KEY
from holdfast.sandbox.backup_service.records import AIR_GAPPED_VAULT, Vault, VaultLock
from holdfast.sandbox.backup_service.world import Request, serves
from holdfast.sandbox.service.values import Values

_SHORTEST = 7


@serves("CreateLogicallyAirGappedBackupVault")
def create(request: Request) -> Values:
    """Make one; its lock cannot be changed from the first moment."""
    given, here, home = request.given, request.here, request.home
    name, minimum, maximum = given["BackupVaultName"], given["MinRetentionDays"], given["MaxRetentionDays"]
    if name in here.vaults:
        raise already_exists("Backup vault with the same name already exists")
    if minimum < _SHORTEST or maximum < minimum:
        raise invalid_parameter(f"MinRetentionDays must be {_SHORTEST} or more, MaxRetentionDays no less than that")
    vault = Vault(
        name=name,
        home=home,
        created=request.now,
        key_arn=given.get("EncryptionKeyArn") or f"arn:aws:kms:{home.region}:{home.account}:{OWN_KEY}",
        creator_request_id=given.get("CreatorRequestId"),
        type=AIR_GAPPED_VAULT,
        lock=VaultLock(minimum, maximum, request.now),
    )
    here.vaults[name] = vault
    if given.get("BackupVaultTags"):
        here.tags[vault.arn] = dict(given["BackupVaultTags"])
    return {
        "BackupVaultName": name,
        "BackupVaultArn": vault.arn,
        "CreationDate": vault.created,
        "VaultState": "AVAILABLE",
    }
