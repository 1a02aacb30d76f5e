"""`holdfast drill baseline`: what a resource holds, kept so that a restore of AWS Backup can be compared with it."""

from __future__ import annotations

import click

from holdfast.cli.settings import Settings, shared_options


@click.command("baseline")
@click.argument("environment", metavar="ENV")
@click.option("--dataset", metavar="D", required=True, help="The dataset whose resources are read.")
@click.option("--now", is_flag=True, help="Read tables as they are now, whatever AWS Backup holds.")
@click.option("--dsn", metavar="CONNINFO", help="How to connect to an RDS instance, whose rows are counted.")
@shared_options
def baseline_command(settings: Settings, environment: str, dataset: str, now: bool, dsn: str | None) -> None:
    """Read what a dataset's resources held at their newest recovery point, and keep it under lock in both Regions.

    AWS Backup says nothing about the content of a recovery point: the drill aws-backup compares a restore with this.
    A bucket is read as of the backup, by its versions; a table as it is now, so take it before anything is written.

    \b
    Example:
      holdfast drill baseline sandbox --dataset exports
      holdfast drill baseline sandbox --dataset accounts --now     # for the drill dynamodb
      holdfast drill baseline prod --dataset billing --dsn 'service=billing'     # for the drill rds
    """
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.clock import SystemClock
    from holdfast.drills.baselining import take

    loaded = settings.load(environment)
    sessions = Sessions(loaded, endpoints_for(loaded, settings.home))
    taken = take(loaded, sessions, dataset, clock=SystemClock(), now=now, conninfo=dsn, say=settings.human.print)
    rows = [each.document() for each in taken]
    if settings.as_json:
        settings.print_json("holdfast.drill-baseline/1", baselines=rows)
    for each in rows:
        settings.human.print(f"{each['resource']}: {each['members']} members, kept in {each['set_id']}")
