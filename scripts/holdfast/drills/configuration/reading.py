"""The files of a restored capture, read from the scratch folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from holdfast.capture.canonical import SCHEMA
from holdfast.capture.collecting import INDEX, INDEX_SCHEMA


def read_index(target: Path) -> dict[str, Any] | None:
    """What the capture says is in it; None when it says nothing that can be believed."""
    found = read_json(target / INDEX)
    if found is None or found.get("schema") != INDEX_SCHEMA or not isinstance(found.get("files"), dict):
        return None
    return found


def read_document(target: Path, path: str) -> dict[str, Any] | None:
    """One file of settings; None when it is missing or is none."""
    found = read_json(target / path)
    if found is None or found.get("schema") != SCHEMA or not isinstance(found.get("resources"), dict):
        return None
    return found


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object; None for anything else. A link is not followed: what is restored lies in the target."""
    try:
        if path.is_symlink():
            return None
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
