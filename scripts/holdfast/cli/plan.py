"""`holdfast plan`: what Terraform would change."""

from __future__ import annotations

import click

from holdfast.cli.settings import Settings, shared_options


@click.command()
@click.argument("environment")
@click.option("--stack", "stacks", multiple=True, metavar="STACK", help="Only this stack; may be given again.")
@click.option("--offline", is_flag=True, help="Without an account: placeholder credentials, no state, no call.")
@click.option("--slow", is_flag=True, help="In a sandbox, leave in what is left out only because it takes long.")
@shared_options
def command(settings: Settings, environment: str, stacks: tuple[str, ...], offline: bool, slow: bool) -> None:
    """Synthesize ENVIRONMENT and plan its stacks; each plan is kept as JSON under .holdfast/ENVIRONMENT/plans.

    \b
    Example:
      holdfast plan prod
      holdfast plan prod --offline --json     # in CI, with no account
      holdfast plan prod --stack prod-recovery
    """
    from holdfast.cli.deploying import deploying
    from holdfast.cli.plan_view import document, lines

    with deploying(settings, environment, stacks=stacks, offline=offline, slow=slow) as (deployment, display), display:
        planned = deployment.plan()
    if settings.as_json:
        settings.print_json("holdfast.plan/1", environment=environment, offline=offline, **document(planned))
    else:
        click.echo("\n".join(lines(planned)))
        settings.human.print(f"plan JSON: {planned[0].workspace.plan_json.parent}")
