"""`holdfast prove`: recovery objectives, locks, keys and coverage, proved from the declaration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.objectives.proof import Proof, Report, Witness

_STYLES = {"proved": "green", "conditional": "yellow", "refuted": "bold red"}
_NARROWEST = 120
"""Columns of the table where it is not shown on a terminal."""


@click.command()
@click.argument("environment")
@click.option(
    "--fail-on",
    type=click.Choice(["refuted", "conditional"]),
    default="refuted",
    show_default=True,
    help="The mildest verdict that makes the exit code 2.",
)
@click.option("--quick", is_flag=True, help="Leave out what takes a synthesis of all stacks: that duties are apart.")
@shared_options
def command(settings: Settings, environment: str, fail_on: str, quick: bool) -> int:
    """Prove ENVIRONMENT's recovery objectives, locks, keys, coverage and separation of duties; needs no AWS account.

    Every statement is proved, refuted with the interval that breaks it, or conditional on a figure nobody measured.
    Figures come from the environment file and, newer than those, from drills of which this machine holds the evidence.

    \b
    Example:
      holdfast prove prod
      holdfast prove prod --json --fail-on conditional
    """
    from holdfast.cli.proof_ground import declared_proofs, separation_proofs
    from holdfast.environments.validating import unapproved
    from holdfast.objectives.proof import Report

    loaded = settings.load(environment)
    declared = declared_proofs(settings, loaded)
    report = Report((*declared.proofs, *separation_proofs(settings, loaded, quick=quick)))
    if settings.as_json:
        settings.print_json("holdfast.prove/1", **report.document())
    else:
        _print_table(report)
        settings.human.print(_summary(environment, report), style=_STYLES[report.verdict])
    for fault in unapproved(loaded):
        said = f"warning: {fault.path}: {fault.problem}; {fault.hint}"
        settings.human.print(said, style="yellow", markup=False, soft_wrap=True)
    return 2 if report.verdict in {"refuted", fail_on} else 0


def _print_table(report: Report) -> None:
    """The proofs on stdout, what is refuted first."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("VERDICT", "OF", "SUBJECT", "SCENARIO", "BOUND", "LIMIT", "BECAUSE"):
        table.add_column(name, overflow="fold", no_wrap=name == "VERDICT")
    for verdict in ("refuted", "conditional", "proved"):
        for proof in report.proofs:
            if proof.verdict == verdict:
                table.add_row(*_row(proof), style=_STYLES[verdict])
    console.print(table)


def _row(proof: Proof) -> list[str]:
    from rich.markup import escape

    from holdfast.objectives.proof import spell

    lengths = ["–" if length is None else spell(length) for length in (proof.bound, proof.limit)]
    lost = f"\n{_interval(proof.witness)}" if proof.witness else ""
    kind, _, _ = proof.id.partition(".")
    return [proof.verdict, kind, escape(proof.subject), proof.scenario or "–", *lengths, escape(proof.because + lost)]


def _interval(witness: Witness) -> str:
    """What is lost, in the time zone of the schedule and in UTC."""
    shown = f"lost: {_local(witness.start, witness.timezone)} to {_local(witness.end, witness.timezone)}"
    if witness.timezone == "UTC":
        return shown
    return f"{shown} ({_local(witness.start, 'UTC')} to {_local(witness.end, 'UTC')})"


def _local(moment: datetime, timezone: str) -> str:
    from holdfast.objectives.schedule import zone

    return moment.astimezone(UTC if timezone == "UTC" else zone(timezone)).strftime("%Y-%m-%d %H:%M %Z")


def _summary(environment: str, report: Report) -> str:
    from holdfast.objectives.proof import Verdict

    counts = ", ".join(f"{len(report.with_verdict(verdict))} {verdict}" for verdict in reversed(Verdict))
    return f"{environment}: {report.verdict} ({counts})"
