"""Taking a baseline of a dataset, whatever holds it."""

from __future__ import annotations

from collections.abc import Callable

from holdfast.aws.sessions import Sessions
from holdfast.backupsets.layout import declared_dataset
from holdfast.clock import Clock
from holdfast.drills.aws_backup import baselines
from holdfast.drills.aws_backup.baselines import Taken
from holdfast.drills.ebs import baselines as of_volumes
from holdfast.drills.rds import counts as of_instances
from holdfast.environments.model import DatasetKind, Environment


def take(
    environment: Environment,
    sessions: Sessions,
    name: str,
    *,
    clock: Clock,
    now: bool = False,
    conninfo: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Taken]:
    """Read what each resource of a dataset held, and keep it: a volume by its newest snapshot, all else as AWS Backup.

    Args:
        environment: what is declared.
        sessions: clients; the caller reads, the backup writer keeps.
        name: the dataset.
        clock: time.
        now: read tables as they are, whatever AWS Backup holds.
        conninfo: how to connect to an RDS instance, whose rows are counted.
        say: told of each resource.

    Raises:
        InputError: there is nothing to read.
        ServiceError: a service refuses or does not answer.
    """
    kind = declared_dataset(environment, name).kind
    if kind is DatasetKind.RDS:
        return of_instances.take(environment, sessions, name, clock=clock, conninfo=conninfo, say=say)
    if kind is DatasetKind.EBS:
        return of_volumes.take(environment, sessions, name, clock=clock, say=say)
    return baselines.take(environment, sessions, name, clock=clock, now=now, say=say)
