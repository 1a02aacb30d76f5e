"""What is different between two environments, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from holdfast.environments.loading import Loaded
from holdfast.environments.provenance import Leaf, leaves


@dataclass(frozen=True)
class Difference:
    """A value the two do not share; a side that lacks it has none."""

    path: str
    left: Leaf | None
    right: Leaf | None

    @property
    def left_text(self) -> tuple[str, str]:
        """The left value and its origin, for people."""
        return _text(self.left)

    @property
    def right_text(self) -> tuple[str, str]:
        """The right value and its origin, for people."""
        return _text(self.right)

    def document(self) -> dict[str, Any]:
        """The difference as plain JSON values."""
        return {"path": self.path, "left": side(self.left), "right": side(self.right)}


def side(leaf: Leaf | None) -> dict[str, Any] | None:
    """A value and its origin as plain JSON values."""
    if leaf is None:
        return None
    source = leaf.source
    return {"value": leaf.value, "file": str(source.path) if source else None, "line": source.line if source else None}


def differences(left: Loaded, right: Loaded) -> list[Difference]:
    """Every single value that differs, defaults included, in the order of the left environment."""
    lefts, rights = _by_path(left), _by_path(right)
    paths = [*lefts, *(path for path in rights if path not in lefts)]
    pairs = ((path, lefts.get(path), rights.get(path)) for path in paths)
    found = [Difference(path, one, other) for path, one, other in pairs if _value(one) != _value(other)]
    return [each for each in found if not _is_said_below(each.path, found)]


def _is_said_below(path: str, found: list[Difference]) -> bool:
    """Whether this is an empty list or mapping, and what the other side has in it is listed anyway."""
    return any(each.path.startswith(f"{path}.") for each in found)


def _by_path(loaded: Loaded) -> dict[str, Leaf]:
    return {leaf.path: leaf for leaf in leaves(loaded.environment.document(), loaded.provenance)}


def _value(leaf: Leaf | None) -> tuple[Any, ...]:
    return () if leaf is None else (leaf.value,)


def _text(leaf: Leaf | None) -> tuple[str, str]:
    return (leaf.text, leaf.origin) if leaf else ("(not there)", "-")
