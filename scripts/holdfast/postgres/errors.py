"""What can go wrong with PostgreSQL, its archive, and the programs around both."""

from __future__ import annotations

from holdfast.errors import InputError, ServiceError, StorageError, ToolError


class NotInstalled(ToolError):
    """Something a restore needs is not on this machine: that says nothing of the backup."""


class PostgresNotFound(NotInstalled):
    """The server's programs are not on this machine."""

    template = "PostgreSQL {wanted} is not on this machine: no {program} in {looked}"
    hint = "install it (Debian: apt-get install postgresql-{wanted}), or name its folder: HOLDFAST_POSTGRES_BIN=…/bin"


class ServerUserMissing(NotInstalled):
    """PostgreSQL refuses to run as root, and there is nobody else to run it as."""

    template = "PostgreSQL does not run as root, and this machine has none of the users {users}"
    hint = "run Holdfast as an ordinary user, or make the user postgres"


class ServerNotStarted(ToolError):
    """A server did not come up."""

    template = "PostgreSQL did not start in {folder}: {problem}"
    hint = "its log says more: {log}"


class PostgresFailed(ToolError):
    """One of PostgreSQL's programs failed."""

    template = "{program} failed: {problem}"


class BarmanNotFound(NotInstalled):
    """Barman's programs are not installed."""

    template = "Barman is not installed here: no {program}"
    hint = "pip install 'holdfast[postgres]', or the package barman-cli-cloud"


class DriverNotFound(NotInstalled):
    """The library that talks to servers is not installed."""

    template = "psycopg is not installed here: a PostgreSQL server cannot be asked"
    hint = "pip install 'holdfast[postgres]'"


class BarmanFailed(ToolError):
    """One of Barman's programs failed."""

    template = "{program} failed: {problem}"


class ArchivingFails(ServiceError):
    """The source server cannot hand on its log: a base backup would wait for that without end."""

    template = "the server has failed to archive {segment} since {since:%Y-%m-%dT%H:%M:%S%z}"
    hint = "its log says why its archive_command fails: most often a role, a bucket or a key that refuses it"


class QueryFailed(ServiceError):
    """The server refused a query, or did not answer it in time."""

    template = "PostgreSQL refused {what}: {problem}"


class NotAPostgresDataset(InputError):
    """The dataset is not one that is archived by base backup and log."""

    template = "dataset {dataset!r} {because}; allowed: {allowed}"
    hint = "only datasets of kind postgres have a log to replay"


class SourceOnlyInSandbox(InputError):
    """Holdfast starts source servers in a sandbox only."""

    template = "environment {environment} is not a sandbox: its servers are yours"
    hint = "holdfast postgres settings {environment} DATASET prints what to write into postgresql.conf"


class NoSource(InputError):
    """No source server of that dataset runs here."""

    template = "no source server of dataset {dataset!r} runs here"
    hint = "start one with: holdfast postgres start {environment} {dataset}"


class ArchiveUnreadable(ServiceError):
    """Something in the archive is not what Barman writes."""

    template = "{what} in the archive is not usable: {problem}"


class FolderNotUsable(StorageError):
    """A private folder for a server cannot be made or removed."""

    template = "cannot use {path}: {problem}"
    hint = "free some space there, or choose another place with TMPDIR"
