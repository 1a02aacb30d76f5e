"""Pages written from the code: the JSON Schema of a record, and the table of everything that is refused."""

from __future__ import annotations

import importlib
import json
from typing import Any

from holdfast.evidence.record import PREDICATE_TYPE, Statement
from holdfast.evidence.refusals import Refusal

_PARTS = {
    "holdfast.evidence.refusals": "One record",
    "holdfast.evidence.chain_refusals": "Records together",
    "holdfast.evidence.subjects": "The files they speak of",
    "holdfast.evidence.store_comparison": "The locked bucket",
}
"""The modules that define refusals, and what each is about."""


def evidence_schema() -> dict[str, Any]:
    """The schema of the signed statement, for people who read records with other programs."""
    document = Statement.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PREDICATE_TYPE,
        **document,
        "title": "Holdfast evidence v1",
        "description": "The payload of the DSSE envelope: in-toto Statement v1. Fields of later versions are kept.",
    }


def evidence_schema_text() -> str:
    """The text of `docs/schemas/evidence.schema.json`."""
    return json.dumps(evidence_schema(), indent=2, ensure_ascii=False) + "\n"


def refusals() -> dict[str, list[type[Refusal]]]:
    """Every refusal there is, by what it is about, in the order they are defined."""
    for module in _PARTS:
        importlib.import_module(module)
    every = Refusal.__subclasses__()
    return {title: [each for each in every if each.__module__ == module] for module, title in _PARTS.items()}


def refusals_page() -> str:
    """The text of `docs/evidence-refusals.md`."""
    lines = ["# What `holdfast evidence verify` refuses", ""]
    lines += ["Written from the code by `make docs`. Scripts can rely on the codes.", ""]
    for title, classes in refusals().items():
        lines += [f"## {title}", "", "| code | when |", "|---|---|"]
        lines += [f"| `{each.code()}` | {_sentence(each)} |" for each in classes]
        lines.append("")
    return "\n".join(lines)


def _sentence(refusal: type[Refusal]) -> str:
    return " ".join((refusal.__doc__ or "").split()).replace("|", "\\|")
