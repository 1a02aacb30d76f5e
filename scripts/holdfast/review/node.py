"""A value of a plan together with its shadow trees (`after_unknown`, `before_sensitive`, `after_sensitive`).

A shadow tree has the shape of the value it shadows, with `true` where the value is unknown or sensitive; `true` may
stand on a whole subtree, and a shadow may be shorter than its value. Values and shadows are only ever walked together.
"""

from __future__ import annotations

from enum import Enum

from holdfast.review.finding import Json


class Hidden(Enum):
    """Why a value cannot be compared."""

    UNKNOWN = "known only after apply"
    SENSITIVE = "sensitive"
    UNREADABLE = "not of the expected form"


class Unverifiable(Exception):  # a signal inside this package, never an error a user sees
    """Raised by a reading that meets a value it cannot see."""

    def __init__(self, why: Hidden) -> None:
        super().__init__(why.value)
        self.why = why


class Node:
    """A value with its shadows. Absent values are nodes as well, so that a walk never breaks off."""

    __slots__ = ("sensitive", "unknown", "value")

    def __init__(self, value: Json, unknown: Json = None, sensitive: Json = None) -> None:
        self.value = value
        self.unknown = unknown
        self.sensitive = sensitive

    def get(self, name: str) -> Node:
        """The attribute `name`; a missing one is absent, or hidden when the whole object is."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        unknown, sensitive = self.unknown, self.sensitive
        return Node(value, _shadow(unknown, name) if unknown else None, _shadow(sensitive, name) if sensitive else None)

    def items(self) -> list[Node]:
        """The elements of a list or set; a nested block that is a single object counts as one element."""
        if isinstance(self.value, list):
            return [
                Node(item, _shadow(self.unknown, index), _shadow(self.sensitive, index))
                for index, item in enumerate(self.value)
            ]
        return [] if self.absent else [self]

    @property
    def absent(self) -> bool:
        """Whether nothing is set: null and empty mean the same to Terraform's providers."""
        return self.unknown is not True and self.value in (None, "", [], {})

    def hidden(self) -> Hidden | None:
        """Why some part of this value cannot be seen, or None when all of it can."""
        if self.unknown and _any(self.unknown):
            return Hidden.UNKNOWN
        return Hidden.SENSITIVE if self.sensitive and _any(self.sensitive) else None

    def read(self) -> Json:
        """The value, None when nothing is set.

        Raises:
            Unverifiable: some part of it is unknown or sensitive.
        """
        why = self.hidden()
        if why is not None:
            raise Unverifiable(why)
        return None if self.absent else self.value

    def at(self, *names: str) -> Node:
        """The attribute down a path of attributes and single blocks."""
        node = self
        for name in names:
            items = node.items() if isinstance(node.value, list) else [node]
            node = (items[0] if items else Node(None, node.unknown is True, node.sensitive is True)).get(name)
        return node

    def block(self, *names: str) -> Node:
        """The single block at the end of a path of single blocks."""
        node = self.at(*names)
        items = node.items() if isinstance(node.value, list) else [node]
        return items[0] if items else ABSENT

    def redacted(self) -> Json:
        """The value as it may be printed."""
        return _redacted(self.value, self.unknown, self.sensitive)


ABSENT = Node(None)


def _shadow(shadow: Json, place: str | int) -> Json:
    if shadow is True:
        return True
    if isinstance(shadow, dict):
        return shadow.get(place)
    if isinstance(shadow, list) and isinstance(place, int) and place < len(shadow):
        return shadow[place]
    return None


def _any(shadow: Json) -> bool:
    if isinstance(shadow, dict):
        return any(_any(item) for item in shadow.values())
    if isinstance(shadow, list):
        return any(_any(item) for item in shadow)
    return shadow is True


def _redacted(value: Json, unknown: Json, sensitive: Json) -> Json:
    if sensitive is True:
        return "(sensitive)"
    if unknown is True:
        return "(known after apply)"
    if isinstance(value, dict):
        names = {**value, **(unknown if isinstance(unknown, dict) else {})}
        shown = {n: _redacted(value.get(n), _shadow(unknown, n), _shadow(sensitive, n)) for n in names}
        return {name: item for name, item in shown.items() if item not in (None, [], {})}
    if isinstance(value, list):
        return [_redacted(v, _shadow(unknown, i), _shadow(sensitive, i)) for i, v in enumerate(value)]
    return value
