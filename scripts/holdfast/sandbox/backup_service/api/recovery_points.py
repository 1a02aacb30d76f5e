"""Recovery points: told, kept under the vault's lock, and deleted only when that lets them go."""

from __future__ import annotations

from holdfast.sandbox.backup_service.api.plans import check_lifecycle
from holdfast.sandbox.backup_service.contents import reading
from holdfast.sandbox.backup_service.errors import invalid_parameter, invalid_request, not_found
from holdfast.sandbox.backup_service.faults import Effect
from holdfast.sandbox.backup_service.records import RecoveryPoint, Vault
from holdfast.sandbox.backup_service.world import Request, World, paged, serves
from holdfast.sandbox.service.values import Values


def point_in(world: World, vault: Vault, arn: str) -> RecoveryPoint:
    """A recovery point of a vault.

    Raises:
        ServiceAnswer: there is none.
    """
    point = vault.points.get(arn)
    if point is None or world.faults.take(Effect.MISSING, point.resource_arn):
        raise not_found(f"Recovery point {arn} not found in vault {vault.name}")
    return point


def point_by_arn(request: Request, arn: str) -> RecoveryPoint:
    """A recovery point of the Region, in whichever vault it is.

    Raises:
        ServiceAnswer: there is none.
    """
    for vault in request.here.vaults.values():
        request.world.expire(vault)
        if arn in vault.points:
            return point_in(request.world, vault, arn)
    raise not_found(f"Recovery point {arn} not found")


@serves("DescribeRecoveryPoint")
def describe(request: Request) -> Values:
    """Tell of one recovery point."""
    return told(_named(request), request.vault())


@serves("ListRecoveryPointsByBackupVault")
def list_by_vault(request: Request) -> Values:
    """Tell of a vault's recovery points, newest first."""
    given, vault = request.given, request.vault()
    found = [
        each
        for each in _visible(request, list(vault.points.values()))
        if given.get("ByResourceArn") in (None, each.resource_arn)
        and given.get("ByResourceType") in (None, each.resource_type)
        and (given.get("ByCreatedAfter") is None or each.created > given["ByCreatedAfter"])
        and (given.get("ByCreatedBefore") is None or each.created < given["ByCreatedBefore"])
    ]
    return paged(request, "RecoveryPoints", [told(each, vault) for each in found])


@serves("ListRecoveryPointsByResource")
def list_by_resource(request: Request) -> Values:
    """Tell of a resource's recovery points in this Region."""
    arn, vaults = request.given["ResourceArn"], request.here.vaults
    every = [each for vault in vaults.values() for each in vault.points.values() if each.resource_arn == arn]
    rows = [
        told(each, vaults[each.vault]) | {"BackupSizeBytes": each.content.size} for each in _visible(request, every)
    ]
    return paged(request, "RecoveryPoints", rows)


@serves("GetRecoveryPointRestoreMetadata")
def restore_metadata(request: Request) -> Values:
    """What a restore of it may be asked with."""
    point = _named(request)
    return {
        "BackupVaultArn": request.vault().arn,
        "RecoveryPointArn": point.arn,
        "RestoreMetadata": reading.metadata_of(point.content),
        "ResourceType": point.resource_type,
    }


@serves("DeleteRecoveryPoint")
def delete(request: Request) -> Values:
    """Delete a recovery point that no lock holds. Under a lock nobody can before its time, whoever it is."""
    vault, point = request.vault(), _named(request)
    if vault.lock is not None:
        raise invalid_request(
            f"Recovery point {point.arn} cannot be deleted: the backup vault is configured with a lock"
        )
    del vault.points[point.arn]
    request.here.tags.pop(point.arn, None)
    return {}


@serves("DisassociateRecoveryPoint")
def disassociate(request: Request) -> Values:
    """Give a continuous recovery point back to its service; the sandbox makes none."""
    _named(request)
    raise invalid_request("Only continuous recovery points can be disassociated")


@serves("UpdateRecoveryPointLifecycle")
def update_lifecycle(request: Request) -> Values:
    """Change until when it is kept; under a lock it can only be kept longer, and only as long as the lock allows."""
    vault, point = request.vault(), _named(request)
    asked = check_lifecycle(request.given.get("Lifecycle", {}))
    if vault.lock is not None:
        before, after = point.lifecycle.get("DeleteAfterDays", -1), asked.get("DeleteAfterDays", -1)
        shorter = after > 0 and (before in (-1, 0) or after < before)
        longest = vault.lock.maximum
        if shorter or (longest is not None and (after <= 0 or after > longest)):
            raise invalid_parameter(
                f"Lifecycle of {point.arn} cannot be changed so: the backup vault is configured with a lock"
            )
    point.lifecycle = asked
    return {
        "BackupVaultArn": vault.arn,
        "RecoveryPointArn": point.arn,
        "Lifecycle": asked,
        "CalculatedLifecycle": _calculated(point),
    }


@serves("ListProtectedResources")
def list_protected(request: Request) -> Values:
    """Tell of all resources there is a recovery point of in this Region."""
    newest: dict[str, RecoveryPoint] = {}
    for vault in request.here.vaults.values():
        for point in _visible(request, list(vault.points.values())):
            if point.resource_arn not in newest or newest[point.resource_arn].created < point.created:
                newest[point.resource_arn] = point
    rows = [
        {
            "ResourceArn": each.resource_arn,
            "ResourceType": each.resource_type,
            "ResourceName": each.resource_name,
            "LastBackupTime": each.created,
            "LastBackupVaultArn": request.here.vaults[each.vault].arn,
            "LastRecoveryPointArn": each.arn,
        }
        for each in newest.values()
    ]
    return paged(request, "Results", rows)


def told(point: RecoveryPoint, vault: Vault) -> Values:
    """A recovery point, as it is told of."""
    return {
        "RecoveryPointArn": point.arn,
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "SourceBackupVaultArn": point.source_vault_arn,
        "ResourceArn": point.resource_arn,
        "ResourceType": point.resource_type,
        "ResourceName": point.resource_name,
        "CreatedBy": point.created_by or None,
        "IamRoleArn": point.role,
        "Status": point.status,
        "StatusMessage": point.status_message,
        "CreationDate": point.created,
        "InitiationDate": point.created,
        "CompletionDate": point.completed,
        "BackupSizeInBytes": point.content.size,
        "Lifecycle": point.lifecycle or None,
        "CalculatedLifecycle": _calculated(point),
        "EncryptionKeyArn": point.key_arn,
        "IsEncrypted": True,
        "StorageClass": "WARM",
        "LastRestoreTime": point.last_restored,
        "IsParent": False,
        "VaultType": vault.type,
    }


def _calculated(point: RecoveryPoint) -> Values:
    return {"MoveToColdStorageAt": point.cold_at, "DeleteAt": point.delete_at}


def _named(request: Request) -> RecoveryPoint:
    return point_in(request.world, request.vault(), request.given["RecoveryPointArn"])


def _visible(request: Request, points: list[RecoveryPoint]) -> list[RecoveryPoint]:
    shown = [each for each in points if not request.world.faults.take(Effect.MISSING, each.resource_arn)]
    return sorted(shown, key=lambda each: each.created, reverse=True)
