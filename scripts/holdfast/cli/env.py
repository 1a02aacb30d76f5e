"""`holdfast env`: environments made, listed, shown, compared and validated, and the schema of their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from holdfast.cli.columns import columns
from holdfast.cli.env_new import new, templates
from holdfast.cli.settings import Settings, shared_options
from holdfast.environments.inheritance import MERGE_RULES

if TYPE_CHECKING:
    from holdfast.environments.listing import Summary
    from holdfast.environments.validating import Validation


@click.group
def command() -> None:
    """Make, list, show, compare and validate environments.

    \b
    Example:
      holdfast env new acme --template starter
      holdfast env list
      holdfast env show prod --provenance
      holdfast env validate
    """


@command.command("list")
@shared_options
def list_command(settings: Settings) -> None:
    """List the environments: what they extend, Regions, datasets.

    A file that cannot be used is listed with the reason.

    \b
    Example:
      holdfast env list
    """
    from holdfast.environments.listing import list_environments

    found = list_environments(settings.environments)
    if settings.as_json:
        settings.print_json("holdfast.env-list/1", environments=[each.document() for each in found])
        return
    head = ("NAME", "EXTENDS", "REGIONS", "SANDBOX", "DATASETS")
    click.echo(columns([head, *(_row(each) for each in found)]))


@command.command(
    epilog="\b\nHow a file and the file it extends become one:\n\n"
    + "\n\n".join(f"{number}. {rule}" for number, rule in enumerate(MERGE_RULES, 1))
)
@click.argument("environment")
@click.option("--provenance", is_flag=True, help="Print each value with the file and line it was written on.")
@shared_options
def show(environment: str, settings: Settings, *, provenance: bool) -> None:
    """Show an environment with all it inherits.

    As YAML that would load as the same environment, or, with --provenance, value by value.

    \b
    Example:
      holdfast env show prod
      holdfast env show prod --provenance
    """
    from holdfast.environments.comparing import side
    from holdfast.environments.loading import load_environment
    from holdfast.environments.provenance import leaves
    from holdfast.environments.rendering import as_yaml

    loaded = load_environment(environment, settings.environments)
    document = loaded.environment.document()
    values = leaves(document, loaded.provenance) if provenance else []
    if settings.as_json:
        origins = {"provenance": {each.path: side(each) for each in values}} if provenance else {}
        files = [str(path) for path in loaded.files]
        settings.print_json("holdfast.env-show/1", files=files, environment=document, **origins)
    elif provenance:
        click.echo(columns([(each.path, each.text, each.origin) for each in values]))
    else:
        click.echo(as_yaml(loaded.environment), nl=False)


@command.command()
@click.argument("left")
@click.argument("right")
@shared_options
def diff(left: str, right: str, settings: Settings) -> None:
    """Show every value in which two environments differ, and where each was written.

    Differing is no failure: the exit code is 0.

    \b
    Example:
      holdfast env diff staging prod
    """
    from holdfast.environments.comparing import differences
    from holdfast.environments.loading import load_environment

    loaded = [load_environment(name, settings.environments) for name in (left, right)]
    found = differences(*loaded)
    if settings.as_json:
        settings.print_json(
            "holdfast.env-diff/1", left=left, right=right, differences=[each.document() for each in found]
        )
        return
    for each in found:
        click.echo(each.path)
        click.echo(columns([(f"  - {left}", *each.left_text), (f"  + {right}", *each.right_text)]))
    settings.human.print(f"{len(found)} values differ between {left} and {right}")


@command.command()
@click.argument("names", nargs=-1, metavar="[ENVIRONMENT]...")
@shared_options
def validate(names: tuple[str, ...], settings: Settings) -> int:
    """Validate environment files, all of the folder by default.

    Says everything that is wrong, each with file and line, and what deserves a second thought. Unlike other commands
    it looks at today's date: an exclusion that has run out is wrong.

    Exit codes: 0 all are valid (warnings do not count); 2 at least one is not; 1 there is no such environment.

    \b
    Example:
      holdfast env validate
      holdfast env validate staging prod
    """
    from holdfast.clock import SystemClock
    from holdfast.environments.validating import validate_environment, validate_folder

    today, folder = SystemClock().now().date(), settings.environments
    if names:
        found = [validate_environment(name, folder, today) for name in dict.fromkeys(names)]
    else:
        found = validate_folder(folder, today)
    valid = all(each.valid for each in found)
    if settings.as_json:
        settings.print_json("holdfast.env-validate/1", valid=valid, environments=[each.document() for each in found])
    else:
        click.echo("\n".join(_lines(found)))
    return 0 if valid else 2


@command.command()
@shared_options
def schema(settings: Settings) -> None:
    """Print the JSON Schema of environment files, for editors.

    \b
    Example:
      holdfast env schema > environment.schema.json
    """
    from holdfast.environments.schema import environment_schema, environment_schema_text

    if settings.as_json:
        settings.print_json("holdfast.env-schema/1", json_schema=environment_schema())
    else:
        click.echo(environment_schema_text(), nl=False)


command.add_command(new)
command.add_command(templates)


def _row(found: Summary) -> tuple[str, ...]:
    if found.problem:
        return (found.name, f"cannot be used: {found.problem}")
    extends = found.extends or "-"
    if found.abstract:
        return (found.name, extends, "(only extended)")
    sandbox = "yes" if found.sandbox else "no"
    return (found.name, extends, f"{found.primary} → {found.recovery}", sandbox, ", ".join(found.datasets))


def _lines(found: Sequence[Validation]) -> list[str]:
    lines = []
    for each in found:
        note = "valid, only extended" if each.abstract else "valid"
        lines.append(f"{each.name}: {note}" if each.error is None else f"{each.name}: error: {each.error.message}")
        if each.error and each.error.hint:
            lines.append(f"  hint: {each.error.hint}")
        lines.extend(f"  warning: {warning}" for warning in each.warnings)
    return lines
