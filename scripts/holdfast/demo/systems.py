"""What a full demo has to lose besides files: a table that AWS Backup copies, and a database that archives its log."""

from __future__ import annotations

from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.clock import Clock
from holdfast.demo.steps import Steps
from holdfast.drills.aws_backup.baselines import take
from holdfast.environments.model import Dataset, DatasetKind, Environment
from holdfast.errors import InputError
from holdfast.postgres.binaries import find_binaries
from holdfast.sandbox.backup_control import run_plans
from holdfast.sandbox.postgres.source import start_source

ITEMS = 250


class NothingOfKind(InputError):
    """A full demo needs a dataset of a kind the environment does not declare."""

    template = "environment {environment} declares no dataset of kind {kind}"
    hint = "declare one, or run the demo without --full"


class NoGameDay(InputError):
    """A full demo plays a game day, and there is none."""

    template = "environment {environment} has no game day: {path} is not there"
    hint = "write one (docs/drills.md shows how), or run the demo without --full"


def refuse_unplayable(environment: Environment, game_day: Path) -> None:
    """Look for all a full demo needs before minutes are spent.

    Raises:
        NoGameDay: there is no file of steps.
        NothingOfKind: there is no table or no database.
        PostgresNotFound: PostgreSQL is not on this machine.
    """
    if not game_day.is_file():
        raise NoGameDay(environment=environment.environment, path=game_day)
    for kind in (DatasetKind.DYNAMODB, DatasetKind.POSTGRES):
        _first(environment, kind)
    find_binaries()


def start_systems(sessions: Sessions, home: Path, steps: Steps, clock: Clock) -> None:
    """Fill a table, follow the backup plans, and start a database whose base backup and log are archived."""
    _back_up_a_table(sessions, steps, clock)
    _archive_a_database(sessions, home, steps, clock)


def _back_up_a_table(sessions: Sessions, steps: Steps, clock: Clock) -> None:
    environment = sessions.environment
    dataset = _first(environment, DatasetKind.DYNAMODB)
    with steps.step("Fill a table, back it up with its plan") as step:
        _fill(sessions, dataset)
        jobs = run_plans(sessions, clock)
        step.progress("read what the table held")
        take(environment, sessions, dataset.name, clock=clock)
        done = [job for job in jobs if job.state == "COMPLETED"]
        step.done(
            f"{ITEMS} items, {len(done)} of {len(jobs)} backup and copy jobs completed", good=len(done) == len(jobs) > 0
        )


def _fill(sessions: Sessions, dataset: Dataset) -> None:
    table = f"{sessions.names.prefix}-{dataset.name}"
    dynamodb = sessions.client("dynamodb", sessions.environment.regions.primary)
    with translated("fill a table"):
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": key, "Value": value} for key, value in dataset.select.tags.items()],
        )
        items = [{"id": {"S": f"account-{number:04}"}, "plan": {"S": "basic"}} for number in range(ITEMS)]
        for start in range(0, ITEMS, 25):
            batch = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            dynamodb.batch_write_item(RequestItems={table: batch})


def _archive_a_database(sessions: Sessions, home: Path, steps: Steps, clock: Clock) -> None:
    dataset = _first(sessions.environment, DatasetKind.POSTGRES)
    with steps.step("Start PostgreSQL, archive base and log") as step:
        source, _ = start_source(sessions, dataset.name, home, clock)
        step.progress("making a base backup")
        made = source.base_backup(sessions)
        rows = sum(made.counts.tables.values())
        step.done(f"{len(made.counts.tables)} tables, {rows} rows, base backup {made.backup.id}")


def _first(environment: Environment, kind: DatasetKind) -> Dataset:
    found = next((dataset for dataset in environment.datasets if dataset.kind is kind), None)
    if found is None:
        raise NothingOfKind(environment=environment.environment, kind=kind.value)
    return found
