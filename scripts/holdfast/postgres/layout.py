"""Where the archive of a PostgreSQL dataset lies: the keys Barman chooses, below a prefix of ours.

`streams/<dataset>/<server>/base/<backup>/…`, `streams/<dataset>/<server>/wals/<16 digits>/<segment>` are Barman's
(https://docs.pgbarman.org, barman-cloud); `streams/<dataset>/<server>/counts/<backup>.json` is Holdfast's.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.environments.datasets import Dataset, DatasetKind
from holdfast.environments.model import Environment
from holdfast.environments.postgres import Postgres
from holdfast.postgres.errors import NotAPostgresDataset

STREAMS = "streams/"
"""S3 replicates what lies below it to the recovery Region."""


@dataclass(frozen=True)
class Archive:
    """The archive of one server.

    Args:
        dataset: name of the dataset.
        settings: what the environment says of the server.
    """

    dataset: str
    settings: Postgres

    @property
    def prefix(self) -> str:
        """What every key of the archive begins with."""
        return f"{STREAMS}{self.dataset}/{self.settings.server}/"

    def url(self, bucket: str) -> str:
        """What Barman calls the source or destination URL."""
        return f"s3://{bucket}/{STREAMS}{self.dataset}"

    @property
    def base(self) -> str:
        """Prefix of the base backups."""
        return f"{self.prefix}base/"

    @property
    def log(self) -> str:
        """Prefix of the log and the timeline histories."""
        return f"{self.prefix}wals/"

    def counts(self, backup: str) -> str:
        """Key of what the source's tables held when a base backup was made."""
        return f"{self.prefix}counts/{backup}.json"


def archive_of(environment: Environment, name: str) -> Archive:
    """The archive of a dataset.

    Raises:
        NotAPostgresDataset: there is none of that name, or it is of another kind.
    """
    dataset = environment.dataset(name)
    allowed = ", ".join(each.name for each in environment.datasets if _is_postgres(each)) or "none is declared"
    if dataset is None or not _is_postgres(dataset):
        because = f"is of kind {dataset.kind}" if dataset else f"is not declared in {environment.environment}"
        raise NotAPostgresDataset(dataset=name, because=because, allowed=allowed)
    return Archive(name, dataset.postgres or Postgres())


def _is_postgres(dataset: Dataset) -> bool:
    return dataset.kind is DatasetKind.POSTGRES
