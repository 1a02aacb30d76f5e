"""What Terraform says while it works (`-json`), as values.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened."""

    COMMAND = "command"
    REFRESHED = "refreshed"
    PLANNED = "planned"
    STARTED = "started"
    PROGRESS = "progress"
    DONE = "done"
    FAILED = "failed"
    SUMMARY = "summary"
    WARNING = "warning"


@dataclass(frozen=True)
class Event:
    """One thing that happened while a stack was planned or applied.

    Args:
        stack: whose.
        kind: what.
        command: the Terraform command that runs.
        address: of the resource, where it is about one.
        action: create, update, delete, …, where it is about one.
        elapsed: since the action on the resource started.
        text: Terraform's own words.
    """

    stack: str
    kind: EventKind
    command: str
    address: str = ""
    action: str = ""
    elapsed: timedelta = timedelta()
    text: str = ""


Progress = Callable[[Event], None]
"""Is told every event; called from several threads when stacks run side by side."""


def silent(_event: Event) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class Diagnostic:
    """One error or warning of Terraform.

    Args:
        severity: `error` or `warning`.
        summary: one line.
        detail: the rest, possibly long.
        address: the resource, or the block of the configuration, it is about.
    """

    severity: str
    summary: str
    detail: str = ""
    address: str = ""


_KINDS = {
    "refresh_complete": EventKind.REFRESHED,
    "planned_change": EventKind.PLANNED,
    "apply_start": EventKind.STARTED,
    "apply_progress": EventKind.PROGRESS,
    "apply_complete": EventKind.DONE,
    "apply_errored": EventKind.FAILED,
    "change_summary": EventKind.SUMMARY,
}

_NOISE = frozenset({"Incomplete lock file information for providers"})
"""Warnings about files this tool makes anew for each run."""


def parse_line(line: str) -> dict[str, Any] | None:
    """One line of `-json` output, or None for what is not an event (a crash prints plain text)."""
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) and "type" in document else None


def as_event(document: Mapping[str, Any], stack: str, command: str) -> Event | None:
    """The event a line tells of; None for what nobody needs to see."""
    text = str(document.get("@message", ""))
    if document["type"] == "diagnostic":
        diagnostic = diagnostic_of(_part(document, "diagnostic"))
        heard = diagnostic.severity == "warning" and diagnostic.summary not in _NOISE
        return Event(stack, EventKind.WARNING, command, diagnostic.address, text=diagnostic.summary) if heard else None
    kind = _KINDS.get(document["type"])
    if kind is None:
        return None
    about = _part(document, "change") if kind is EventKind.PLANNED else _part(document, "hook")
    return Event(
        stack=stack,
        kind=kind,
        command=command,
        address=str(_part(about, "resource").get("addr", "")),
        action=str(about.get("action", "")),
        elapsed=timedelta(seconds=float(about.get("elapsed_seconds") or 0)),
        text=text,
    )


def as_diagnostic(document: Mapping[str, Any]) -> Diagnostic | None:
    """The diagnostic a line holds, if any."""
    if document["type"] != "diagnostic":
        return None
    return diagnostic_of(_part(document, "diagnostic"))


def diagnostic_of(part: Mapping[str, Any]) -> Diagnostic:
    """A diagnostic as `validate -json` and the `-json` streams write it."""
    return Diagnostic(
        severity=str(part.get("severity", "error")),
        summary=str(part.get("summary", "")),
        detail=str(part.get("detail", "")),
        address=str(part.get("address") or _part(part, "snippet").get("context") or ""),
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}
