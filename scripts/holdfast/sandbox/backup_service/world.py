"""Everything the service remembers and works with, and how one call sees it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from holdfast.clock import Clock
from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.errors import invalid_parameter, not_found
from holdfast.sandbox.backup_service.faults import VOCABULARY
from holdfast.sandbox.backup_service.records import Region, Vault
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.faults import Faults
from holdfast.sandbox.service.operations import Operations
from holdfast.sandbox.service.values import Values

_JOBS_AT_ONCE = 8
Clients = Callable[[str, str], Any]
"""The client of a service in a Region."""


@dataclass
class World:
    """What the service remembers.

    Args:
        account: the account of the sandbox.
        clients: calls to the emulator that has the resources.
        blobs: where captured bytes are kept.
        clock: time; jobs wait on it.
    """

    account: str
    clients: Clients
    blobs: Blobs
    clock: Clock
    faults: Faults = field(default_factory=lambda: Faults(VOCABULARY))
    lock: threading.RLock = field(default_factory=threading.RLock)
    regions: dict[Home, Region] = field(default_factory=dict)
    global_settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(_JOBS_AT_ONCE, thread_name_prefix="job")

    def region(self, home: Home) -> Region:
        """An account's part of a Region; empty the first time."""
        return self.regions.setdefault(home, Region(home))

    def vault(self, home: Home, name: str) -> Vault:
        """A vault.

        Raises:
            ServiceAnswer: there is none of that name.
        """
        vault = self.region(home).vaults.get(name)
        if vault is None:
            raise not_found(f"Backup Vault with name {name} not found")
        self.expire(vault)
        return vault

    def expire(self, vault: Vault) -> None:
        """Remove the recovery points whose time has come, as the service does by itself."""
        now = self.clock.now()
        for arn in [arn for arn, point in vault.points.items() if point.delete_at and point.delete_at <= now]:
            del vault.points[arn]

    def in_background(self, work: Callable[[], None]) -> None:
        """Do a job's work beside the calls."""
        self._pool.submit(work)

    def close(self) -> None:
        """Wait until the jobs that run are over."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Request:
    """One call: who asks for what, where.

    Args:
        home: account and Region.
        caller: the principal's ARN.
    """

    operation: str
    given: Values
    home: Home
    caller: str
    world: World

    @property
    def here(self) -> Region:
        """The account's part of the Region."""
        return self.world.region(self.home)

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.world.clock.now()

    def vault(self) -> Vault:
        """The vault the call names.

        Raises:
            ServiceAnswer: there is none of that name.
        """
        return self.world.vault(self.home, str(self.given["BackupVaultName"]))


def new_id() -> str:
    """An id as AWS Backup makes them: a UUID in capitals."""
    return str(uuid.uuid4()).upper()


Handler = Callable[[Request], Values]
OPERATIONS = Operations[Request]()
serves = OPERATIONS.serves


def paged(request: Request, name: str, items: list[Values]) -> Values:
    """One page of a list, and where the next one begins.

    Raises:
        ServiceAnswer: the token is none of ours.
    """
    token = str(request.given.get("NextToken") or "0")
    most = int(request.given.get("MaxResults") or 1000)
    start = int(token) if token.isdigit() else -1
    if start < 0:
        raise invalid_parameter("Invalid NextToken")
    page: Values = {name: items[start : start + most]}
    if start + most < len(items):
        page["NextToken"] = str(start + most)
    return page
