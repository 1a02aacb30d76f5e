"""Pages written from the code: the JSON Schemas of a plan and of an approval."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from holdfast.restore.approval import PREDICATE_TYPE, Approval
from holdfast.restore.plan import RestorePlan

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def plan_schema_text() -> str:
    """The text of `docs/schemas/restore-plan.schema.json`."""
    title = "The file holdfast restore plan writes"
    about = "Canonical JSON and one line end; its SHA-256 is what is approved."
    return _text(RestorePlan, "urn:holdfast:schema:restore-plan:1", title, about)


def approval_schema_text() -> str:
    """The text of `docs/schemas/restore-approval.schema.json`."""
    title = "The predicate of the file holdfast restore approve writes"
    about = (
        f"The file is a DSSE envelope; its payload an in-toto Statement v1 of predicateType {PREDICATE_TYPE} whose "
        "only subject is restore-plan.json with the plan's SHA-256."
    )
    return _text(Approval, PREDICATE_TYPE, title, about)


def _text(model: type[BaseModel], id_: str, title: str, about: str) -> str:
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    document = {"$schema": _DRAFT, "$id": id_, **schema, "title": title, "description": about}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
