"""`holdfast sandbox seed`, `run-plans` and `fault`: what can be done to the sandbox's AWS Backup only."""

from __future__ import annotations

import json
from pathlib import Path

import click

from holdfast.cli.settings import Settings, shared_options


@click.command("seed")
@click.argument("environment", metavar="ENV")
@click.option("--dataset", metavar="D", required=True, help="A dataset of kind s3, dynamodb, ebs or rds.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Files to take as objects, or to put on a volume; by default some are made up.",
)
@shared_options
def seed_command(settings: Settings, environment: str, dataset: str, data: Path | None) -> None:
    """Make the bucket, table, volume or instance that holds a dataset of ENV, where no application makes one.

    It is tagged as the dataset selects it, so the next run of the plans backs it up. Of a volume or an instance a
    snapshot is made at once, and a copy of that in the recovery Region; a table gets point-in-time recovery. Again,
    it adds to what is there.

    \b
    Example:
      holdfast sandbox seed sandbox --dataset exports
      holdfast sandbox run-plans sandbox
      holdfast drill baseline sandbox --dataset exports
      holdfast drill run sandbox aws-backup --dataset exports
    """
    from dataclasses import asdict

    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.backupsets.layout import declared_dataset
    from holdfast.sandbox import served_account
    from holdfast.sandbox.seeding import seed

    loaded = settings.load(environment)
    served_account(loaded)
    sessions = Sessions(loaded, endpoints_for(loaded, settings.home))
    seeded = seed(loaded, sessions, declared_dataset(loaded, dataset), data)
    if settings.as_json:
        settings.print_json("holdfast.sandbox-seed/1", **asdict(seeded))
    settings.human.print(f"{seeded.resource}: {seeded.members} members")


@click.command("run-plans")
@click.argument("environment", metavar="ENV")
@shared_options
def run_plans_command(settings: Settings, environment: str) -> int:
    """Follow every backup plan of ENV now, copies included, and wait until all jobs are over.

    Nothing in a sandbox waits for the hour a plan's schedule names. Exit code 2 when a job did not complete.

    \b
    Example:
      holdfast sandbox run-plans sandbox
    """
    from dataclasses import asdict

    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.clock import SystemClock
    from holdfast.sandbox import served_account
    from holdfast.sandbox.backup_control import run_plans

    loaded = settings.load(environment)
    served_account(loaded)
    sessions = Sessions(loaded, endpoints_for(loaded, settings.home))
    with settings.human.status("following the plans"):
        seen = run_plans(sessions, SystemClock())
    if settings.as_json:
        settings.print_json("holdfast.sandbox-run-plans/1", jobs=[asdict(each) for each in seen])
    for each in seen:
        settings.human.print(f"{each.what} {each.state}  {each.resource} → {each.vault}  {each.message}".rstrip())
    if not seen:
        settings.human.print("no plan selects a resource that is there")
    return 0 if all(each.state == "COMPLETED" for each in seen) else 2


@click.command("fault")
@click.argument("faults", metavar="[FAULT]...", nargs=-1)
@click.option("--service", default="backup", show_default=True, help="The service, by boto3's name of it.")
@click.option("--clear", is_flag=True, help="Switch all its faults off.")
@shared_options
def fault_command(settings: Settings, faults: tuple[str, ...], service: str, clear: bool) -> None:
    """Show the faults of a service of the sandbox's own, or switch these on (JSON objects) and its others off.

    \b
    Example:
      holdfast sandbox fault
      holdfast sandbox fault '{"effect": "fail", "job": "restore", "message": "no capacity"}'
      holdfast sandbox fault --clear
    """
    from holdfast.aws.endpoints import SandboxNotRunning, read_endpoints
    from holdfast.sandbox import backup_control

    if clear and faults:
        raise click.UsageError("--clear switches all faults off; name none with it")
    backup_control.require_faults(service)
    wanted = [_fault(text) for text in faults]
    endpoints = read_endpoints(settings.home)
    if endpoints is None:
        raise SandboxNotRunning(environment="sandbox", because="none is recorded")
    if wanted or clear:
        on = backup_control.switch_on(endpoints, wanted, service)
    else:
        on = backup_control.faults(endpoints, service)
    if settings.as_json:
        settings.print_json("holdfast.sandbox-fault/1", faults=on)
    else:
        click.echo("\n".join(json.dumps(each) for each in on) or "no fault is on")


def _fault(text: str) -> dict[str, object]:
    from holdfast.sandbox.errors import FaultNotJson

    try:
        fault = json.loads(text)
    except (ValueError, RecursionError):
        fault = None
    if not isinstance(fault, dict):
        raise FaultNotJson(got=text, example='{"effect": "fail", "job": "restore"}')
    return fault
