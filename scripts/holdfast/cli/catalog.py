"""`holdfast catalog`: which backup sets there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.backupsets.set_view import SetView

_NARROWEST = 140
"""Columns of the table where it is not shown on a terminal."""


@click.command()
@click.argument("environment", metavar="ENV")
@click.option("--dataset", metavar="D", help="Only the sets of this dataset.")
@click.option("--tenant", metavar="T", help="Only the sets of this tenant of the dataset.")
@click.option("--region", metavar="R", help="Look at one Region only, when the other one is lost.")
@click.option("--all", "everything", is_flag=True, help="Also sets that do not count, with the reason.")
@shared_options
def command(
    settings: Settings, environment: str, dataset: str | None, tenant: str | None, region: str | None, everything: bool
) -> None:
    """List the backup sets of ENV that count: committed, and whole in both Regions.

    \b
    Example:
      holdfast catalog prod
      holdfast catalog prod --dataset exports --tenant acme --region us-west-2 --all
    """
    if tenant is not None and dataset is None:
        raise click.UsageError("--tenant needs --dataset: tenants belong to a dataset")
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.backupsets.catalog import catalog, check_scope

    declared = settings.load(environment)
    check_scope(declared, dataset=dataset, tenant=tenant, regions=() if region is None else (region,))
    sessions = Sessions(declared, endpoints_for(declared, settings.home))
    regions = None if region is None else (region,)
    views = catalog(declared, sessions, dataset=dataset, tenant=tenant, regions=regions)
    shown = [view for view in views if everything or view.committed]
    if settings.as_json:
        settings.print_json(
            "holdfast.catalog/1",
            environment=environment,
            sets=[view.document() for view in shown],
            not_committed=sum(not view.committed for view in views),
        )
        return
    if shown:
        _print_table(shown, with_reasons=everything)
    settings.human.print(_summary(environment, views, everything=everything), markup=False, soft_wrap=True)
    for view in shown:
        for note in view.notes:
            settings.human.print(f"warning: {view.set_id}: {note}", style="yellow", markup=False, soft_wrap=True)


def _print_table(views: list[SetView], *, with_reasons: bool) -> None:
    """The sets on stdout, the newest of a dataset first."""
    from rich.console import Console
    from rich.filesize import decimal
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("DATASET", "TENANT", "SET", "CAPTURED", "FILES", "SIZE", "LOCKED UNTIL"):
        table.add_column(name, justify="right" if name in ("FILES", "SIZE") else "left", no_wrap=name != "TENANT")
    if with_reasons:
        table.add_column("STATE")
    for view in views:
        cells = [
            view.dataset,
            view.tenant or "-",
            view.set_id,
            f"{view.captured_at:%Y-%m-%d %H:%M:%S}",
            "-" if view.files is None else str(view.files),
            "-" if view.bytes is None else decimal(view.bytes),
            f"{view.retain_until:%Y-%m-%d %H:%M}" if view.retain_until else "-",
        ]
        if with_reasons:
            cells.append("committed" if view.committed else f"does not count: {view.reason}")
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _summary(environment: str, views: list[SetView], *, everything: bool) -> str:
    counting = sum(view.committed for view in views)
    others = len(views) - counting
    text = f"{environment}: {counting} backup sets" if counting else f"{environment}: no backup set"
    if others and not everything:
        text += f"; {others} more do not count (--all shows why)"
    return text
