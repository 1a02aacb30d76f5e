"""From what Terraform reported to the one error a user sees."""

from __future__ import annotations

import os
from pathlib import Path

from holdfast.errors import HoldfastError
from holdfast.terraform.errors import NoSpaceLeft, ProviderNotFound, StateIsLocked, TerraformFailed, TerraformKilled
from holdfast.terraform.events import Diagnostic
from holdfast.terraform.running import Call, Outcome

_NO_PROVIDER = (
    "Failed to query available provider packages",
    "Failed to install provider",
    "Invalid provider registry host",
    "Provider registry",
    "Required plugins are not installed",
)
_DETAIL_LINES = 12
_TAIL_LINES = 8


def failure(call: Call, outcome: Outcome, provider: str) -> HoldfastError:
    """The error for a command that did not end well.

    Args:
        call: the command.
        outcome: how it ended.
        provider: where the AWS provider was to come from, for the message.
    """
    errors = [each for each in outcome.diagnostics if each.severity == "error"]
    tail = _tail(call.log)
    said = "\n".join([tail, *(f"{each.summary}\n{each.detail}" for each in errors)])
    if "no space left on device" in said.lower() or (not errors and _is_full(call.folder)):
        return NoSpaceLeft(command=call.command, stack=call.stack, folder=call.folder)
    if not errors:
        return _without_diagnostics(call, outcome, tail)
    first = errors[0]
    if first.summary.startswith(_NO_PROVIDER):
        return ProviderNotFound(tried=provider, detail=_one_line(first.detail))
    if "state lock" in first.summary.lower():
        return StateIsLocked(stack=call.stack, detail=_one_line(first.detail), folder=call.folder)
    return TerraformFailed(
        command=call.command,
        stack=call.stack,
        summary=first.summary,
        where=f" ({first.address})" if first.address else "",
        detail=_indented(first.detail),
        more=_others(errors),
        log=call.log,
    )


def _without_diagnostics(call: Call, outcome: Outcome, tail: str) -> HoldfastError:
    if outcome.code < 0:
        return TerraformKilled(command=call.command, stack=call.stack, signal=-outcome.code, log=call.log)
    return TerraformFailed(
        command=call.command,
        stack=call.stack,
        summary=f"exit status {outcome.code}",
        where="",
        detail=_indented(tail),
        more="",
        log=call.log,
    )


def _others(errors: list[Diagnostic]) -> str:
    others = [each.address or each.summary for each in errors[1:]]
    return f"\nand {len(others)} more: {', '.join(others[:5])}" if others else ""


def _indented(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "".join(f"\n  {line}" for line in lines[:_DETAIL_LINES])


def _one_line(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())


def _tail(log: Path) -> str:
    """The last lines that are not JSON: what a crash prints."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join([line for line in lines if line.strip() and not line.startswith("{")][-_TAIL_LINES:])


def _is_full(folder: Path) -> bool:
    try:
        return os.statvfs(folder).f_bavail == 0
    except OSError:
        return False
