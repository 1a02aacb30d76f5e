"""`holdfast sandbox`: start, inspect and stop the local AWS."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from holdfast.cli.sandbox_backup import fault_command, run_plans_command, seed_command
from holdfast.cli.sandbox_mfa import mfa_command
from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.sandbox.status import Status

_STRONGER = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""What would outweigh or break the sandbox's credential in a shell that has it set."""


@click.group()
def command() -> None:
    """Start, inspect and stop the local AWS: emulators on loopback, IAM enforced.

    \b
    Example:
      holdfast sandbox start
      holdfast apply sandbox
      holdfast sandbox stop
    """


@command.command()
@click.option("--environment", default="sandbox", show_default=True, help="Sandbox environment to serve.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of AWS.  [default: a free one]")
@click.option("--backup-port", type=click.IntRange(1, 65535), help="Port of AWS Backup.  [default: a free one]")
@click.option(
    "--service-port", "others", metavar="NAME=PORT", multiple=True, help="Port of another service; repeatable."
)
@click.option("--timeout", type=click.IntRange(1), default=60, show_default=True, help="Seconds to wait for it.")
@shared_options
def start(
    settings: Settings,
    environment: str,
    port: int | None,
    backup_port: int | None,
    others: tuple[str, ...],
    timeout: int,
) -> None:
    """Start the emulators and print the environment variables that lead to them.

    \b
    Example:
      holdfast sandbox start
      eval "$(holdfast sandbox start)"     # this shell's aws, boto3 and Terraform then use the sandbox
    """
    from holdfast.sandbox import asked_ports, served_account, start_run

    account = served_account(settings.load(environment))
    asked = asked_ports(port, backup_port, others)
    with settings.human.status("starting the sandbox"):
        run = start_run(settings.home, account=account, ports=asked, timeout=timedelta(seconds=timeout))
    if run.replaced is not None:
        settings.human.print("an earlier sandbox had died; what was applied in it is gone")
    settings.human.print(f"sandbox {'is already running' if run.already else 'started'} (run {run.endpoints.run})")
    variables = run.endpoints.variables()
    if settings.as_json:
        settings.print_json(
            "holdfast.sandbox-start/1",
            run=run.endpoints.run,
            already_running=run.already,
            account=account,
            endpoint=run.endpoints.default,
            services=dict(run.endpoints.services),
            variables=variables,
        )
        return
    click.echo(f"unset {' '.join(_STRONGER)}")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@command.command()
@shared_options
def status(settings: Settings) -> int:
    """Show whether each emulator runs and answers; exit code 1 unless all do.

    \b
    Example:
      holdfast sandbox status --json
    """
    from holdfast import sandbox

    found = sandbox.status(settings.home)
    if settings.as_json:
        settings.print_json("holdfast.sandbox-status/1", **_document(found))
    else:
        click.echo(f"sandbox: {found.state}" + (f" (run {found.run}, account {found.account})" if found.run else ""))
        for each in found.emulators:
            click.echo(f"{each.name}: {each.state}  {each.url}  pid {each.pid}  log {each.log}")
            if each.tail:
                click.echo(each.tail)
    return 0 if found.state is sandbox.State.RUNNING else 1


@command.command()
@shared_options
def stop(settings: Settings) -> None:
    """End the emulators this sandbox started; what was applied in them is gone with them.

    \b
    Example:
      holdfast sandbox stop
    """
    from holdfast import sandbox

    ended = sandbox.stop(settings.home)
    settings.human.print(f"stopped: {', '.join(ended)}" if ended else "no sandbox was running")
    if settings.as_json:
        settings.print_json("holdfast.sandbox-stop/1", stopped=list(ended))


command.add_command(seed_command)
command.add_command(run_plans_command)
command.add_command(fault_command)
command.add_command(mfa_command)


def _document(found: Status) -> dict[str, object]:
    return {
        "state": found.state,
        "run": found.run,
        "account": found.account,
        "since": found.since,
        "emulators": [
            {
                "name": each.name,
                "state": each.state,
                "url": each.url,
                "pid": each.pid,
                "log": each.log,
                "tail": each.tail,
            }
            for each in found.emulators
        ],
    }
