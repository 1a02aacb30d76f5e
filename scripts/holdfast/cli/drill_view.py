"""How drills look to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from holdfast.drills.measure import Measured
    from holdfast.drills.result import DrillResult
    from holdfast.drills.sweep import Swept
    from holdfast.environments.model import Environment
    from holdfast.evidence.sections import NotExercised

_STYLES = {"PASSED": "bold green", "FAILED": "bold red", "INCONCLUSIVE": "bold yellow"}


def kinds_table(kinds: Sequence[dict[str, Any]]) -> str:
    """The kinds of drill, one a block."""
    blocks = []
    for kind in kinds:
        needs = kind["works_on"]
        scenarios = ", ".join(kind["scenarios"]) or "none"
        blocks.append(f"{kind['kind']}\n  proves: {kind['proves']}\n  works on: {needs}\n  scenarios: {scenarios}")
    return "\n".join(blocks)


@contextmanager
def telling(console: Console) -> Iterator[Callable[[str], None]]:
    """Tell progress on stderr, a line a phase."""
    yield lambda line: console.print(f"· {line}", markup=False, soft_wrap=True)


def show_result(console: Console, result: DrillResult) -> None:
    """The verdict, what speaks against it, the figures, and where the evidence is."""
    from rich.text import Text

    from holdfast.drills.checks import Outcome

    outcomes = [check.outcome for check in result.checks] + [probe.outcome for probe in result.probes]
    good, skipped = outcomes.count(Outcome.PASSED), outcomes.count(Outcome.SKIPPED)
    head = Text(f"{result.verdict} ", style=_STYLES[result.verdict])
    console.print(head.append(f"{result.spec.kind} {result.drill_id}", style="default"))
    lines = [f"{good} of {len(outcomes)} checks and probes passed, {skipped} skipped", *result.reasons]
    lines += (
        [_figure("recovery point", result.rpo), _figure("recovery time", result.rto)] if result.spec.dataset else []
    )
    if result.evidence:
        lines.append(f"evidence: {result.evidence.path}")
        lines.append(f"locked:   {result.evidence.location or 'no'}")
        lines += [f"note:     {result.evidence.problem}"] if result.evidence.problem else []
    for line in lines:
        console.print(f"  {line}", markup=False, soft_wrap=True)


def show_swept(console: Console, environment: str, swept: Swept) -> None:
    """What a sweep did, a line each."""
    cleaned = swept.cleaned
    lines = [f"ended {drill_id}" for drill_id in swept.ended]
    lines += [f"removed {resource}" for resource in cleaned.removed]
    for left in cleaned.left:
        until = f" until {left.until:%Y-%m-%d %H:%M:%S} UTC" if left.until else ""
        lines.append(f"left {left.resource}{until}: {left.because}")
    lines += [f"could not remove {resource}" for resource in cleaned.orphaned]
    for line in lines or [f"{environment}: nothing to sweep"]:
        console.print(line, markup=False, soft_wrap=True)


def not_exercised(home: Path, environment: Environment) -> tuple[NotExercised, ...]:
    """What the environment declares and a sandbox does not run, from the stacks that were synthesized here."""
    if not environment.sandbox:
        return ()
    from holdfast.evidence.sections import NotExercised
    from holdfast.sandbox import without_omitted
    from holdfast.terraform.workspace import read_configuration

    found = []
    for folder in sorted((home / environment.environment / "stacks").glob("*/")):
        _, omitted = without_omitted(read_configuration(folder.name, folder))
        found += [NotExercised(address=each.address, type=each.type, reason=each.reason) for each in omitted]
    return tuple(found)


def _figure(name: str, measured: Measured) -> str:
    if measured.seconds is None:
        return f"{name}: not measured"
    judged = {True: "met", False: "MISSED", None: "not judged"}[measured.met]
    target = f" of {measured.target.total_seconds():g} s" if measured.target else ""
    return f"{name}: {measured.seconds:g} s{target}, {judged}"
