"""`holdfast runbook`: what to do on the day, with the environment's real names."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli.settings import Settings, shared_options


@click.command()
@click.argument("environment", metavar="ENV")
@click.option("--format", "form", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@shared_options
def command(settings: Settings, environment: str, form: str, out: Path | None) -> None:
    """Write the recovery runbook of ENV: who, what is where, and each scenario step by step.

    It is made from the environment file alone and is the same every time: print it before the day.

    \b
    Example:
      holdfast runbook prod > runbook.md
      holdfast runbook prod --format html --out runbook.html
    """
    from holdfast.evidence.files import write_whole
    from holdfast.restore.runbook_pages import markdown, page

    declared = settings.load(environment)
    text = markdown(declared) if form == "markdown" else page(declared)
    if out is not None:
        write_whole(out, text.encode())
        settings.human.print(f"written: {out}", markup=False, soft_wrap=True)
    if settings.as_json:
        settings.print_json("holdfast.runbook/1", environment=environment, format=form, text=text)
    elif out is None:
        click.echo(text, nl=False)
