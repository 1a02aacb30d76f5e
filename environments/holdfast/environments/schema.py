"""The JSON Schema of environment files, for editors: `docs/schemas/environment.schema.json`.

A file that extends another says only what differs, so nothing but names is required of it, any value may be null (take
away what is inherited), and items of lists that merge by name may say `remove: true`. What holds between values
(`holdfast.environments.checks`) no schema can say; `holdfast env validate` does.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from holdfast.environments.durations import format_duration
from holdfast.environments.inheritance import REMOVE
from holdfast.environments.model import Environment

_FILE_KEYS: dict[str, Any] = {
    "extends": {
        "type": "string",
        "description": "Name of another file of the folder, without .yaml; this file is merged over it",
    },
    "abstract": {
        "type": "boolean",
        "default": False,
        "description": "true: only there to be extended, may be incomplete",
    },
}
_NAMED = {"Dataset": "name", "Rule": "name", "Exclusion": "dataset"}
"""Items of lists that merge by name (`inheritance.NAMED_LISTS`), and the key that names them."""
_NULL = {"type": "null"}
_REMOVE: dict[str, Any] = {
    "const": True,
    "description": "true: take the inherited item of this name away; says nothing else",
}


def model_schema() -> dict[str, Any]:
    """The schema of an environment once all inheritance is resolved."""
    return Environment.model_json_schema(by_alias=True, schema_generator=_InWords)


def environment_schema() -> dict[str, Any]:
    """The schema as plain JSON values (draft 2020-12)."""
    model = model_schema()
    definitions, required = model.pop("$defs"), model.pop("required")
    for definition in definitions.values():
        _relax(definition)
    for name, named_by in _NAMED.items():
        definitions[name]["properties"][REMOVE] = _REMOVE
        definitions[name]["required"] = [named_by]
    _relax(model)
    model["properties"] = {**_FILE_KEYS, **model["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:holdfast:schema:environment:1",
        "title": "Holdfast environment",
        **model,
        "description": "One environment: what is protected, how, and what recovery is promised",
        "required": ["environment"],
        "if": {
            "not": {
                "anyOf": [
                    {"required": ["extends"]},
                    {"properties": {"abstract": {"const": True}}, "required": ["abstract"]},
                ]
            }
        },
        "then": {"required": required},
        "$defs": definitions,
    }


def environment_schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(environment_schema(), indent=2, ensure_ascii=False) + "\n"


def _relax(shape: dict[str, Any]) -> None:
    """Require nothing, allow null for each value of a mapping; pydantic's made-up titles go."""
    shape.pop("title", None)
    shape.pop("required", None)
    for name, each in shape.get("properties", {}).items():
        shape["properties"][name] = _nullable(each)
    for each in shape.get("properties", {}).values():
        _relax_values(each)


def _nullable(shape: dict[str, Any]) -> dict[str, Any]:
    """The shape or null, with its description and default outside."""
    left = {key: each for key, each in shape.items() if key != "title" and not (key == "default" and each is None)}
    if "anyOf" in left:
        choices = [each for each in left.pop("anyOf") if each != _NULL]
        return {**left, "anyOf": [*choices, _NULL]}
    outside: dict[str, Any] = {key: left.pop(key) for key in ("description", "default") if key in left}
    return {**outside, "anyOf": [left, _NULL]}


def _relax_values(shape: dict[str, Any]) -> None:
    """Values of mappings with free names (tiers, tags, objectives) may be null as well, and no other names are free."""
    for choice in shape["anyOf"]:
        if "patternProperties" in choice:
            choice["patternProperties"] = {key: _nullable(each) for key, each in choice["patternProperties"].items()}
            choice["additionalProperties"] = False
        elif isinstance(choice.get("additionalProperties"), dict):
            choice["additionalProperties"] = _nullable(choice["additionalProperties"])


class _InWords(GenerateJsonSchema):
    """Writes default durations as a file would: 90d, not P90D."""

    def encode_default(self, dft: Any) -> Any:
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)
