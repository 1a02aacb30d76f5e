"""`holdfast demo`: the main job on a local AWS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.demo.outcome import Outcome


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Directory to back up.  [default: the project's own files]",
)
@click.option("--environment", default="sandbox", show_default=True, help="An environment marked as a sandbox.")
@click.option("--dataset", default="project", show_default=True, help="The dataset the files belong to.")
@click.option("--full", is_flag=True, help="Lose a table and a PostgreSQL database as well: a whole game day.")
@shared_options
def command(settings: Settings, data: Path | None, environment: str, dataset: str, full: bool) -> int:
    """Declare, prove, plan, review, apply, back up, restore from the other Region, attack and evidence.

    Everything runs on this machine, against local emulators on loopback, through the real Terraform and the real AWS
    provider. Each demo starts afresh under .holdfast/demo; nothing keeps running after it.

    \b
    Exit codes: 0 passed; 2 failed; 3 inconclusive; 1 a step could not be carried out.

    \b
    Example:
      holdfast demo
      holdfast demo --data ~/photos
      holdfast demo --full
    """
    from holdfast.cli.demo_view import ConsoleView, print_outcome
    from holdfast.clock import SystemClock
    from holdfast.demo.outcome import EXIT_CODES
    from holdfast.demo.report import write_report
    from holdfast.demo.run import Demo, run_demo
    from holdfast.evidence.provenance import commit_of
    from holdfast.sandbox.errors import NotServedHere

    declared = settings.load(environment)
    if not declared.sandbox:
        raise NotServedHere(environment=environment, hint="a demo makes, attacks and destroys: name a sandbox")
    home, project = settings.home / "demo", Path.cwd()
    commit = commit_of(project)
    demo = Demo(
        declared,
        dataset,
        settings.environments,
        home,
        programs=settings.home / "bin",
        project=project,
        data=data,
        commit=commit.id if commit else None,
        full=full,
    )
    outcome: Outcome = run_demo(demo, ConsoleView(settings.human), SystemClock())
    outcome.report = write_report(outcome, home / "report.html")
    if settings.as_json:
        settings.print_json("holdfast.demo/1", **outcome.document())
    else:
        print_outcome(outcome, settings.human)
    return EXIT_CODES[outcome.verdict]
