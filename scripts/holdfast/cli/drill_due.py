"""`holdfast drill due`: which drills are overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.drills.due.ages import PointAge
    from holdfast.drills.due.standing import Due
    from holdfast.environments.model import Environment
    from holdfast.evidence.verification import Verification


@click.command("due")
@click.argument("environment", metavar="ENV")
@click.option("--store", is_flag=True, help="Ask the locked evidence bucket as well, for records made elsewhere.")
@click.option(
    "--publish-metric",
    is_flag=True,
    help="Publish the number as the metric Holdfast/DrillsOverdue, and as Holdfast/RecoveryPointAge how old the newest "
    "recovery point of each dataset is that has an objective.",
)
@shared_options
def due_command(settings: Settings, environment: str, *, store: bool, publish_metric: bool) -> int:
    """List the drills ENV owes, and which of them are overdue.

    What is owed follows from `drill_every` of each tier; what was done, from evidence that verifies. A drill that was
    never run, or whose last run failed, is overdue. Exit code 2 when one is, or when evidence does not verify. For
    `watch.drills_reported` publish at least daily, for `watch.ages_reported` at least hourly.

    \b
    Example:
      holdfast drill due prod
      holdfast drill due prod --store --publish-metric
    """
    from holdfast.clock import SystemClock
    from holdfast.drills.due.standing import SCHEMA, standing

    declared = settings.load(environment)
    due = standing(declared, _evidence(settings, declared, store=store), SystemClock().now())
    looked_at = _publish(settings, declared, due) if publish_metric else ()
    if settings.as_json:
        ages = [each.document() for each in looked_at]
        settings.print_json(SCHEMA, published=publish_metric, **due.document(), ages=ages)
    else:
        click.echo(_table(due))
    for finding in due.findings:
        settings.human.print(f"does not verify: {finding}", style="red", markup=False, soft_wrap=True)
    for age in looked_at:
        if age.because:
            said = f"recovery points of {age.dataset}: {age.because}; no age of them is published"
            settings.human.print(said, style="yellow", markup=False, soft_wrap=True)
    count = f"{len(due.overdue)} of {len(due.standings)} drills are overdue"
    settings.human.print(f"{environment}: {count}", markup=False, soft_wrap=True)
    return 0 if due.good else 2


def _evidence(settings: Settings, environment: Environment, *, store: bool) -> Verification:
    from holdfast.clock import SystemClock
    from holdfast.evidence.store_comparison import compare_environment
    from holdfast.evidence.verification import NOTHING_ELSE, records_of

    if not store:
        return records_of(settings.home, environment.environment, clock=SystemClock())
    return compare_environment(environment, settings.home, keys=(), wanted=NOTHING_ELSE, clock=SystemClock())


def _publish(settings: Settings, environment: Environment, due: Due) -> tuple[PointAge, ...]:
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.clock import SystemClock
    from holdfast.drills.due.ages import ages, publish_ages
    from holdfast.drills.due.metric import publish

    sessions = Sessions(environment, endpoints_for(environment, settings.home))
    publish(due, sessions)
    found = ages(environment, sessions, SystemClock())
    publish_ages(found, sessions)
    return found


def _table(due: Due) -> str:
    rows = [("KIND", "DATASET", "LAST PASSED", "DUE", "STATE")]
    for each in due.standings:
        last = each.document()["last_passed"]
        rows.append(
            (
                each.duty.kind,
                each.duty.dataset or "-",
                str(last["at"])[:16].replace("T", " ") if last else "never",
                f"{each.due_at:%Y-%m-%d %H:%M}" if each.due_at else "now",
                f"OVERDUE: {each.because}" if each.overdue else "in time",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = (
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    )
    return "\n".join(lines)
