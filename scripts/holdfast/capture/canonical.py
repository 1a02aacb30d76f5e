"""One form for everything captured: sorted, without what changes by itself, the same bytes for the same settings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

SCHEMA = "holdfast.configuration/1"

Resources = dict[str, dict[str, Any]]
"""Settings by resource, each by a name that stays."""


def document(what: str, resources: Mapping[str, Mapping[str, Any]], *, account: str, region: str) -> dict[str, Any]:
    """One file: resources of one sort in one place."""
    return {
        "schema": SCHEMA,
        "what": what,
        "account": account,
        "region": region,
        "resources": {name: plain(settings) for name, settings in sorted(resources.items())},
    }


def plain(value: Any) -> Any:
    """A reply of AWS as plain JSON values. The order of a list of AWS means nothing, so lists are sorted."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in sorted(value.items())}
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((plain(each) for each in value), key=_order)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes, not captured"
    return value


def written(document: Any) -> bytes:
    """The bytes of a file: for people to read, and the same every time."""
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def only(fields: Collection[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What is on a list of fields, and nothing that a service may answer besides, today or later."""
    return {name: value for name, value in settings.items() if name in fields}


def without(fields: Collection[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Everything but what changes by itself."""
    return {name: value for name, value in settings.items() if name not in fields}


def by(name: str, answers: Iterable[Mapping[str, Any]]) -> Resources:
    """Answers by one of their fields; what lacks it is left out."""
    return {str(each[name]): dict(each) for each in answers if each.get(name)}


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
