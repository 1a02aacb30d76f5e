"""The page of all settings of an environment file, written from the model: `docs/environment-fields.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from holdfast.environments.schema import model_schema

_HEAD = """# Settings of an environment file

Written from the model by `make docs`; a check fails when it is stale. How files extend each other, and what has to
hold between settings, is in [environments.md](environments.md). **Required** is what an environment needs once all
that it extends is merged; every other setting says what holds without it.
"""
_DURATION = {"90s", "4h", "35d"}


def fields_page() -> str:
    """Markdown of every setting: a table for each mapping, a list for each choice."""
    schema = model_schema()
    parts = [_HEAD, _mapping("Environment", schema)]
    parts += [
        _mapping(name, shape) if "properties" in shape else _choice(name, shape)
        for name, shape in schema["$defs"].items()
    ]
    return "\n".join(parts)


def _mapping(name: str, shape: Mapping[str, Any]) -> str:
    required = shape.get("required", ())
    rows = [
        f"| `{key}` | {_kind(each)} | {_default(each, required=key in required)} | {_cell(each['description'])} |"
        for key, each in shape["properties"].items()
    ]
    head = "| setting | value | default | meaning |\n|---|---|---|---|"
    return "\n".join([f"## {name}\n\n{shape['description']}\n\n{head}", *rows, ""])


def _choice(name: str, shape: Mapping[str, Any]) -> str:
    return f"## {name}\n\n{shape['description']}\n\nOne of {', '.join(f'`{each}`' for each in shape['enum'])}.\n"


def _kind(shape: Mapping[str, Any]) -> str:
    match shape:
        case {"$ref": reference}:
            name = str(reference).rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"anyOf": [first, *_]}:
            return _kind(first)
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}"
        case {"patternProperties": named} | {"additionalProperties": named, "propertyNames": _}:
            return f"by name: {_kind(named if '$ref' in named or 'type' in named else next(iter(named.values())))}"
        case {"type": "object"}:
            return "text by name"
        case {"type": "boolean"}:
            return "true or false"
        case {"examples": examples} if set(examples) == _DURATION:
            return "duration"
    return "text"


def _default(shape: Mapping[str, Any], *, required: bool) -> str:
    if required:
        return "**required**"
    default = shape.get("default")
    if isinstance(default, dict):
        return ", ".join(f"`{key}: {each}`" for key, each in default.items() if each is not None)
    return f"`{json.dumps(default, ensure_ascii=False)}`" if default not in (None, "", [], {}) else "–"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
