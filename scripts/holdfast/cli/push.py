"""`holdfast push`: write a directory into the vault as a backup set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from holdfast.backupsets.pushed import PushedSet, PushProgress

_QUIET_SECONDS = 2.0
"""A push that is done sooner shows no progress where nobody watches a terminal."""
_LINE_SECONDS = 10.0


@click.command()
@click.argument("environment", metavar="ENV")
@click.argument("dataset")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--tenant", metavar="T", help="Tenant the content belongs to; by default the dataset as a whole.")
@click.option("--rule", metavar="NAME", help="Rule of the tier that sets the lock; by default its first.")
@click.option("--rewrite", is_flag=True, help="Reuse nothing; after a drill named a damaged object.")
@shared_options
def command(
    settings: Settings,
    environment: str,
    dataset: str,
    path: Path,
    *,
    tenant: str | None,
    rule: str | None,
    rewrite: bool,
) -> None:
    """Write everything below PATH into the vault of ENV, locked, in both Regions.

    The set counts once both copies are read back and the commit is written. Pushing the same content again writes
    nothing twice.

    \b
    Example:
      holdfast push prod project ./exports
      holdfast push prod exports ./exports/acme --tenant acme --rule daily
    """
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.backupsets.push import check_push, push

    declared = settings.load(environment)
    check_push(declared, dataset, path, tenant=tenant, rule=rule)
    sessions = Sessions(declared, endpoints_for(declared, settings.home))
    with _shown(settings.human) as progress:
        pushed = push(
            declared,
            sessions,
            dataset,
            path,
            tenant=tenant,
            rule=rule,
            rewrite=rewrite,
            leave_out=(settings.home,),  # it changes meanwhile, and holds keys
            progress=progress,
        )
    if settings.as_json:
        settings.print_json("holdfast.push/1", **pushed.document())
    else:
        _describe(settings.human, pushed)
        click.echo(pushed.set_id)


@contextmanager
def _shown(console: Console) -> Iterator[Callable[[PushProgress], None]]:
    """Show progress on stderr: live on a terminal, elsewhere a line now and then."""
    started = time.monotonic()
    with console.status("reading …") if console.is_terminal else _no_status() as status:
        last = started + _QUIET_SECONDS - _LINE_SECONDS

        def show(progress: PushProgress) -> None:
            nonlocal last
            now = time.monotonic()
            if status is not None:
                status.update(_line(progress, now - started))
            elif now - last >= _LINE_SECONDS:
                last = now
                console.print(_line(progress, now - started), markup=False, soft_wrap=True)

        yield show


@contextmanager
def _no_status() -> Iterator[None]:
    yield None


def _line(progress: PushProgress, seconds: float) -> str:
    from rich.filesize import decimal

    rate = decimal(int(progress.bytes / seconds)) if seconds > 0 else "-"
    return (
        f"{progress.files} files, {decimal(progress.bytes)} read ({rate}/s); "
        f"{progress.objects_secured} objects, {decimal(progress.bytes_secured)} locked in the two Regions"
    )


def _describe(console: Console, pushed: PushedSet) -> None:
    from rich.filesize import decimal

    objects = ", ".join(f"{count} {how}" for how, count in pushed.objects.items() if count)
    locks = ", ".join(f"{region} until {until:%Y-%m-%d %H:%M}" for region, until in pushed.retain_until.items())
    lines = (
        f"committed {pushed.set_id}: {pushed.files} files, {decimal(pushed.bytes)}, "
        f"in {pushed.took.total_seconds():.1f} s",
        f"objects in the two Regions: {objects}; {decimal(pushed.bytes_written)} sent",
        f"locked ({pushed.lock_mode}): {locks}",
    )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    for warning in pushed.warnings:
        console.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)
