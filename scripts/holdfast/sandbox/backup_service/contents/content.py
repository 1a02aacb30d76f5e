"""What one recovery point holds: where its bytes lie, and what is needed to make the resource anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Part:
    """One object, item or snapshot.

    Args:
        name: object key, or the item's key as JSON, or a snapshot's id.
        digest: SHA-256 of its bytes in the blob store.
        size: bytes.
        about: what else is restored with it: content type, metadata, tags.
    """

    name: str
    digest: str
    size: int
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """Everything of one resource as of one moment.

    Args:
        type: AWS Backup's name of the resource's type.
        parts: what was in it.
        setting: what it looks like: a table's keys and indexes, a bucket's encryption, a volume's size.
    """

    type: str
    parts: tuple[Part, ...]
    setting: dict[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)

    def with_parts(self, parts: tuple[Part, ...]) -> Content:
        """The same with other parts."""
        return replace(self, parts=parts)
