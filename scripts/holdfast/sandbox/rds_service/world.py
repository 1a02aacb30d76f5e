"""Everything the service remembers and works with, and how one call sees it."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from holdfast.clock import Clock
from holdfast.errors import HoldfastError
from holdfast.sandbox.rds_service.arns import name_in, taken_apart
from holdfast.sandbox.rds_service.engine.ground import Ground
from holdfast.sandbox.rds_service.errors import no_instance, no_snapshot
from holdfast.sandbox.rds_service.faults import Effect
from holdfast.sandbox.rds_service.records import Instance, Region, Snapshot, Subnets
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.faults import Faults
from holdfast.sandbox.service.operations import Operations
from holdfast.sandbox.service.values import Place, Values

_AT_ONCE = 4
_ID_LENGTH = 26
MOST_INSTANCES = 12
"""Each is a server of its own on this machine; RDS's own quota is 40."""
Clients = Callable[[str, str], Any]


@dataclass
class World:
    """What the service remembers.

    Args:
        account: the account of the sandbox.
        clients: calls to the emulator that has keys and networks.
        make_ground: makes the place where the servers live; asked once, when the first one is wanted.
        clock: time; work waits on it.
        faults: what goes wrong on purpose.
    """

    account: str
    clients: Clients
    make_ground: Callable[[], Ground]
    clock: Clock
    faults: Faults
    lock: threading.RLock = field(default_factory=threading.RLock)
    regions: dict[Place, Region] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="work")
        self._rng = random.SystemRandom()

    @cached_property
    def ground(self) -> Ground:
        """Where the servers live.

        Raises:
            ServiceAnswer: this machine cannot run servers.
        """
        try:
            return self.make_ground()
        except HoldfastError as error:
            raise ServiceAnswer("InsufficientDBInstanceCapacity", error.message) from error

    @property
    def has_ground(self) -> bool:
        """Whether a server was ever wanted."""
        return "ground" in self.__dict__

    def region(self, place: Place) -> Region:
        """An account's part of a Region; empty the first time."""
        return self.regions.setdefault(place, Region(place))

    def instance(self, place: Place, name: str) -> Instance:
        """An instance, by identifier or ARN.

        Raises:
            ServiceAnswer: there is none.
        """
        parts = taken_apart(name)
        found = self.region(parts[0] if parts else place).instances.get(name_in(name).lower())
        if found is None:
            raise no_instance(name_in(name))
        return found

    def snapshot(self, place: Place, name: str) -> Snapshot:
        """A snapshot, by identifier or ARN.

        Raises:
            ServiceAnswer: there is none.
        """
        parts = taken_apart(name)
        found = self.region(parts[0] if parts else place).snapshots.get(name_in(name).lower())
        if found is None or self.faults.take(Effect.MISSING, found.arn):
            raise no_snapshot(name_in(name))
        return found

    def subnets_of(self, instance: Instance) -> Subnets | None:
        """The subnet group an instance is in."""
        name = instance.settings.get("DBSubnetGroupName")
        return self.region(instance.place).subnets.get(str(name).lower()) if name else None

    def running(self) -> int:
        """How many servers there are."""
        return sum(len(region.instances) for region in self.regions.values())

    def new_id(self, prefix: str) -> str:
        """An id as RDS makes them."""
        return prefix + "".join(self._rng.choices(string.ascii_uppercase + string.digits, k=_ID_LENGTH))

    def in_background(self, work: Callable[[], None]) -> None:
        """Do work beside the calls."""
        self._pool.submit(work)

    def close(self) -> None:
        """Wait until the work that was begun is over, and end the servers."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self.has_ground:
            self.ground.end()


@dataclass(frozen=True)
class Request:
    """One call: who asks for what, where."""

    operation: str
    given: Values
    place: Place
    world: World

    @property
    def here(self) -> Region:
        """The account's part of the Region."""
        return self.world.region(self.place)

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.world.clock.now()

    @property
    def kms(self) -> Any:
        """The Region's KMS."""
        return self.world.clients("kms", self.place.region)


Handler = Callable[[Request], Values]
OPERATIONS = Operations[Request]()
serves = OPERATIONS.serves
