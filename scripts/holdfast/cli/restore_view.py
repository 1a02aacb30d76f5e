"""How plans and restores look to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from holdfast.cli.columns import columns
from holdfast.evidence.fields import printable

if TYPE_CHECKING:
    from rich.console import Console

    from holdfast.restore.plan import RestorePlan
    from holdfast.restore.state import RestoreState

_STYLES = {"PASSED": "bold green", "FAILED": "bold red", None: "bold yellow"}
_LISTED = 20


def plan_text(plan: RestorePlan) -> str:
    """What a plan does, for who approves it. A name in it can neither move the cursor nor begin a line."""
    changes = plan.changes
    lines = [
        f"restore {plan.scope.name} of {plan.environment} from {plan.region} to {printable(plan.target.name)}",
        *(
            f"  set {item.set_id} of {item.dataset}/{item.tenant or '_'}: {item.files} files, {item.bytes} bytes, "
            f"captured {item.captured_at:%Y-%m-%d %H:%M:%S} UTC" + (f", below {item.below}/" if item.below else "")
            for item in plan.items
        ),
        f"  create {changes.create.files} files ({changes.create.bytes} bytes), "
        f"overwrite {changes.overwrite.files} ({changes.overwrite.bytes} bytes), "
        f"leave {changes.same.files} that are the same and {changes.left} others",
    ]
    for count, what in (
        (changes.erased, "are not brought back: they were erased on purpose"),
        (changes.left_out, "are left out (--without)"),
        (changes.not_restorable, "cannot be held by the target"),
    ):
        if count:
            lines.append(f"  {count} files {what}")
    shown = [each for each in changes.shown if each.change != "create"] or list(changes.shown)
    lines += [f"    {each.change:<14} {printable(each.path)}" for each in shown[:_LISTED]]
    if len(shown) > _LISTED:
        lines.append(f"    … and more; the plan's file names {len(changes.shown)}")
    lines += [
        f"  planned by {plan.planned_by} at {plan.planned_at:%Y-%m-%d %H:%M:%S} UTC",
        f"  reason: {printable(plan.reason) or 'none given'}",
        f"  digest: {plan.digest}",
    ]
    return "\n".join(lines)


def show_restore(console: Console, state: RestoreState) -> None:
    """How far a restore is, or how it came out."""
    from rich.text import Text

    document = state.document()
    head = Text(f"{state.verdict or state.step.value} ", style=_STYLES[state.verdict])
    console.print(head.append(f"restore {state.restore_id}", style="default"))
    good = sum(check["verdict"] == "passed" for check in document["checks"])
    skipped = [check for check in document["checks"] if check["verdict"] == "skipped"]
    lines = [
        f"{', '.join(document['sets'])} to {document['target']}",
        f"planned by {document['planned_by']}, approved by {document['approved_by'] or 'NOBODY (break-glass)'}, "
        f"run by {document['run_by']}",
        f"{good} of {len(document['checks'])} checks passed, {len(skipped)} skipped",
        *(f"{check['id']} was skipped: {check['reason']}" for check in skipped),
        *(f"not as planned: {reason}" for reason in document["reasons"]),
        *(f"remark: {remark}" for remark in state.begun["remarks"]),
    ]
    if document["erasure"]:
        erasure = document["erasure"]
        lines.append(f"erased again: {erasure['applied']}, still there: {erasure['residual']}")
    evidence = document["evidence"]
    if evidence:
        lines += [f"evidence: {evidence['path']}", f"locked:   {evidence['location'] or 'no'}"]
        lines += [f"note:     {evidence['problem']}"] if evidence["problem"] else []
    for line in lines:
        console.print(f"  {printable(line)}", markup=False, soft_wrap=True)


def states_table(found: Sequence[RestoreState]) -> str:
    """Restores as aligned columns."""
    rows = [("RESTORE", "STEP", "VERDICT", "SCOPE", "TARGET", "APPROVED BY")]
    for state in found:
        begun = state.begun
        scope = "/".join(each for each in (begun["scope"]["dataset"], begun["scope"]["tenant"]) if each) or "all"
        rows.append(
            (
                state.restore_id,
                state.step.value,
                state.verdict or "-",
                scope,
                printable(begun["target"]),
                begun["approved_by"] or "nobody (break-glass)",
            )
        )
    return columns(rows)
