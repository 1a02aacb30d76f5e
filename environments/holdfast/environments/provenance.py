"""Paths of values, `tiers.critical.rules.daily.delete_after`, and where each was written.

Items of lists that merge by name go by their name, items of other lists by their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.environments.inheritance import NAMED_LISTS
from holdfast.environments.written import Written
from holdfast.errors import Source


@dataclass(frozen=True)
class Leaf:
    """A single value of an environment; without a source it is a default."""

    path: str
    value: Any
    source: Source | None

    @property
    def origin(self) -> str:
        """`prod.yaml:12`, or `default`."""
        return str(self.source) if self.source else "default"

    @property
    def text(self) -> str:
        """The value as a person would read it: text as it is, the rest as JSON."""
        return self.value if isinstance(self.value, str) and self.value else json.dumps(self.value, ensure_ascii=False)


def sources(root: Written) -> dict[str, Source]:
    """For every value of the tree, inner ones included, where it was written."""
    found = {}
    for path, value in _walk(root, "", ""):
        if isinstance(value, Written) and value.content is not None:
            found[path] = value.source
    return found


def leaves(document: Mapping[str, Any], provenance: Mapping[str, Source]) -> list[Leaf]:
    """Every single value of an environment's document (`Environment.document()`), in its order."""
    return [Leaf(path, each, provenance.get(path)) for path, each in _walk(document, "", "") if _is_leaf(each)]


def nearest(path: str, provenance: Mapping[str, Source], otherwise: Source) -> Source:
    """Where the value, or else the closest thing around it that was written, stands."""
    while path and path not in provenance:
        path = path.rpartition(".")[0]
    return provenance.get(path, otherwise)


def join(path: str, name: str) -> str:
    """`path.name`; a name with a dot in it is quoted."""
    part = f'"{name}"' if "." in name else name
    return f"{path}.{part}" if path else part


def item_name(item: object, key: str, number: int) -> str:
    """What an item of the list `key` is called in a path: its name, else its number."""
    entries = _content(item)
    if key in NAMED_LISTS and isinstance(entries, Mapping):
        name = _content(entries.get(NAMED_LISTS[key]))
        if isinstance(name, str):
            return name
    return str(number)


def _walk(value: object, path: str, key: str) -> Iterator[tuple[str, object]]:
    if path:
        yield path, value
    content = _content(value)
    if isinstance(content, Mapping):
        for name, each in content.items():
            yield from _walk(each, join(path, name), name)
    elif isinstance(content, tuple | list):
        for number, each in enumerate(content):
            yield from _walk(each, join(path, item_name(each, key, number)), "")


def _content(value: object) -> object:
    return value.content if isinstance(value, Written) else value


def _is_leaf(value: object) -> bool:
    return not (isinstance(value, Mapping | list | tuple) and value)
