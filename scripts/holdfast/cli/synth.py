"""`holdfast synth`: write an environment's Terraform configuration."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli.settings import Settings, shared_options


@click.command()
@click.argument("environment")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to.  [default: .holdfast/<environment>]",
)
@shared_options
def command(settings: Settings, environment: str, out: Path | None) -> None:
    """Write ENVIRONMENT's stacks as Terraform JSON, one folder a stack, and print the folders.

    Nothing is written when a proof of the environment is refuted (see `holdfast prove`): the exit code is 2.

    \b
    Example:
      holdfast synth prod
      holdfast synth prod --out build/prod --json
    """
    loaded = settings.load_with_sources(environment)
    with settings.human.status("loading the AWS provider's classes (a few seconds)"):
        from holdfast.cli.proof_ground import ground
        from holdfast.stacks.app import synthesize

    with settings.human.status(f"synthesizing {environment}"):
        stacks = synthesize(loaded.environment, out or settings.home / environment, ground(settings, loaded))
    if settings.as_json:
        settings.print_json(
            "holdfast.synth/1",
            environment=environment,
            stacks=[
                {
                    "name": stack.name,
                    "directory": stack.directory,
                    "region": stack.region,
                    "account": stack.account,
                    "dependencies": stack.dependencies,
                }
                for stack in stacks
            ],
        )
        return
    for stack in stacks:
        click.echo(stack.directory)
