"""The JSON Schema of the signed statement, for people who read records with other programs."""

from __future__ import annotations

from typing import Any

from holdfast.evidence.record import PREDICATE_TYPE, Statement

SCHEMA_FILE = "docs/schemas/evidence.schema.json"


def schema() -> dict[str, Any]:
    """The schema, as `docs/schemas/evidence.schema.json` holds it."""
    document = Statement.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PREDICATE_TYPE,
        **document,
        "title": "Holdfast evidence v1",
        "description": "The payload of the DSSE envelope: in-toto Statement v1. Fields of later versions are kept.",
    }
