"""`holdfast destroy`: take a sandbox environment down."""

from __future__ import annotations

import click

from holdfast.cli.settings import Settings, shared_options


@click.command()
@click.argument("environment")
@click.option("--stack", "stacks", multiple=True, metavar="STACK", help="Only this stack; may be given again.")
@shared_options
def command(settings: Settings, environment: str, stacks: tuple[str, ...]) -> None:
    """Destroy the stacks of a sandbox ENVIRONMENT; any other is refused.

    What is locked stays locked, in a sandbox too: `holdfast sandbox stop` forgets everything at once.

    \b
    Example:
      holdfast destroy sandbox
    """
    from holdfast.cli.deploying import deploying
    from holdfast.terraform.deployment import only_sandboxes

    only_sandboxes(settings.load(environment))
    with deploying(settings, environment, stacks=stacks, slow=True) as (deployment, display), display:
        destroyed = deployment.destroy()
    settings.human.print(f"destroyed: {', '.join(destroyed)}")
    if settings.as_json:
        settings.print_json("holdfast.destroy/1", environment=environment, stacks=destroyed)
