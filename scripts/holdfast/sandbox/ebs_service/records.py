"""What is kept of snapshots and volumes. Mutable on purpose: this is the service's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.sandbox.service.values import Place, Values

BLOCK = 512 * 1024
"""Bytes of a block: https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-elements.html"""
GIB = 1024**3
NO_VOLUME = "vol-ffffffff"
"""The volume of a snapshot that was copied or written block by block: its own says nothing, as at AWS."""
Image = Mapping[int, str]
"""What a disk holds: SHA-256 by index of every block that was ever written; all others are zeros."""


@dataclass
class Making:
    """How something comes to be: from `ready_at` on it is in `ends`, before that on its way.

    Args:
        ends: `completed`, `available` or `error`.
        message: why it is an error.
    """

    ready_at: datetime
    ends: str
    message: str = ""


@dataclass
class Snapshot:
    """One snapshot.

    Args:
        size: of its volume, in GiB.
        key: ARN of the key it is encrypted under; None when it is not.
        copied_from: id of the snapshot it is a copy of.
        root: the volume or first snapshot all its lineage goes back to.
        writable: whether it was begun with StartSnapshot and is not complete.
        shared: accounts, and `all`, that may make volumes of it.
    """

    id: str
    place: Place
    volume: str
    size: int
    started: datetime
    making: Making
    image: Image
    root: str
    key: str | None = None
    description: str = ""
    copied_from: str | None = None
    parent: str | None = None
    writable: bool = False
    token: str | None = None
    tier: str = "standard"
    shared: set[str] = field(default_factory=set)
    lock: Values | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN; snapshots have no account in theirs."""
        return f"arn:aws:ec2:{self.place.region}::snapshot/{self.id}"

    def state(self, now: datetime) -> str:
        """`pending`, `completed` or `error`."""
        return "pending" if self.writable or now < self.making.ready_at else self.making.ends


@dataclass
class Volume:
    """What the emulator does not keep of a volume."""

    id: str
    place: Place
    size: int
    making: Making
    image: Image
    root: str
    key: str | None = None
    token: str | None = None

    def state(self, now: datetime) -> str | None:
        """`creating` or `error`; None for what the emulator says."""
        if now < self.making.ready_at:
            return "creating"
        return "error" if self.making.ends == "error" else None
