"""How a file and the file it extends become one, in the words users read."""

from __future__ import annotations

MERGE_RULES = (
    "Mappings merge key by key, to any depth; the extending file wins.",
    "Lists of things with a name (datasets and rules by `name`, exclusions by `dataset`) merge by that name: an item of"
    " the same name merges into the inherited one and keeps its place, a new one goes to the end.",
    "Any other list, and any single value, replaces what was inherited.",
    "`null` takes an inherited key away; `{name: …, remove: true}` takes an inherited item of such a list away.",
    "`extends`, `abstract`, `environment` and `description` speak of their own file and are not inherited.",
)
"""Printed by `holdfast env show --help` and in docs/environments.md."""

NOT_INHERITED = frozenset({"extends", "abstract", "environment", "description"})

NAMED_LISTS = {"datasets": "name", "rules": "name", "exclusions": "dataset"}
"""Lists that merge by name, and the key that names their items."""

REMOVE = "remove"
