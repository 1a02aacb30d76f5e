"""`holdfast apply`: plan, ask, and change."""

from __future__ import annotations

import time

import click

from holdfast.cli.settings import Settings, shared_options


@click.command()
@click.argument("environment")
@click.option("--stack", "stacks", multiple=True, metavar="STACK", help="Only this stack; may be given again.")
@click.option("--confirm", metavar="ENVIRONMENT", help="The environment's name, instead of being asked for it.")
@click.option("--slow", is_flag=True, help="In a sandbox, leave in what is left out only because it takes long.")
@shared_options
def command(settings: Settings, environment: str, stacks: tuple[str, ...], confirm: str | None, slow: bool) -> None:
    """Synthesize and plan ENVIRONMENT, show the changes, ask for its name, and apply them.

    A sandbox environment goes to the running sandbox and is not asked about. Interrupted, it stops cleanly; run it
    again to go on.

    \b
    Example:
      holdfast apply sandbox
      holdfast apply prod
      holdfast apply prod --confirm prod --json     # in a pipeline
    """
    from holdfast.cli.confirming import confirmed
    from holdfast.cli.deploying import deploying
    from holdfast.cli.plan_view import document, lines

    if confirm is not None:
        confirmed(environment, confirm)  # a wrong name is refused now, not after minutes of planning
    with deploying(settings, environment, stacks=stacks, slow=slow) as (deployment, display):
        with display:
            planned = deployment.plan()
        settings.human.print("\n".join(lines(planned)), markup=False, soft_wrap=True)
        changing = any(stack.summary.changes for stack in planned)
        if changing and not deployment.environment.sandbox:
            confirmed(environment, confirm)
        started = time.monotonic()
        with display:
            deployment.apply(planned)
    seconds = round(time.monotonic() - started, 1)
    if settings.as_json:
        settings.print_json("holdfast.apply/1", environment=environment, seconds=seconds, **document(planned))
    settings.human.print(
        f"applied {environment} in {seconds:.0f} s" if changing else f"{environment}: nothing to change"
    )
