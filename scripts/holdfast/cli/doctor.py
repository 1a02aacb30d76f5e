"""`holdfast doctor`: whether this machine has what Holdfast needs."""

from __future__ import annotations

from dataclasses import asdict

import click

from holdfast.cli.settings import Settings, shared_options

_STYLES = {"ok": "green", "absent": "yellow", "missing": "bold red"}


@click.command()
@shared_options
def command(settings: Settings) -> int:
    """Check that this machine has what Holdfast needs, and say what to do about what it lacks.

    `missing` is needed for the main work, and makes the exit code 1; `absent` is needed for a part of it.

    \b
    Example:
      holdfast doctor
      holdfast doctor --json
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from holdfast.cli.doctor_checks import Verdict, run_checks

    checks = run_checks(settings.home)
    healthy = all(check.verdict is not Verdict.MISSING for check in checks)
    if settings.as_json:
        settings.print_json("holdfast.doctor/1", healthy=healthy, checks=[asdict(check) for check in checks])
        return 0 if healthy else 1
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "CHECK", "NEEDED FOR", "FOUND", "WHAT TO DO"):
        table.add_column(name, overflow="fold")
    for check in checks:
        cells = (check.verdict, check.name, check.needed_for, check.found, check.remedy)
        table.add_row(*(escape(cell) for cell in cells), style=_STYLES[check.verdict])
    Console(highlight=False).print(table)
    return 0 if healthy else 1
