"""Merging a file into the one it extends; the rules are `inheritance.MERGE_RULES`."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.environments.errors import InvalidEnvironment, Problem
from holdfast.environments.inheritance import NAMED_LISTS, NOT_INHERITED, REMOVE
from holdfast.environments.written import Written


def merge(parent: Written, child: Written) -> Written:
    """The root of `child` over the root of `parent`.

    Raises:
        InvalidEnvironment: `remove: true` names nothing that is inherited, or says more than a name.
    """
    inherited = {key: value for key, value in parent.mapping.items() if key not in NOT_INHERITED}
    return _merged(Written(inherited, parent.source), child, "", "")


def _merged(parent: Written, child: Written, key: str, path: str) -> Written:
    if isinstance(parent.content, Mapping) and isinstance(child.content, Mapping):
        found = dict(parent.content)
        for name, value in child.content.items():
            found[name] = _merged(found[name], value, name, f"{path}.{name}") if name in found else value
        return Written(found, child.source)
    named = NAMED_LISTS.get(key)
    if named and isinstance(parent.content, tuple) and isinstance(child.content, tuple):
        return Written(_by_name(parent, child, named, path), child.source)
    return child


def _by_name(parent: Written, child: Written, named: str, path: str) -> tuple[Written, ...]:
    found: list[Written | None] = list(parent.items)
    # A place is taken once: a second item of the same name in one file stays, to be reported as a duplicate.
    places = {_name(item, named): place for place, item in reversed(list(enumerate(parent.items)))}
    places.pop(None, None)
    for item in child.items:
        name = _name(item, named)
        place = places.pop(name, None)
        if _removes(item):
            if place is None or len(item.mapping) > 2:
                raise InvalidEnvironment([_cannot_remove(item, name, named, path, known=place is not None)])
            found[place] = None
        elif place is None:
            found.append(item)
        else:
            inherited = parent.items[place]
            found[place] = _merged(inherited, item, "", f"{path}.{name}")
    return tuple(each for each in found if each is not None)


def _removes(item: Written) -> bool:
    remove = item.mapping.get(REMOVE)
    return remove is not None and remove.content is True


def _cannot_remove(item: Written, name: str | None, named: str, path: str, *, known: bool) -> Problem:
    return Problem(
        field=f"{path}.{name}".lstrip("."),
        problem="what is removed has nothing else to say"
        if known
        else "there is no inherited item of this name to remove",
        value=", ".join(item.mapping),
        allowed=f"{named} and {REMOVE}" if known else "the name of an inherited item",
        hint="see how files are merged: holdfast env show --help",
        source=item.source,
    )


def _name(item: Written, named: str) -> str | None:
    name = item.mapping.get(named)
    return name.content if name is not None and isinstance(name.content, str) else None
