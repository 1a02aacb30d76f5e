"""The primary Region's key, taken for lost: by every name an answer of S3 or KMS may call it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated


@dataclass(frozen=True)
class BackupKey:
    """The backup key of one Region.

    Args:
        arn: of the key itself, not of its alias.
        multi_region: whether another Region may hold the same key material.
        state: as KMS says, such as `Enabled`.
    """

    alias_arn: str
    arn: str
    id: str
    state: str
    multi_region: bool

    @property
    def names(self) -> frozenset[str]:
        """What an answer may call it."""
        return frozenset({self.alias_arn, self.arn, self.id})


def backup_key(sessions: Sessions, region: str) -> BackupKey:
    """Ask KMS, as the caller, which key the environment's alias stands for in a Region.

    Raises:
        ServiceError: KMS refuses or does not answer.
    """
    environment, names = sessions.environment, sessions.names
    is_primary = region == environment.regions.primary
    account = environment.accounts.workload if is_primary else environment.accounts.backup
    alias = names.alias_arn(names.key_alias, account=account, region=region)
    with translated(f"look at the key {names.key_alias} in {region}"):
        metadata = sessions.client("kms", region).describe_key(KeyId=alias)["KeyMetadata"]
    return BackupKey(
        alias_arn=alias,
        arn=str(metadata["Arn"]),
        id=str(metadata["KeyId"]),
        state=str(metadata.get("KeyState")),
        multi_region=bool(metadata.get("MultiRegion")),
    )


def primary_key_names(sessions: Sessions) -> Callable[[], frozenset[str]]:
    """Gives the names of the primary Region's key, asked for once, by whoever needs them first."""
    found: list[frozenset[str]] = []
    lock = threading.Lock()

    def names() -> frozenset[str]:
        with lock:
            if not found:
                found.append(backup_key(sessions, sessions.environment.regions.primary).names)
            return found[0]

    return names
