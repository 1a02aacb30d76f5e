"""Environments from templates: questions answered, files rendered in memory, tried, and only then written."""

from __future__ import annotations

from holdfast.environments.templates.catalogue import find_template, list_templates
from holdfast.environments.templates.create import Created, create
from holdfast.environments.templates.place import Place
from holdfast.environments.templates.record import Record, read_record
from holdfast.environments.templates.update import FileState, FileUpdate, Update, apply_update, plan_update

__all__ = [
    "Created",
    "FileState",
    "FileUpdate",
    "Place",
    "Record",
    "Update",
    "apply_update",
    "create",
    "find_template",
    "list_templates",
    "plan_update",
    "read_record",
]
