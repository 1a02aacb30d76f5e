"""What AWS Backup keeps: vaults, recovery points, plans, jobs. Mutable on purpose: this is the service's memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.contents.content import Content
from holdfast.sandbox.service.values import Values

BACKUP_VAULT, AIR_GAPPED_VAULT = "BACKUP_VAULT", "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"


@dataclass
class VaultLock:
    """The lock of a vault.

    Args:
        minimum: days a recovery point has to be kept at least; None for no limit.
        maximum: days it may be kept at most; None for no limit.
        date: from when on nobody can change the lock; None in governance mode.
    """

    minimum: int | None
    maximum: int | None
    date: datetime | None


@dataclass
class RecoveryPoint:
    """One recovery point: what it is of, what it holds, and until when it is kept."""

    arn: str
    vault: str
    home: Home
    resource_arn: str
    resource_type: str
    resource_name: str
    created: datetime
    completed: datetime
    role: str
    content: Content
    key_arn: str
    wrapped_key: bytes
    lifecycle: dict[str, int]
    status: str = "COMPLETED"
    status_message: str | None = None
    source_vault_arn: str | None = None
    created_by: Values = field(default_factory=dict)
    last_restored: datetime | None = None

    @property
    def delete_at(self) -> datetime | None:
        """When it expires; None for never."""
        days = self.lifecycle.get("DeleteAfterDays", -1)
        return self.created + timedelta(days=days) if days and days > 0 else None

    @property
    def cold_at(self) -> datetime | None:
        """When it moves to cold storage; None for never."""
        days = self.lifecycle.get("MoveToColdStorageAfterDays", -1)
        return self.created + timedelta(days=days) if days and days > 0 else None


@dataclass
class Vault:
    """A vault and its recovery points, by ARN."""

    name: str
    home: Home
    created: datetime
    key_arn: str
    creator_request_id: str | None = None
    type: str = BACKUP_VAULT
    lock: VaultLock | None = None
    policy: str | None = None
    topic: str | None = None
    events: tuple[str, ...] = ()
    points: dict[str, RecoveryPoint] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.home.arn("backup-vault", self.name)


@dataclass
class Job:
    """A backup, copy or restore job. What differs between them is in `more`, by the API's own names."""

    id: str
    home: Home
    kind: str
    created: datetime
    resource_arn: str
    resource_type: str
    role: str
    state: str
    message: str | None = None
    completed: datetime | None = None
    percent: str = "0.0"
    size: int = 0
    more: Values = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.completed is not None


@dataclass
class Region:
    """All that AWS Backup keeps for one account in one Region."""

    home: Home
    vaults: dict[str, Vault] = field(default_factory=dict)
    plans: dict[str, Values] = field(default_factory=dict)
    selections: dict[str, dict[str, Values]] = field(default_factory=dict)
    backup_jobs: dict[str, Job] = field(default_factory=dict)
    copy_jobs: dict[str, Job] = field(default_factory=dict)
    restore_jobs: dict[str, Job] = field(default_factory=dict)
    testing_plans: dict[str, Values] = field(default_factory=dict)
    testing_selections: dict[str, dict[str, Values]] = field(default_factory=dict)
    frameworks: dict[str, Values] = field(default_factory=dict)
    report_plans: dict[str, Values] = field(default_factory=dict)
    opt_in: dict[str, bool] = field(default_factory=dict)
    management: dict[str, bool] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
