"""What a plan changes, read from its JSON.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.errors import Source
from holdfast.json_files import read_json
from holdfast.terraform.errors import PlanNotReadable

_ACTIONS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("forget",): "forget",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
}


@dataclass(frozen=True)
class PlannedChange:
    """One resource a plan changes.

    Args:
        address: Terraform's address.
        type: the resource type.
        action: create, update, delete, replace, forget or import.
        construct_path: where it is declared; empty when unknown.
    """

    address: str
    type: str
    action: str
    construct_path: str = ""


@dataclass(frozen=True)
class PlanSummary:
    """The changes of one stack's plan."""

    changes: tuple[PlannedChange, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each action, those with none left out."""
        return dict(Counter(each.action for each in self.changes))

    def __str__(self) -> str:
        return ", ".join(f"{number} to {action}" for action, number in sorted(self.counts.items())) or "no changes"


def read_plan(stack: str, path: Path, construct_paths: Mapping[str, str]) -> PlanSummary:
    """Summarize a plan JSON.

    Raises:
        PlanNotReadable: when the file is not one, or of a format this does not know.
    """
    try:
        document = read_json(path)
        version = str(document["format_version"])
        if version.split(".")[0] != "1":
            raise ValueError(f"format_version is {version}; this reads 1.x")
        if document.get("errored"):
            raise ValueError("Terraform marked it as errored")
        changes = (_change(each, construct_paths) for each in document.get("resource_changes", []))
        return PlanSummary(tuple(each for each in changes if each is not None))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlanNotReadable(stack=stack, problem=error, source=Source(path)) from error


def _change(document: Mapping[str, Any], construct_paths: Mapping[str, str]) -> PlannedChange | None:
    change = document["change"]
    action = "import" if change.get("importing") else _ACTIONS.get(tuple(change["actions"]))
    if action is None or document["mode"] != "managed":
        return None
    address = str(document["address"])
    return PlannedChange(address, str(document["type"]), action, construct_paths.get(address.partition("[")[0], ""))
