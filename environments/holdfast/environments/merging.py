"""How a file and the file it extends become one. These are the rules `holdfast env show --help` prints.

1. Mappings merge key by key, to any depth; the extending file wins.
2. Lists of things with a name (datasets, rules; exclusions by their dataset) merge by that name: an item of the same
   name merges into the inherited one and keeps its place, a new one is added at the end.
3. An item with `remove: true` takes the inherited item of that name away; `null` takes an inherited key away.
4. Any other value, other lists included, replaces what was inherited.
5. `extends`, `environment` and `abstract` speak of their own file and are not inherited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holdfast.environments.reading import Written

OWN = ("extends", "environment", "abstract")
"""Keys that are not inherited."""

_NAMES = {"datasets": "name", "rules": "name", "exclusions": "dataset"}


def merge(parent: Written, child: Written) -> Written:
    """The root of `child` over the root of `parent`."""
    inherited = {key: value for key, value in _mapping(parent).items() if key not in OWN}
    return _merged(Written(inherited, parent.source), child, "")


def name_key(key: str) -> str | None:
    """The key that names the items of the list `key`; nothing when the list is replaced as a whole."""
    return _NAMES.get(key)


def _merged(parent: Written, child: Written, key: str) -> Written:
    if isinstance(parent.content, Mapping) and isinstance(child.content, Mapping):
        found = dict(parent.content)
        for name, value in child.content.items():
            found[name] = _merged(found[name], value, name) if name in found else value
        return Written(found, child.source)
    named = name_key(key)
    if named and _is_list(parent) and _is_list(child):
        return Written(_by_name(parent, child, named), child.source)
    return child


def _by_name(parent: Written, child: Written, named: str) -> tuple[Written, ...]:
    found = list(_items(parent))
    for item in _items(child):
        place = next((n for n, each in enumerate(found) if _name(each, named) == _name(item, named) is not None), None)
        if place is None:
            found.append(item)
        elif _removes(item):
            del found[place]
        else:
            found[place] = _merged(found[place], item, "")
    return tuple(found)


def _removes(item: Written) -> bool:
    remove = _mapping(item).get("remove")
    return remove is not None and remove.content is True


def _name(item: Written, named: str) -> str | None:
    name = _mapping(item).get(named)
    return name.content if name is not None and isinstance(name.content, str) else None


def _mapping(value: Written) -> Mapping[str, Written]:
    return value.content if isinstance(value.content, Mapping) else {}


def _is_list(value: Written) -> bool:
    return isinstance(value.content, Sequence) and not isinstance(value.content, str)


def _items(value: Written) -> Sequence[Written]:
    return value.content if isinstance(value.content, Sequence) and not isinstance(value.content, str) else ()
