"""`holdfast audit`: who changed what, when, and what it was before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from holdfast.cli.settings import Settings, shared_options


@click.group
def command() -> None:
    """List, verify and export the audit log of this machine.

    \b
    Example:
      holdfast audit list --environment prod
      holdfast audit export --format csv > audit.csv
      holdfast audit verify --head 3f2a…
    """


@command.command("list")
@click.option("--environment", metavar="ENV", help="Only what is of this environment.")
@click.option("--since", metavar="TIME", help="Only what happened then or later, such as 2026-11-22T02:00:00Z.")
@shared_options
def list_command(settings: Settings, environment: str | None, since: str | None) -> None:
    """List what was done, oldest first. The log is verified on the way.

    \b
    Example:
      holdfast audit list --since 2026-11-01T00:00:00Z
    """
    from holdfast.cli.columns import columns

    entries = list(_entries(settings, environment, since))
    if settings.as_json:
        settings.print_json("holdfast.audit-list/1", entries=entries)
        return
    rows = [("TIME", "ENVIRONMENT", "ACTION", "PHASE", "ACTOR", "OUTCOME"), *map(_row, entries)]
    click.echo(columns(rows) if entries else "nothing was done from here")


@command.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), required=True, help="CSV (RFC 4180) or JSON.")
@click.option("--environment", metavar="ENV", help="Only what is of this environment.")
@click.option("--since", metavar="TIME", help="Only what happened then or later.")
@shared_options
def export_command(settings: Settings, form: str, environment: str | None, since: str | None) -> None:
    """Write the log to stdout, for an auditor or a SIEM. No cell of the CSV can be taken for a formula.

    \b
    Example:
      holdfast audit export --format csv --environment prod > audit.csv
      holdfast audit export --format json | jq '.entries[] | select(.flags)'
    """
    from holdfast.audit.export import csv_lines

    entries = _entries(settings, environment, since)
    if form == "json" or settings.as_json:
        click.echo(json.dumps({"schema": "holdfast.audit-export/1", "entries": list(entries)}, indent=2))
        return
    for line in list(csv_lines(entries)):
        click.echo(line, nl=False)


@command.command("verify")
@click.option("--head", metavar="DIGEST", help="Digest of an entry that must be in it, noted elsewhere.")
@shared_options
def verify_command(settings: Settings, head: str | None) -> int:
    """Check that no entry was changed, moved or removed. Entries cut off the end show only against --head.

    Exit codes: 0 it hangs together, 2 it does not, 3 there is none.

    \b
    Example:
      holdfast audit verify --head 3f2a91c07b1d
    """
    from holdfast.audit.verification import verify

    result = verify(settings.home, head=head)
    if settings.as_json:
        settings.print_json("holdfast.audit-verify/1", **result.document())
    settings.human.print(result.text, markup=False, soft_wrap=True)
    return result.exit_code


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    flags = "".join(f" [{flag}]" for flag in entry.get("flags", ()))
    return (
        str(entry["at"]),
        str(entry.get("environment") or "-"),
        f"{entry['action']}{flags}",
        str(entry["phase"]),
        str(entry.get("principal") or entry["actor"]),
        str(entry.get("outcome") or "-"),
    )


def _entries(settings: Settings, environment: str | None, since: str | None) -> Any:
    from holdfast.audit.trail import AuditTrail
    from holdfast.cli.restoring import moment
    from holdfast.clock import SystemClock

    return AuditTrail(settings.home, SystemClock()).entries(environment=environment, since=moment("--since", since))
