"""How a plan is shown, to people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holdfast.terraform import PlannedStack

_SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "±", "forget": "⊘", "import": "⤓"}


def lines(planned: Sequence[PlannedStack]) -> list[str]:
    """The changes of each stack, and what is declared and not exercised."""
    text = []
    for stack in planned:
        text.append(f"{stack.name}: {stack.summary}")
        text += [
            f"  {_SIGNS[change.action]} {change.type}  {change.construct_path or change.address}"
            for change in stack.summary.changes
        ]
    omitted: dict[tuple[str, str], list[str]] = {}
    for each in (each for stack in planned for each in stack.omitted):
        omitted.setdefault((each.type, each.reason), []).append(each.construct_path or each.address)
    if omitted:
        text.append("declared, not exercised here:")
    for (kind, reason), places in omitted.items():
        text += [f"  {kind}: {reason}", *(f"    {place}" for place in places)]
    return text


def document(planned: Sequence[PlannedStack]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "stacks": [
            {
                "name": stack.name,
                "plan": stack.workspace.plan_json,
                "changes": stack.summary.counts,
                "resources": [
                    {"address": change.address, "action": change.action, "construct_path": change.construct_path}
                    for change in stack.summary.changes
                ],
            }
            for stack in planned
        ],
        "omitted": [
            {
                "stack": stack.name,
                "address": each.address,
                "type": each.type,
                "construct_path": each.construct_path,
                "reason": each.reason,
            }
            for stack in planned
            for each in stack.omitted
        ],
    }
