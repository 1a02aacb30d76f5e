"""`holdfast sandbox mfa`: the second factor of a sandbox's made-up people."""

from __future__ import annotations

import click

from holdfast.cli.settings import Settings, shared_options


@click.command("mfa")
@click.argument("environment", metavar="ENV")
@click.option("--as", "person", metavar="NAME", required=True, help="The made-up person.")
@shared_options
def mfa_command(settings: Settings, environment: str, person: str) -> None:
    """Print the code a made-up person's MFA device shows now; the device is made where there is none.

    The sandbox's STS checks codes as AWS does: each counts once, for about a minute. `--json` also tells the seed, as
    a URI that a real authenticator takes.

    \b
    Example:
      holdfast restore run sandbox restore-plan.json --approval restore-approval.json \\
        --as ada --mfa-code "$(holdfast sandbox mfa sandbox --as ada)"
    """
    from holdfast.aws.translate import translated
    from holdfast.cli.restoring import sessions_of
    from holdfast.clock import SystemClock
    from holdfast.restore.made_up import make_person
    from holdfast.sandbox.authenticator import Authenticator

    sessions, clock = sessions_of(settings, environment), SystemClock()
    account, region = sessions.environment.accounts.workload, sessions.home_region
    make_person(sessions, region, person)
    with translated(f"give {person} an MFA device"):
        authenticator = Authenticator(settings.home, str(sessions.endpoints.run), clock)
        device = authenticator.device(person, account, lambda: sessions.client("iam", region))
    seconds = int(device.shown_for(clock).total_seconds())
    if settings.as_json:
        settings.print_json(
            "holdfast.sandbox-mfa/1", serial=device.serial, code=device.code(clock), seconds=seconds, uri=device.uri
        )
        return
    settings.human.print(f"{device.serial} shows this for another {seconds} s", markup=False, soft_wrap=True)
    click.echo(device.code(clock))
