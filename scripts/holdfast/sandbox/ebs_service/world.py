"""Everything the service remembers and works with, and how one call sees it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from holdfast.clock import Clock
from holdfast.sandbox.ebs_service.faults import VOCABULARY, Effect
from holdfast.sandbox.ebs_service.records import Snapshot, Volume
from holdfast.sandbox.service.blobs import Blobs
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.faults import Faults
from holdfast.sandbox.service.values import Place, Values


@dataclass
class World:
    """What the service remembers.

    Args:
        account: the account of the sandbox.
        emulator: client of a service of the emulator in a Region, as its root.
        blobs: where blocks are kept.
        clock: time.
    """

    account: str
    emulator: Callable[[str, str], Any]
    blobs: Blobs
    clock: Clock
    faults: Faults = field(default_factory=lambda: Faults(VOCABULARY))
    lock: threading.RLock = field(default_factory=threading.RLock)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)

    def visible(self, place: Place) -> list[Snapshot]:
        """The snapshots of an account in a Region, but for those a fault hides; oldest first."""
        with self.lock:
            here = [each for each in self.snapshots.values() if each.place == place]
        return [each for each in here if self.faults.take(Effect.MISSING, each.arn) is None]

    def before(self, snapshot: Snapshot) -> Snapshot | None:
        """The newest complete snapshot of the same lineage that is older than one; in its Region."""
        older = [
            each
            for each in self.snapshots.values()
            if (each.root, each.place) == (snapshot.root, snapshot.place)
            and each.id != snapshot.id
            and each.started <= snapshot.started
            and each.state(self.clock.now()) == "completed"
        ]
        return max(older, key=lambda each: each.started, default=None)


@dataclass(frozen=True)
class Request:
    """One call: who asks for what, where."""

    operation: str
    given: Values
    place: Place
    caller: str
    world: World

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.world.clock.now()

    def snapshot(self, snapshot_id: str | None = None) -> Snapshot:
        """The snapshot the call names.

        Raises:
            ServiceAnswer: there is none.
        """
        wanted = snapshot_id or str(self.given["SnapshotId"])
        return found(self.world, self.place, wanted)

    def emulated(self, operation: str, **given: Any) -> Values:
        """Call EC2 of the emulator.

        Raises:
            ServiceAnswer: what it refuses, in its words.
        """
        try:
            answer: Values = getattr(self.world.emulator("ec2", self.place.region), operation)(**given)
        except ClientError as error:
            told = error.response.get("Error", {})
            raise ServiceAnswer(told.get("Code", "InternalError"), told.get("Message", "")) from error
        return answer


def found(world: World, place: Place, snapshot_id: str) -> Snapshot:
    """A snapshot of an account in a Region.

    Raises:
        ServiceAnswer: there is none of that id.
    """
    wanted = next((each for each in world.visible(place) if each.id == snapshot_id), None)
    if wanted is None:
        raise ServiceAnswer("InvalidSnapshot.NotFound", f"The snapshot '{snapshot_id}' does not exist.")
    return wanted


def new_id(kind: str) -> str:
    """An id as EC2 makes them, such as `snap-0123456789abcdef0`."""
    return f"{kind}-0{secrets.token_hex(8)}"


Handler = Callable[[Request], Values]
