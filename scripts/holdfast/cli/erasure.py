"""`holdfast erasure`: what was erased on purpose, and must not come back with a restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from holdfast.cli.settings import Settings, shared_options

_FOLDER = click.Path(exists=True, path_type=Path, file_okay=False)


@click.group
def command() -> None:
    """Keep the ledger of what was erased on purpose: files, records of exports, revoked secrets.

    The ledger holds keyed hashes, never what was erased; it lies in no backup, so no restore rolls it back.

    \b
    Example:
      holdfast erasure add prod --path users/42/ --dataset exports --reason DSR-1234
      echo ada@example.com | holdfast erasure add prod --record email --dataset exports --reason DSR-1234
      holdfast erasure add prod --secret --reason "leaked in INC-7" < old-token.txt
      holdfast erasure check prod ./restored --dataset exports
    """


@command.command("add")
@click.argument("environment", metavar="ENV")
@click.option("--path", metavar="PATH", help="A file of a dataset; a folder and all below it when it ends in a slash.")
@click.option("--record", metavar="FIELD", help="Records of JSON lines and CSV whose FIELD has the value on stdin.")
@click.option("--secret", is_flag=True, help="A secret that was revoked, on stdin: restores that hold it are refused.")
@click.option("--dataset", metavar="D", help="Only in this dataset.  [default: all]")
@click.option("--tenant", metavar="T", help="Only of this tenant.  [default: all]")
@click.option("--reason", required=True, help="Why: the request, the ticket. It is kept in the clear: no names here.")
@shared_options
def add_command(settings: Settings, environment: str, **options: Any) -> None:
    """Write down that something was erased. Values come on stdin, one a line, so that no process list shows them.

    \b
    Example:
      holdfast erasure add prod --path users/42/ --dataset exports --reason DSR-1234
      printf '4711\\n4712\\n' | holdfast erasure add prod --record customer_id --dataset exports --reason DSR-1234
    """
    from holdfast.cli.erasing import added

    lines = added(settings, environment, options)
    new = sum(is_new for _, is_new in lines)
    if settings.as_json:
        documents = [{"number": line.number, "digest": line.digest, "new": is_new} for line, is_new in lines]
        settings.print_json("holdfast.erasure-add/1", environment=environment, subjects=documents)
    else:
        click.echo(lines[-1][0].digest)
    settings.human.print(f"{new} of {len(lines)} subjects are new in the ledger; its head is printed", soft_wrap=True)


@command.command("replay")
@click.argument("environment", metavar="ENV")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--dataset", metavar="D", required=True, help="The dataset the files are of.")
@click.option("--tenant", metavar="T", help="The tenant they are of.")
@shared_options
def replay_command(settings: Settings, environment: str, folder: Path, dataset: str, tenant: str | None) -> int:
    """Erase again in DIR what was erased: for files that came back another way than with `holdfast restore`.

    Exit codes: 0 nothing erased is left, 2 something is.

    \b
    Example:
      holdfast erasure replay prod ./from-tape --dataset exports --tenant acme
    """
    from holdfast.cli.erasing import replayed

    done = replayed(settings, environment, folder, dataset, tenant, remove=True)
    document = {"removed": done.found, "files": done.files, "records": done.records, "residual": done.residual}
    if settings.as_json:
        settings.print_json(
            "holdfast.erasure-replay/1", environment=environment, unexamined=done.unexamined, **document
        )
    else:
        click.echo(f"{done.found} removed, {done.residual} left")
    _tell_unexamined(settings, done.unexamined)
    return 2 if done.residual else 0


@command.command("check")
@click.argument("environment", metavar="ENV")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--dataset", metavar="D", required=True, help="The dataset the files are of.")
@click.option("--tenant", metavar="T", help="The tenant they are of.")
@shared_options
def check_command(settings: Settings, environment: str, folder: Path, dataset: str, tenant: str | None) -> int:
    """Look whether anything erased is in DIR; change nothing. Exit codes: 0 nothing is, 2 something is.

    \b
    Example:
      holdfast erasure check prod ./restored --dataset exports
    """
    from holdfast.cli.erasing import replayed

    done = replayed(settings, environment, folder, dataset, tenant, remove=False)
    if settings.as_json:
        settings.print_json(
            "holdfast.erasure-check/1",
            environment=environment,
            found=done.found,
            files=done.files,
            records=done.records,
            first=done.first or None,
            unexamined=done.unexamined,
        )
    else:
        click.echo(f"{done.found} erased subjects found" + (f", the first in {done.first}" if done.first else ""))
    _tell_unexamined(settings, done.unexamined)
    return 2 if done.found else 0


@command.command("list")
@click.argument("environment", metavar="ENV")
@shared_options
def list_command(settings: Settings, environment: str) -> None:
    """List the ledger: when, by whom, why, where. What was erased is not in it.

    \b
    Example:
      holdfast erasure list prod
    """
    from holdfast.cli.columns import columns
    from holdfast.cli.erasing import listed

    found = listed(settings, environment)
    if settings.as_json:
        settings.print_json("holdfast.erasure-list/1", environment=environment, entries=found)
        return
    rows = [("TIME", "KIND", "DATASET", "TENANT", "FIELD", "ACTOR", "REASON")]
    for each in found:
        where = [str(each[name] or "-") for name in ("dataset", "tenant", "field")]
        rows.append((each["at"], each["kind"], *where, each["actor"], each["reason"]))
    click.echo(columns(rows) if found else f"{environment}: nothing was erased")


def _tell_unexamined(settings: Settings, count: int) -> None:
    if count:
        text = f"{count} files are no JSON lines and no CSV: nobody looked for erased records in them"
        settings.human.print(text, style="yellow", markup=False, soft_wrap=True)
