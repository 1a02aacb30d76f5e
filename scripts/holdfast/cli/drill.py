"""`holdfast drill`: what drills there are, running them, and sweeping what killed ones left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdfast.cli.drill_baseline import baseline_command
from holdfast.cli.drill_due import due_command
from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.drills.spec import DrillSpec
    from holdfast.drills.surroundings import Surroundings
    from holdfast.environments.model import Environment, Scenario


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
@click.option("--of", "around", metavar="KIND", help="The kind that region-loss wraps.  [default: object-recovery]")
@click.option("--file", "steps", metavar="FILE", type=click.Path(path_type=Path), help="The steps of a game-day.")
@click.option("--sample", metavar="N|all", help="How many files to restore, drawn at random.  [default: all]")
@click.option("--rotate", is_flag=True, help="Take the Region, set and files that drills proved longest ago.")
@click.option("--seed", type=click.IntRange(min=0), help="Draw the sample with this seed; by default a new one.")
@click.option("--set", "set_id", metavar="SET", help="This backup set; by default the newest committed one.")
@click.option("--to", "failed_at", metavar="TIME", help="Go back to this moment.  [default: the newest data]")
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
      holdfast drill run sandbox region-loss --of configuration
      holdfast drill run sandbox game-day --file game-day.yaml
      holdfast drill run sandbox object-recovery --resume drill-20261122T020000Z-1a2b3c4d
    """
    from holdfast.cli.drill_view import show_result, telling
    from holdfast.drills.engine import resume, run
    from holdfast.drills.result import SCHEMA

    if resumed is not None:
        _admit_resume(settings, settings.load(environment), resumed, options)
    spec = None if resumed is not None else _spec(settings, settings.load(environment), kind, confirm, options)
    with telling(settings.human) as say:
        surroundings = _surroundings(settings, environment, say)
        if spec is None:
            result = resume(str(resumed), surroundings, kind=kind, confirm=confirm)
        else:
            _tell_unfinished(surroundings)
            result = run(spec, surroundings, confirm=confirm)
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


command.add_command(baseline_command)
command.add_command(due_command)


def _surroundings(settings: Settings, name: str, say: Callable[[str], None]) -> Surroundings:
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.clock import SystemClock
    from holdfast.drills.evidence_recorder import recorder_for
    from holdfast.drills.kinds import KINDS
    from holdfast.drills.surroundings import Surroundings

    environment = settings.load(name)
    sessions = Sessions(environment, endpoints_for(environment, settings.home))
    recorder = recorder_for(environment, sessions, settings.home, settings.environments, SystemClock())
    return Surroundings(environment, settings.home, sessions, recorder, KINDS, say=say)


def _spec(
    settings: Settings, environment: Environment, kind: str, confirm: str | None, options: dict[str, Any]
) -> DrillSpec:
    """What was asked for, refused here if it must be: before anybody looks for a sandbox or asks AWS."""
    import random

    from holdfast.cli.drill_view import not_exercised
    from holdfast.clock import SystemClock
    from holdfast.drills.game_day.loading import load_game_day
    from holdfast.drills.kinds import KINDS
    from holdfast.drills.preflight import admit
    from holdfast.drills.sampling import ALL, parse_sample
    from holdfast.drills.spec import DrillSpec, parse_moment

    seed, steps = options["seed"], options["steps"]
    spec = DrillSpec(
        environment=environment.environment,
        kind=kind,
        dataset=options["dataset"],
        tenant=options["tenant"],
        scenario=_scenario(settings, environment, options),
        sample=parse_sample(options["sample"] or ALL),
        seed=random.SystemRandom().getrandbits(32) if seed is None else seed,
        set_id=options["set_id"],
        max_bytes=options["max_bytes"],
        failed_at=parse_moment(options["failed_at"], SystemClock().now()),
        responsible=options["responsible"],
        rotate=options["rotate"],
        around=options["around"],
        game_day=None if steps is None else load_game_day(steps, environment, KINDS),
        not_exercised=not_exercised(settings.home, environment),
    )
    admit(spec, environment, KINDS, confirm=confirm)
    return spec


def _scenario(settings: Settings, environment: Environment, options: dict[str, Any]) -> Scenario | None:
    """What was asked for; with --rotate the one that restores from the Region proved longest ago."""
    from holdfast.drills.folders import drills_folder
    from holdfast.drills.memory import NAME, Memory
    from holdfast.drills.spec import parse_scenario
    from holdfast.environments.model import Scenario

    if options["scenario"] is not None or not options["rotate"]:
        return parse_scenario(options["scenario"])
    scope = f"{options['dataset']}/{options['tenant'] or '_'}"
    memory = Memory(drills_folder(settings.home, environment.environment) / NAME, scope)
    regions = environment.regions
    is_recovery = memory.region_longest_ago((regions.recovery, regions.primary)) == regions.recovery
    return Scenario.REGION_LOSS if is_recovery else Scenario.CORRUPTION


def _tell_unfinished(surroundings: Surroundings) -> None:
    from holdfast.drills.register import registered

    environment = surroundings.environment.environment
    for each in registered(surroundings.home, environment, surroundings.clock):
        if each.unfinished:
            way_on = f"resume it (--resume {each.drill_id}) or " if each.resumable else ""
            surroundings.say(f"{each.drill_id} was killed before its end: {way_on}holdfast drill sweep {environment}")


_OPTIONS = {"around": "of", "failed_at": "to", "steps": "file"}


def _admit_resume(settings: Settings, environment: Environment, drill_id: str, options: dict[str, Any]) -> None:
    """Refuse a resumption that cannot be: before anybody looks for a sandbox or asks AWS."""
    from holdfast.clock import SystemClock
    from holdfast.drills.register import require_registered

    names = [_OPTIONS.get(name, name) for name, value in options.items() if value not in (None, "", False)]
    given = [f"--{name.removesuffix('_id').replace('_', '-')}" for name in names]
    if given:
        raise click.UsageError(f"a resumed drill goes on as it was declared; leave out {', '.join(given)}")
    require_registered(settings.home, environment.environment, drill_id, SystemClock())
