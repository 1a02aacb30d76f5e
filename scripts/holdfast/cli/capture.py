"""`holdfast capture`: how an environment is set up, as a backup set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from rich.console import Console

    from holdfast.capture.keeping import Kept


@click.command()
@click.argument("environment", metavar="ENV")
@click.option("--dataset", metavar="D", help="The dataset it goes into, where several are of kind configuration.")
@shared_options
def command(settings: Settings, environment: str, *, dataset: str | None) -> int:
    """Capture how ENV is set up and push it as a backup set, locked in both Regions.

    Network settings, identities and their policies, KMS keys and their policies, which secrets there are (never a
    value), alarms and trails, Terraform state without its secrets, the environment files, and their git repository as
    a bundle. Exit code 3 when a part of it could not be had; the rest is pushed and says what is missing.

    \b
    Example:
      holdfast capture prod
      holdfast capture sandbox --json
    """
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.capture.keeping import capture_and_push, configuration_dataset
    from holdfast.capture.sources import Sources
    from holdfast.terraform.workspace import states_folder

    declared = settings.load(environment)
    configuration_dataset(declared, dataset)
    endpoints = endpoints_for(declared, settings.home)
    sources = Sources(settings.environments, states_folder(settings.home, environment, endpoints.run))
    human = settings.human
    kept = capture_and_push(
        Sessions(declared, endpoints),
        sources,
        home=settings.home,
        dataset=dataset,
        say=lambda line: human.print(f"· {line}", markup=False, soft_wrap=True),
    )
    if settings.as_json:
        settings.print_json("holdfast.capture/1", **kept.document())
    else:
        _describe(human, kept)
        click.echo(kept.pushed.set_id)
    return 3 if kept.captured.partial else 0


def _describe(console: Console, kept: Kept) -> None:
    captured, pushed = kept.captured, kept.pushed
    resources = sum(captured.resources.values())
    lines = [
        f"captured {resources} resources of account {captured.account} in {len(captured.files)} files",
        f"committed {pushed.set_id} of dataset {pushed.dataset}: {pushed.files} files, {pushed.bytes} bytes, locked",
        *captured.notes,
    ]
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    for each in captured.missing:
        console.print(f"not captured: {each.path}: {each.because}", style="yellow", markup=False, soft_wrap=True)
