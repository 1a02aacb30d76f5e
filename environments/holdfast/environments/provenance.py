"""Paths of values: `tiers.critical.rules.daily.delete_after`. Items of named lists go by their name, others by index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.environments.merging import name_key
from holdfast.environments.reading import Written
from holdfast.errors import Source


def sources(root: Written) -> dict[str, Source]:
    """For every value of the tree, inner ones included, where it was written."""
    return {path: value.source for path, value in walk(root)}


def walk(value: Written, path: str = "", key: str = "") -> Iterator[tuple[str, Written]]:
    """Every value below `value` with its dotted path, parents before children."""
    if path:
        yield path, value
    if isinstance(value.content, Mapping):
        for name, each in value.content.items():
            yield from walk(each, join(path, name), name)
    elif isinstance(value.content, Sequence) and not isinstance(value.content, str):
        for number, each in enumerate(value.content):
            yield from walk(each, join(path, item_name(each, key, number)))


def item_name(item: Written, key: str, number: int) -> str:
    """What an item of the list `key` is called in a path: its name, else its number."""
    named = name_key(key)
    if named and isinstance(item.content, Mapping):
        name = item.content.get(named)
        if name is not None and isinstance(name.content, str):
            return name.content
    return str(number)


def join(path: str, name: str) -> str:
    """`path.name`; a name with a dot in it is quoted."""
    part = f'"{name}"' if "." in name else name
    return f"{path}.{part}" if path else part
