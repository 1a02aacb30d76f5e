"""A baseline: what a resource held at one moment, by name and SHA-256, so that a restore can be compared with it.

AWS Backup says nothing about the content of a recovery point. A baseline is read from the resource itself, by another
way than the backup's, and kept as a backup set of the dataset: locked, in both Regions, under keys of its own.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from holdfast.drills.aws_backup.errors import BaselineNotUsable

FILE = "holdfast-baseline.json"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(_Value):
    """One state a member may have been in: SHA-256 and size of its content, and when it was committed."""

    sha256: str
    size: int
    committed_at: datetime | None = None


class Member(_Value):
    """An object or an item.

    Args:
        name: object key, or the item's key as JSON.
        states: what it may hold; more than one when it changed while the backup was made.
        may_be_absent: whether it may not be there at all, because it came or went at that moment.
    """

    name: str
    states: tuple[State, ...]
    may_be_absent: bool = False


class Baseline(_Value):
    """Everything of one resource.

    Args:
        resource: its ARN.
        type: AWS Backup's name of its type.
        as_of: the moment it speaks of; all that was committed by then is in it.
        until: from when on nothing later is in it.
        snapshot: id of the EBS snapshot it was read from; None for what is read from the resource itself.
        members: in the order of their names.
    """

    format: Literal["holdfast.baseline/1"] = "holdfast.baseline/1"
    dataset: str
    resource: str
    type: str
    as_of: datetime
    until: datetime
    snapshot: str | None = None
    members: tuple[Member, ...]

    def content(self) -> bytes:
        """The baseline as a file."""
        return self.model_dump_json(indent=1, exclude={"snapshot"} if self.snapshot is None else None).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.content()).hexdigest()


def parse(content: bytes) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineNotUsable: it is none.
    """
    try:
        return Baseline.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BaselineNotUsable(problem=f"{where}: {first['msg']}") from None
