"""`holdfast drill`: what drills there are, running them, and sweeping what killed ones left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.drills.engine import Surroundings
    from holdfast.drills.spec import DrillSpec


@click.group
def command() -> None:
    """Run restore drills and immutability probes.

    \b
    Example:
      holdfast drill list
      holdfast drill run sandbox object-recovery --dataset project
      holdfast drill sweep sandbox
    """


@command.command("list")
@shared_options
def list_command(settings: Settings) -> None:
    """List the kinds of drill, and what a pass of each proves.

    \b
    Example:
      holdfast drill list --json
    """
    from holdfast.cli.drill_view import kinds_table
    from holdfast.drills.kinds import KINDS, describe

    kinds = [describe(kind) for kind in KINDS.values()]
    if settings.as_json:
        settings.print_json("holdfast.drill-list/1", kinds=kinds)
    else:
        click.echo(kinds_table(kinds))


@command.command("run")
@click.argument("environment", metavar="ENV")
@click.argument("kind")
@click.option("--dataset", metavar="D", help="The dataset to restore.")
@click.option("--tenant", metavar="T", help="Only this tenant of the dataset.")
@click.option("--scenario", metavar="S", help="What is supposed to have happened, such as region_loss.")
@click.option("--sample", metavar="N|all", help="How many files to restore, drawn at random.  [default: all]")
@click.option("--seed", type=click.IntRange(min=0), help="Draw the sample with this seed; by default a new one.")
@click.option("--set", "set_id", metavar="SET", help="This backup set; by default the newest committed one.")
@click.option("--max-bytes", type=click.IntRange(min=1), help="Refuse to restore more than this.")
@click.option("--confirm", metavar="ENV", help="The environment's name once more; needed unless it is a sandbox.")
@click.option("--responsible", metavar="NAME", default="", help="Who answers for the drill.")
@click.option("--resume", "resumed", metavar="ID", help="Go on with a drill that was killed.")
@shared_options
def run_command(
    settings: Settings,
    environment: str,
    kind: str,
    confirm: str | None,
    resumed: str | None,
    **options: Any,
) -> int:
    """Run one drill in ENV and record it as signed evidence.

    Exit codes: 0 passed, 2 failed, 3 inconclusive. What is restored goes into a folder of the drill's own, which is
    removed at its end.

    \b
    Example:
      holdfast drill run sandbox object-recovery --dataset project
      holdfast drill run prod object-recovery --dataset exports --tenant acme --sample 200 --confirm prod
      holdfast drill run sandbox immutability
      holdfast drill run sandbox object-recovery --resume drill-20261122T020000Z-1a2b3c4d
    """
    from holdfast.cli.drill_view import show_result, telling
    from holdfast.drills.engine import resume, run
    from holdfast.drills.result import SCHEMA

    with telling(settings.human) as say:
        surroundings = _surroundings(settings, environment, say)
        if resumed is not None:
            _refuse_with_resume(options)
            result = resume(resumed, surroundings, kind=kind, confirm=confirm)
        else:
            _tell_unfinished(surroundings)
            result = run(_spec(settings, surroundings, kind, options), surroundings, confirm=confirm)
    show_result(settings.human, result)
    if settings.as_json:
        settings.print_json(SCHEMA, **result.document())
    else:
        click.echo(f"{result.verdict} {result.drill_id}")
    return result.verdict.exit_code


@command.command("sweep")
@click.argument("environment", metavar="ENV")
@shared_options
def sweep_command(settings: Settings, environment: str) -> int:
    """Remove what killed drills of ENV left: scratch folders, delete markers, and canaries whose locks have ended.

    Only what carries the id of a drill that is not running is touched. What stays is listed, with the date until which
    it is locked. Exit code 3 when something could not be removed.

    \b
    Example:
      holdfast drill sweep sandbox
    """
    from holdfast.aws.endpoints import SandboxNotRunning
    from holdfast.cli.drill_view import show_swept
    from holdfast.clock import SystemClock
    from holdfast.drills.sweep import SCHEMA, sweep, sweep_folders

    try:
        swept = sweep(_surroundings(settings, environment, lambda _: None))
    except SandboxNotRunning:
        swept = sweep_folders(environment, settings.home, SystemClock())
    if settings.as_json:
        settings.print_json(SCHEMA, environment=environment, **swept.document())
    show_swept(settings.human, environment, swept)
    return 3 if swept.cleaned.orphaned else 0


def _surroundings(settings: Settings, name: str, say: Callable[[str], None]) -> Surroundings:
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.clock import SystemClock
    from holdfast.drills.engine import Surroundings
    from holdfast.drills.evidence_recorder import recorder_for
    from holdfast.drills.kinds import KINDS

    environment = settings.load(name)
    sessions = Sessions(environment, endpoints_for(environment, settings.home))
    recorder = recorder_for(environment, sessions, settings.home, settings.environments, SystemClock())
    return Surroundings(environment, settings.home, sessions, recorder, KINDS, say=say)


def _spec(settings: Settings, surroundings: Surroundings, kind: str, options: dict[str, Any]) -> DrillSpec:
    from holdfast.cli.drill_view import not_exercised
    from holdfast.drills.sampling import ALL, parse_sample
    from holdfast.drills.spec import DrillSpec, parse_scenario

    seed, environment = options["seed"], surroundings.environment
    return DrillSpec(
        environment=environment.environment,
        kind=kind,
        dataset=options["dataset"],
        tenant=options["tenant"],
        scenario=parse_scenario(options["scenario"]),
        sample=parse_sample(options["sample"] or ALL),
        seed=surroundings.rng.getrandbits(32) if seed is None else seed,
        set_id=options["set_id"],
        max_bytes=options["max_bytes"],
        responsible=options["responsible"],
        not_exercised=not_exercised(settings.home, environment),
    )


def _tell_unfinished(surroundings: Surroundings) -> None:
    from holdfast.drills.register import registered

    environment = surroundings.environment.environment
    for each in registered(surroundings.home, environment, surroundings.clock):
        if each.unfinished:
            way_on = f"resume it (--resume {each.drill_id}) or " if each.resumable else ""
            surroundings.say(f"{each.drill_id} was killed before its end: {way_on}holdfast drill sweep {environment}")


def _refuse_with_resume(options: dict[str, Any]) -> None:
    names = [name for name, value in options.items() if value not in (None, "")]
    given = [f"--{name.removesuffix('_id').replace('_', '-')}" for name in names]
    if given:
        raise click.UsageError(f"a resumed drill goes on as it was declared; leave out {', '.join(given)}")
