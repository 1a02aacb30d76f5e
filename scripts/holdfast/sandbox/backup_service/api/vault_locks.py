"""Vault Lock: what it demands of whoever sets it, and of every job.

https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
"""

from __future__ import annotations

from datetime import timedelta

from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.backup_service.errors import invalid_parameter, invalid_request
from holdfast.sandbox.backup_service.records import Vault, VaultLock
from holdfast.sandbox.backup_service.world import Request, serves
from holdfast.sandbox.service.values import Values

_SHORTEST, _LONGEST, _GRACE = 1, 36500, 3


@serves("PutBackupVaultLockConfiguration")
def put(request: Request) -> Values:
    """Set or change the lock. From its date on nobody can; until then and in governance mode whoever may, can."""
    vault, given = request.vault(), request.given
    _require_changeable(vault, request)
    minimum, maximum = given.get("MinRetentionDays"), given.get("MaxRetentionDays")
    grace = given.get("ChangeableForDays")
    for name, value in (("MinRetentionDays", minimum), ("MaxRetentionDays", maximum)):
        if value is not None and not _SHORTEST <= value <= _LONGEST:
            raise invalid_parameter(f"{name} must be between {_SHORTEST} and {_LONGEST}")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise invalid_parameter("MinRetentionDays must not be greater than MaxRetentionDays")
    if grace is not None and not _GRACE <= grace <= _LONGEST:
        raise invalid_parameter(f"ChangeableForDays must be between {_GRACE} and {_LONGEST}")
    vault.lock = VaultLock(minimum, maximum, None if grace is None else request.now + timedelta(days=grace))
    return {}


@serves("DeleteBackupVaultLockConfiguration")
def delete(request: Request) -> Values:
    """Take the lock away, as long as that is possible."""
    vault = request.vault()
    _require_changeable(vault, request)
    vault.lock = None
    return {}


def require_retention(vault: Vault, lifecycle: dict[str, int]) -> None:
    """What the lock says of a job that would put a recovery point into the vault.

    Raises:
        JobFailure: it would be kept too short, or too long (for ever included).
    """
    lock, asked = vault.lock, lifecycle.get("DeleteAfterDays", -1)
    if lock is None:
        return
    for_ever = asked in (None, -1, 0)
    if lock.minimum is not None and not for_ever and asked < lock.minimum:
        raise JobFailure(
            f"Retention period of {asked} days is shorter than the minimum of {lock.minimum} days of vault {vault.name}"
        )
    if lock.maximum is not None and (for_ever or asked > lock.maximum):
        kept = "without an end" if for_ever else f"of {asked} days"
        raise JobFailure(
            f"Retention period {kept} is longer than the maximum of {lock.maximum} days of vault {vault.name}"
        )


def _require_changeable(vault: Vault, request: Request) -> None:
    if vault.lock and vault.lock.date and request.now >= vault.lock.date:
        raise invalid_request(f"Vault lock configuration of {vault.name} is immutable since {vault.lock.date:%Y-%m-%d}")
