"""`holdfast postgres`: archiving a PostgreSQL server, and checking its archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.aws.sessions import Sessions


@click.group
def command() -> None:
    """Archive PostgreSQL servers under lock, and check their archives.

    \b
    Example:
      holdfast postgres settings prod accounts
      holdfast postgres check prod accounts
    """


@command.command("settings")
@click.argument("environment", metavar="ENV")
@click.argument("dataset")
@shared_options
def settings_command(settings: Settings, environment: str, dataset: str) -> None:
    """Print what the source server of DATASET needs in its configuration to archive as ENV declares.

    \b
    Example:
      holdfast postgres settings prod accounts
    """
    from holdfast.postgres.layout import archive_of
    from holdfast.postgres.server_settings import server_settings

    declared = settings.load(environment)
    text = server_settings(declared, archive_of(declared, dataset))
    if settings.as_json:
        settings.print_json("holdfast.postgres-settings/1", environment=environment, dataset=dataset, text=text)
    else:
        click.echo(text, nl=False)


@command.command("check")
@click.argument("environment", metavar="ENV")
@click.argument("dataset")
@click.option("--region", metavar="R", help="Look into this Region's bucket.  [default: the recovery Region]")
@click.option("--dsn", metavar="CONNINFO", help="Ask the source, too, what it has not archived yet.")
@shared_options
def check_command(settings: Settings, environment: str, dataset: str, region: str | None, dsn: str | None) -> int:
    """Check the archive of DATASET: gaps, missing segments, second timelines, what is not archived, what came late.

    Exit codes: 0 whole, 2 something committed cannot be restored, 3 there is no base backup.

    \b
    Example:
      holdfast postgres check prod accounts
      holdfast postgres check prod accounts --dsn 'service=accounts' --json
    """
    from holdfast.backupsets.catalog import ROLE
    from holdfast.cli.postgres_view import archive_lines, in_regions
    from holdfast.postgres.archive_check import SCHEMA, check_archive

    where = in_regions(settings.load(environment), region)
    sessions = _sessions(settings, environment, dataset)
    found = check_archive(sessions, dataset, where, role=ROLE, conninfo=dsn)
    if settings.as_json:
        settings.print_json(SCHEMA, environment=environment, dataset=dataset, **found.document())
    else:
        click.echo("\n".join(archive_lines(found)))
    return found.exit_code


@command.command("base-backup")
@click.argument("environment", metavar="ENV")
@click.argument("dataset")
@click.option("--dsn", metavar="CONNINFO", help="How to connect.  [default: the source server in the sandbox]")
@click.option("--jobs", type=click.IntRange(1, 32), default=2, show_default=True, help="Uploads at a time.")
@shared_options
def base_backup_command(settings: Settings, environment: str, dataset: str, dsn: str | None, jobs: int) -> None:
    """Count the rows of DATASET, then have Barman make a base backup in the vault bucket of ENV.

    It runs on the server's own machine (Barman copies the data folder), as that machine's role, the stream writer, or
    another caller who may list and write below streams/; nothing is read. The lock is the bucket's.

    \b
    Example:
      holdfast postgres base-backup prod accounts --dsn 'service=accounts'
      holdfast postgres base-backup sandbox ledger
    """
    from holdfast.cli.postgres_view import made_document
    from holdfast.environments.names import STREAM_WRITER
    from holdfast.postgres.barman import found_by_barman
    from holdfast.postgres.base_backup import make_base_backup
    from holdfast.postgres.layout import archive_of
    from holdfast.sandbox.postgres.source import require_source

    sessions = _sessions(settings, environment, dataset)
    archive = archive_of(sessions.environment, dataset)
    conninfo = dsn or require_source(sessions, dataset, settings.home).conninfo
    role = STREAM_WRITER if sessions.environment.sandbox else None
    variables = found_by_barman(sessions, sessions.environment.regions.primary, role=role)
    with settings.human.status("making a base backup"):
        made = make_base_backup(archive, sessions, conninfo, barman_environment=variables, role=role, jobs=jobs)
    settings.human.print(f"base backup {made.backup.id}: {made.backup.bytes} bytes, {len(made.counts.tables)} tables")
    if settings.as_json:
        settings.print_json("holdfast.postgres-base-backup/1", dataset=dataset, **made_document(made))


@command.command("start")
@click.argument("environment", metavar="ENV")
@click.argument("dataset")
@shared_options
def start_command(settings: Settings, environment: str, dataset: str) -> None:
    """Start a source server of DATASET in the sandbox: it archives its log, and a base backup of it is made.

    A real PostgreSQL on this machine, with some data, on a socket in a private folder. It ends with the sandbox.

    \b
    Example:
      holdfast postgres start sandbox ledger
      holdfast drill run sandbox postgres-pitr --dataset ledger
    """
    from holdfast.clock import SystemClock
    from holdfast.sandbox.postgres.source import start_source

    sessions = _sessions(settings, environment, dataset)
    with settings.human.status("starting PostgreSQL"):
        source, already = start_source(sessions, dataset, settings.home, SystemClock())
    if not already:
        with settings.human.status("making a base backup"):
            source.base_backup(sessions)
    settings.human.print(f"PostgreSQL {'is already running' if already else 'started'}; connect with:")
    if settings.as_json:
        settings.print_json(
            "holdfast.postgres-start/1", dataset=dataset, already_running=already, conninfo=source.conninfo
        )
    else:
        click.echo(f"psql '{source.conninfo}'")


@command.command("stop")
@click.argument("environment", metavar="ENV")
@click.argument("dataset")
@shared_options
def stop_command(settings: Settings, environment: str, dataset: str) -> None:
    """Stop the source server of DATASET in the sandbox and remove its files; what it archived stays.

    \b
    Example:
      holdfast postgres stop sandbox ledger
    """
    from holdfast.clock import SystemClock
    from holdfast.postgres.layout import archive_of
    from holdfast.sandbox.postgres.ending import stop_source

    archive_of(settings.load(environment), dataset)
    stopped = stop_source(environment, dataset, settings.home, SystemClock())
    settings.human.print("stopped" if stopped else "no source server was running")
    if settings.as_json:
        settings.print_json("holdfast.postgres-stop/1", dataset=dataset, stopped=stopped)


def _sessions(settings: Settings, name: str, dataset: str) -> Sessions:
    """AWS, for an environment that declares the dataset as one of PostgreSQL: before a sandbox is looked for."""
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions
    from holdfast.postgres.layout import archive_of

    environment = settings.load(name)
    archive_of(environment, dataset)
    return Sessions(environment, endpoints_for(environment, settings.home))
